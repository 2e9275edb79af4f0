/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the kernel's messages about packets that were refused: what is listed is complete,
 * and there is never more of it than the list holds. */
#include "daemon/enforce/firewall/blocked-log.h"

#include <net/if.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kernel.h"
#include "tests/unit/plan-maker.h"

static void check_refusal(const BlockedRefusal *refusal)
{
    char source[INET6_ADDRSTRLEN] = "";

    g_assert_nonnull(refusal->item);
    g_assert_true(catalog_find_item(refusal->item->key) == refusal->item);
    g_assert_nonnull(memchr(refusal->interface, '\0', sizeof(refusal->interface)));
    packet_summary_source(&refusal->packet, source);
    g_assert_true(g_hostname_is_ip_address(source));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Plan *plan;
    sd_event *event = NULL;

    if (!plan)
        plan = make_plan("RestrictIppPort", "");
    g_assert_cmpint(sd_event_new(&event), >=, 0);
    g_autoptr(BlockedLog) log = blocked_log_new(event);
    kernel_begin(NULL, 0);
    blocked_log_set_plan(log, plan);
    g_assert_null(blocked_log_problem(log));
    kernel_begin(data, size);
    kernel_notify();
    while (sd_event_run(event, 0) > 0)
        ;
    g_assert_cmpuint(blocked_log_count(log), <=, BLOCKED_LOG_SIZE);
    for (guint i = 0; i < blocked_log_count(log); i++)
        check_refusal(blocked_log_get(log, i));
    g_clear_pointer(&log, blocked_log_free);
    sd_event_unref(event);
    return 0;
}
