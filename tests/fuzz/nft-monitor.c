/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the kernel's messages about changes to nftables: a change that concerns secpold's
 * table is noticed, whatever stands before it, and one that does not is not. */
#include "daemon/enforce/firewall/nft-monitor.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "daemon/enforce/firewall/nft-socket.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kernel.h"

static const char *const tables[] = {"secpold", "secpold-2", NULL};
static guint n_notified;

static void count(gpointer data)
{
    n_notified++;
}

static void run(sd_event *event)
{
    while (sd_event_run(event, 0) > 0)
        ;
}

/* All that makes a message one of ours stands in its bytes. */
static gboolean may_concern_us(const uint8_t *data, size_t size)
{
    static const uint8_t lowest[] = {0x80, 0, 0, 0}, highest[] = {0x7f, 0xff, 0xff, 0xff};

    return memmem(data, size, "secpold", strlen("secpold")) ||
           memmem(data, size, lowest, sizeof(lowest)) ||
           memmem(data, size, highest, sizeof(highest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sd_event *event = NULL;
    g_assert_cmpint(sd_event_new(&event), >=, 0);
    n_notified = 0;
    g_autoptr(NftMonitor) monitor =
        nft_monitor_new(event, tables, KERNEL_PORT_ID, count, NULL, NULL);
    g_assert_nonnull(monitor);
    kernel_begin(data, size);
    kernel_notify();
    run(event);
    const gint64 noticed = nft_monitor_take_noticed(monitor);

    g_assert_cmpint(noticed > 0, ==, n_notified > 0);
    g_assert_true(n_notified == 0 || may_concern_us(data, size));
    g_assert_cmpint(nft_monitor_take_noticed(monitor), ==, 0);
    g_clear_pointer(&monitor, nft_monitor_free);
    sd_event_unref(event);
    return 0;
}
