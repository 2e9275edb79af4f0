/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/route-survey.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "daemon/enforce/netlink-client.h"

G_DEFINE_QUARK(secpold_route_survey_error, route_survey_error)

static void add_interface(GPtrArray *names, guint index)
{
    char name[IF_NAMESIZE];

    if (if_indextoname(index, name) &&
        !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static void add_next_hops(GPtrArray *names, const struct nlattr *attribute)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(attribute);
    int left = mnl_attr_get_payload_len(attribute);

    /* RTNH_OK() reads the length of what may not be there any more. */
    while (left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
        add_interface(names, (guint)hop->rtnh_ifindex);
        left -= RTNH_ALIGN(hop->rtnh_len);
        hop = RTNH_NEXT(hop);
    }
}

static void take_route(GPtrArray *names, const struct nlmsghdr *message)
{
    if (message->nlmsg_type != RTM_NEWROUTE ||
        mnl_nlmsg_get_payload_len(message) < sizeof(struct rtmsg))
        return;
    const struct rtmsg *route = mnl_nlmsg_get_payload(message);
    if (route->rtm_dst_len != 0 || route->rtm_type != RTN_UNICAST)
        return;

    const struct nlattr *attribute;
    mnl_attr_for_each(attribute, message, sizeof(struct rtmsg))
    {
        const guint16 type = mnl_attr_get_type(attribute);
        if (type == RTA_OIF && mnl_attr_get_payload_len(attribute) == sizeof(guint32))
            add_interface(names, mnl_attr_get_u32(attribute));
        else if (type == RTA_MULTIPATH)
            add_next_hops(names, attribute);
    }
}

static gboolean survey_family(NetlinkClient *client, guint8 family, GPtrArray *names,
                              GError **error)
{
    char buffer[MNL_ALIGN(sizeof(struct nlmsghdr)) + MNL_ALIGN(sizeof(struct rtmsg))];
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = RTM_GETROUTE;
    request->nlmsg_flags = NLM_F_DUMP;
    struct rtmsg *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->rtm_family = family;
    g_autoptr(GByteArray) answer = netlink_client_ask(client, request, error);
    if (!answer)
        return FALSE;

    int left = (int)answer->len;
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)answer->data;
         netlink_message_ok(message, left); message = mnl_nlmsg_next(message, &left))
        take_route(names, message);
    return TRUE;
}

GPtrArray *route_survey_default_interfaces(GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_ROUTE, error);
    if (!client || !survey_family(client, AF_INET, names, error) ||
        !survey_family(client, AF_INET6, names, error))
        return NULL;
    return g_steal_pointer(&names);
}

typedef struct Address {
    guint8 family;
    guint8 bytes[16];
} Address;

static gboolean parse_address(const char *text, Address *ret)
{
    Address address = {0};

    if (inet_pton(AF_INET, text, address.bytes) == 1)
        address.family = AF_INET;
    else if (inet_pton(AF_INET6, text, address.bytes) == 1)
        address.family = AF_INET6;
    else
        return FALSE;
    *ret = address;
    return TRUE;
}

static gboolean is_held(const struct ifaddrs *entry, const Address *address)
{
    if (!entry->ifa_addr || entry->ifa_addr->sa_family != address->family)
        return FALSE;
    if (address->family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)entry->ifa_addr)->sin_addr, address->bytes,
                      4) == 0;
    return memcmp(&((const struct sockaddr_in6 *)entry->ifa_addr)->sin6_addr, address->bytes, 16) ==
           0;
}

static char *find_holder(const Address *address, GError **error)
{
    struct ifaddrs *entries;
    char *name = NULL;

    if (getifaddrs(&entries) < 0) {
        g_set_error(error, ROUTE_SURVEY_ERROR, ROUTE_SURVEY_ERROR_FAILED,
                    "Cannot list the addresses of this machine: %s", g_strerror(errno));
        return NULL;
    }
    for (const struct ifaddrs *entry = entries; entry && !name; entry = entry->ifa_next)
        if (is_held(entry, address))
            name = g_strdup(entry->ifa_name);
    freeifaddrs(entries);
    if (!name)
        g_set_error(error, ROUTE_SURVEY_ERROR, ROUTE_SURVEY_ERROR_NOT_FOUND,
                    "No network interface of this machine holds the address");
    return name;
}

char *route_survey_interface_of_address(const char *address, GError **error)
{
    const char *scope = strchr(address, '%');
    g_autofree char *plain =
        scope ? g_strndup(address, (gsize)(scope - address)) : g_strdup(address);
    Address parsed;

    if (!parse_address(plain, &parsed) || (scope && scope[1] == '\0')) {
        g_set_error(error, ROUTE_SURVEY_ERROR, ROUTE_SURVEY_ERROR_SYNTAX,
                    "\"%s\" is neither an IPv4 nor an IPv6 address", address);
        return NULL;
    }
    return scope ? g_strdup(scope + 1) : find_holder(&parsed, error);
}
