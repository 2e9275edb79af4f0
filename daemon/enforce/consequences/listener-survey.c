/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/listener-survey.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <string.h>

#include "daemon/enforce/consequences/cgroup-units.h"
#include "daemon/enforce/firewall/socket-diag.h"

typedef struct Survey {
    GPtrArray *listeners;
    GArray *cgroups; /* element type guint64, of the listener at the same place */
    guint8 protocol;
} Survey;

static void listener_free(gpointer data)
{
    Listener *listener = data;

    g_free(listener->unit);
    g_free(listener);
}

static void take_socket(const struct inet_diag_msg *found, guint64 cgroup, gpointer data)
{
    Survey *survey = data;
    Listener *listener = g_new0(Listener, 1);

    listener->protocol = survey->protocol;
    listener->family = found->idiag_family;
    memcpy(listener->address, found->id.idiag_src, sizeof(listener->address));
    listener->port = g_ntohs(found->id.idiag_sport);
    listener->uid = found->idiag_uid;
    listener->inode = found->idiag_inode;
    g_ptr_array_add(survey->listeners, listener);
    g_array_append_val(survey->cgroups, cgroup);
}

static gboolean ask(NetlinkClient *client, Survey *survey, const PortSet *ports, guint8 protocol,
                    GError **error)
{
    static const guint8 families[] = {AF_INET, AF_INET6};
    const guint state = SOCKET_DIAG_STATE(protocol == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE);

    if (!ports || port_set_is_empty(ports))
        return TRUE;
    survey->protocol = protocol;
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        const SocketDiagQuery query = {families[i], protocol, state, ports};
        if (!socket_diag_foreach(client, &query, take_socket, survey, error))
            return FALSE;
    }
    return TRUE;
}

static void name_units(const Survey *survey)
{
    g_autoptr(GHashTable) units = cgroup_units_find(survey->cgroups);

    for (guint i = 0; i < survey->listeners->len; i++) {
        Listener *listener = g_ptr_array_index(survey->listeners, i);
        const char *unit = cgroup_units_lookup(units, g_array_index(survey->cgroups, guint64, i));
        listener->unit = g_strdup(unit ? unit : "");
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const Listener *first = *(const Listener *const *)a;
    const Listener *second = *(const Listener *const *)b;

    if (first->protocol != second->protocol)
        return first->protocol - second->protocol;
    return first->port - second->port;
}

GPtrArray *listener_survey(const PortSet *tcp, const PortSet *udp, GError **error)
{
    g_autoptr(GPtrArray) listeners = g_ptr_array_new_with_free_func(listener_free);
    g_autoptr(GArray) cgroups = g_array_new(FALSE, FALSE, sizeof(guint64));
    Survey survey = {.listeners = listeners, .cgroups = cgroups};

    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_SOCK_DIAG, error);
    if (!client || !ask(client, &survey, tcp, IPPROTO_TCP, error) ||
        !ask(client, &survey, udp, IPPROTO_UDP, error))
        return NULL;
    name_units(&survey);
    g_ptr_array_sort(listeners, compare);
    return g_steal_pointer(&listeners);
}

gboolean listener_is_loopback(const Listener *listener)
{
    if (listener->family == AF_INET)
        return listener->address[0] == IN_LOOPBACKNET;

    struct in6_addr address;
    memcpy(&address, listener->address, sizeof(address));
    if (IN6_IS_ADDR_V4MAPPED(&address))
        return address.s6_addr[12] == IN_LOOPBACKNET;
    return IN6_IS_ADDR_LOOPBACK(&address);
}

void listener_address(const Listener *listener, char ret[INET6_ADDRSTRLEN])
{
    inet_ntop(listener->family, listener->address, ret, INET6_ADDRSTRLEN);
}
