/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that watches a table: listens to nftables, and when a table goes commits a prepared
 * batch. Argument: the file with the batch. */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "tests/bench/bench-table.h"
#include "tests/bench/bench.h"

static struct mnl_socket *listen_to_changes(void)
{
    struct mnl_socket *watch = mnl_socket_open(NETLINK_NETFILTER);
    int group = NFNLGRP_NFTABLES;
    if (!watch || mnl_socket_bind(watch, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_setsockopt(watch, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        bench_fail(0, "listen to nftables");
    return watch;
}

static gboolean table_went(struct mnl_socket *watch)
{
    guint32 buffer[8192];
    gboolean went = FALSE;
    int left = (int)mnl_socket_recvfrom(watch, buffer, sizeof(buffer));
    for (const struct nlmsghdr *message = (const void *)buffer; mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left))
        went = went || message->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE);
    return went;
}

int main(int argc, char *argv[])
{
    char *content = NULL;
    gsize length = 0;

    g_set_prgname("floor-restore");
    if (argc != 2 || !g_file_get_contents(argv[1], &content, &length, NULL))
        return EXIT_FAILURE;
    const BenchBatch batch = {g_byte_array_new_take((guint8 *)content, length)};
    struct mnl_socket *watch = listen_to_changes(), *mnl = bench_socket_open();
    bench_send(mnl, &batch);
    sd_notify(FALSE, "READY=1");
    for (;;)
        if (table_went(watch))
            bench_send(mnl, &batch);
}
