/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/bench-watch.h"

#include <errno.h>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <string.h>

#include "tests/bench/bench-table.h"
#include "tests/bench/bench.h"

#define TIMEOUT_MS          10000
#define RECEIVE_BUFFER_SIZE (8 * 1024 * 1024)

struct mnl_socket *bench_watch_open(void)
{
    struct mnl_socket *watch = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int group = NFNLGRP_NFTABLES;
    const int size = RECEIVE_BUFFER_SIZE;
    if (!watch || mnl_socket_bind(watch, 0, MNL_SOCKET_AUTOPID) < 0 ||
        setsockopt(mnl_socket_get_fd(watch), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
        mnl_socket_setsockopt(watch, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        bench_fail(errno, "listen to nftables");
    return watch;
}

static gboolean creates(const struct nlmsghdr *message, const char *table)
{
    if (message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE))
        return FALSE;
    const struct nlattr *name = mnl_nlmsg_get_payload_offset(message, sizeof(struct nfgenmsg));
    return mnl_attr_get_type(name) == NFTA_TABLE_NAME && strcmp(mnl_attr_get_str(name), table) == 0;
}

static gboolean read_creation(struct mnl_socket *watch, const char *table)
{
    guint32 buffer[8192];
    const ssize_t received = mnl_socket_recvfrom(watch, buffer, sizeof(buffer));
    if (received < 0)
        bench_fail(errno, "hear of changes to nftables");
    int left = (int)received;
    for (const struct nlmsghdr *message = (const void *)buffer; mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left))
        if (creates(message, table))
            return TRUE;
    return FALSE;
}

double bench_watch_table(struct mnl_socket *watch, const char *table)
{
    for (;;) {
        struct pollfd waiting = {.fd = mnl_socket_get_fd(watch), .events = POLLIN};
        if (poll(&waiting, 1, TIMEOUT_MS) <= 0)
            bench_fail(0, "no table %s comes into being", table);
        const double now = bench_now_usec();
        if (read_creation(watch, table))
            return now;
    }
}

void bench_watch_drain(struct mnl_socket *watch)
{
    guint32 buffer[8192];
    while (mnl_socket_recvfrom(watch, buffer, sizeof(buffer)) >= 0 || errno == ENOBUFS)
        ;
}

double bench_flush_ruleset(struct mnl_socket *mnl)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    struct nlmsghdr *message = nft_batch_begin_message(batch, NFT_MSG_DELTABLE, 0);
    ((struct nfgenmsg *)mnl_nlmsg_get_payload(message))->nfgen_family = NFPROTO_UNSPEC;
    nft_batch_end_message(batch, "flush ruleset");
    g_auto(BenchBatch) flush = bench_batch_from(batch);
    const double start = bench_now_usec();
    bench_send(mnl, &flush);
    return start;
}
