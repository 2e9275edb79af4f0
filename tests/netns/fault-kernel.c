/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/netns/fault-kernel.h"

#include "tests/netns/fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

/* Kernel headers of Debian 12 end before the second one. */
#define TABLE_OWNER   0x2u
#define TABLE_PERSIST 0x4u

/* Bits and subsystems that no kernel knows. */
#define TABLE_UNKNOWN     0x40000000u
#define SUBSYSTEM_UNKNOWN 0xf0

static int lacks(FaultLack what)
{
    const FaultControl *control = fault_control();
    return control && (control->lacking >> what & 1);
}

int fault_kernel_refuses_socket(int domain, int protocol)
{
    const int missing = (protocol == NETLINK_NETFILTER && lacks(FAULT_LACK_NFTABLES)) ||
                        (protocol == NETLINK_SOCK_DIAG && lacks(FAULT_LACK_SOCK_DIAG)) ||
                        (protocol == NETLINK_KOBJECT_UEVENT && lacks(FAULT_LACK_UEVENTS));
    return domain == AF_NETLINK && missing ? EPROTONOSUPPORT : 0;
}

int fault_kernel_refuses_option(int level, int name)
{
    return level == SOL_SOCKET && name == SO_RCVBUFFORCE && lacks(FAULT_LACK_LARGE_BUFFERS) ? EPERM
                                                                                            : 0;
}

/* Attributes with a name in them, each as long as it is, and what becomes of its last letter. */
static const struct Name {
    FaultLack lack;
    unsigned char size;
    char bytes[13];
} names[] = {
    {FAULT_LACK_FIB, 8, "\x08\0\1\0fib"},
    {FAULT_LACK_LOG, 8, "\x08\0\1\0log"},
    {FAULT_LACK_LIMIT, 10, "\x0a\0\1\0limit"},
    {FAULT_LACK_NL80211, 12, "\x0c\0\2\0nl80211"},
};

static void rename_unknown(char *data, size_t size)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!lacks(names[i].lack))
            continue;
        for (char *found; (found = memmem(data, size, names[i].bytes, names[i].size));)
            found[names[i].size - 2] = 'x';
    }
}

static void refuse_flags(struct nlmsghdr *message)
{
    const uint32_t refused = (lacks(FAULT_LACK_OWNER) ? TABLE_OWNER : 0) |
                             (lacks(FAULT_LACK_PERSIST) ? TABLE_PERSIST : 0);
    const char *end = (char *)message + message->nlmsg_len;
    struct nlattr *attribute = (void *)((char *)message + NLMSG_LENGTH(sizeof(struct nfgenmsg)));
    while ((char *)attribute + NLA_HDRLEN <= end && attribute->nla_len >= NLA_HDRLEN) {
        uint32_t *flags = (uint32_t *)((char *)attribute + NLA_HDRLEN);
        if (attribute->nla_type == NFTA_TABLE_FLAGS && (ntohl(*flags) & refused))
            *flags |= htonl(TABLE_UNKNOWN);
        attribute = (void *)((char *)attribute + NLA_ALIGN(attribute->nla_len));
    }
}

static int take_message(struct nlmsghdr *message, int protocol)
{
    if (protocol == NETLINK_SOCK_DIAG)
        return message->nlmsg_type == SOCK_DESTROY && lacks(FAULT_LACK_SOCK_DESTROY) ? EOPNOTSUPP
                                                                                     : 0;
    if (protocol != NETLINK_NETFILTER)
        return 0;
    if (message->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE))
        refuse_flags(message);
    if (message->nlmsg_type >> 8 == NFNL_SUBSYS_ULOG && lacks(FAULT_LACK_NFLOG))
        message->nlmsg_type = (SUBSYSTEM_UNKNOWN << 8) | (message->nlmsg_type & 0xff);
    return 0;
}

int fault_kernel_takes(int fd, void *data, size_t size)
{
    const FaultControl *control = fault_control();
    int protocol = 0, domain = 0;
    socklen_t length = sizeof(int);
    if (!control || control->lacking == 0 ||
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0 || domain != AF_NETLINK ||
        getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) < 0)
        return 0;

    rename_unknown(data, size);
    int left = (int)size, code = 0;
    for (struct nlmsghdr *message = data; NLMSG_OK(message, (unsigned)left) && !code;
         message = NLMSG_NEXT(message, left))
        code = take_message(message, protocol);
    return code;
}
