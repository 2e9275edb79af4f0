/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/cut-path.h"

#include "ctl/ssh-path.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean is_loopback(const char *address)
{
    struct in6_addr ipv6;
    struct in_addr ipv4;
    if (inet_pton(AF_INET, address, &ipv4) == 1) {
        return (g_ntohl(ipv4.s_addr) >> 24) == IN_LOOPBACKNET;
    }
    return inet_pton(AF_INET6, address, &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

static void add_port_warning(JsonArray *warnings, JsonObject *change, JsonArray *items,
                             const SshPath *path)
{
    ClosingPorts ports;
    closing_ports_of_change(change, items, &ports);
    if (!port_set_contains(&ports.tcp, path->server_port)) {
        return;
    }
    g_autofree char *text = g_strdup_printf(
        "%s cuts your own SSH connection from %s: it closes TCP port %u, which you came in by",
        json_get_string(change, "Item"), path->client_address, path->server_port);
    json_array_add_string_element(warnings, text);
}

void cut_path_add_warnings(JsonArray *warnings, JsonArray *changes, JsonArray *items)
{
    g_autoptr(SshPath) path = ssh_path_find();
    /* Loopback is never closed: this is a tunnel's end, and what it came through is not known. */
    gboolean remote = path && !is_loopback(path->server_address);
    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *change = json_object_at(changes, i);
        if (remote) {
            add_port_warning(warnings, change, items, path);
        }
    }
}
