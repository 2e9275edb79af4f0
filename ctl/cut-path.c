/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/cut-path.h"

#include "daemon/enforce/route-survey.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 4253, 4.1; another one is known to ssh's configuration alone. */
#define SSH_PORT 22

PathInterface *path_interface_new(const char *name, InterfaceKind kind)
{
    PathInterface *interface = g_new0(PathInterface, 1);
    interface->name = g_strdup(name);
    interface->kind = kind;
    return interface;
}

void path_interface_free(PathInterface *interface)
{
    if (!interface) {
        return;
    }
    g_free(interface->name);
    g_free(interface);
}

void paths_free(Paths *paths)
{
    if (!paths) {
        return;
    }
    ssh_path_free(paths->ssh);
    path_interface_free(paths->ssh_entry);
    g_ptr_array_unref(paths->default_routes);
    g_free(paths);
}

static void free_interface(gpointer data)
{
    path_interface_free(data);
}

static gboolean is_loopback(const char *address)
{
    struct in6_addr ipv6;
    struct in_addr ipv4;
    if (inet_pton(AF_INET, address, &ipv4) == 1) {
        return (g_ntohl(ipv4.s_addr) >> 24) == IN_LOOPBACKNET;
    }
    return inet_pton(AF_INET6, address, &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

Paths *paths_survey(void)
{
    Paths *paths = g_new0(Paths, 1);
    paths->default_routes = g_ptr_array_new_with_free_func(free_interface);
    g_autoptr(GPtrArray) names = route_survey_default_interfaces(NULL);
    for (guint i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_ptr_array_add(paths->default_routes, path_interface_new(name, interface_kind_find(name)));
    }
    g_autoptr(SshPath) ssh = ssh_path_find();
    /* Loopback is never closed: this is a tunnel's end, and what it came through is not known. */
    if (!ssh || is_loopback(ssh->server_address)) {
        return paths;
    }
    g_autofree char *name = route_survey_interface_of_address(ssh->server_address, NULL);
    paths->ssh_entry = name ? path_interface_new(name, interface_kind_find(name)) : NULL;
    paths->ssh = g_steal_pointer(&ssh);
    return paths;
}

static InterfaceKind kind_stopped_by(const char *key)
{
    const CatalogItem *item = catalog_find_item(key);
    switch (item ? item->effect : KERNEL_EFFECT_NONE) {
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
        return INTERFACE_WIRELESS_DIRECT;
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
        return INTERFACE_WIRELESS_LAN;
    case KERNEL_EFFECT_NO_USB_DEVICE:
        return INTERFACE_USB_DEVICE;
    default:
        return INTERFACE_OTHER;
    }
}

static void warn(JsonArray *warnings, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void warn(JsonArray *warnings, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    json_array_add_string_element(warnings, text);
}

static void warn_of_ports(const Paths *paths, JsonObject *change, JsonArray *items,
                          JsonArray *warnings)
{
    ClosingPorts ports;
    closing_ports_of_change(change, items, &ports);
    if (paths->ssh && port_set_contains(&ports.tcp, paths->ssh->server_port)) {
        warn(warnings, "%s cuts your own SSH connection from %s: it closes port %u/tcp",
             json_get_string(change, "Item"), paths->ssh->client_address, paths->ssh->server_port);
    }
}

static void warn_of_interfaces(const Paths *paths, const char *key, JsonArray *warnings)
{
    InterfaceKind kind = kind_stopped_by(key);
    if (kind == INTERFACE_OTHER) {
        return;
    }
    if (paths->ssh_entry && paths->ssh_entry->kind == kind) {
        warn(warnings, "%s cuts your own SSH connection from %s: it stops %s", key,
             paths->ssh->client_address, paths->ssh_entry->name);
    }
    for (guint i = 0; i < paths->default_routes->len; i++) {
        const PathInterface *interface = g_ptr_array_index(paths->default_routes, i);
        if (interface->kind == kind) {
            warn(warnings, "%s cuts the default route: it stops %s", key, interface->name);
        }
    }
}

void cut_path_add_warnings(const Paths *paths, JsonArray *changes, JsonArray *items,
                           JsonArray *warnings)
{
    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *change = json_object_at(changes, i);
        warn_of_ports(paths, change, items, warnings);
        if (change_switches_on(change, items)) {
            warn_of_interfaces(paths, json_get_string(change, "Item"), warnings);
        }
    }
}

void cut_path_add_remote_warnings(const char *host, JsonArray *changes, JsonArray *items,
                                  JsonArray *warnings)
{
    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *change = json_object_at(changes, i);
        const char *key = json_get_string(change, "Item");
        ClosingPorts ports;
        closing_ports_of_change(change, items, &ports);
        if (port_set_contains(&ports.tcp, SSH_PORT)) {
            warn(warnings, "%s may cut the way to %s: it closes port %d/tcp", key, host, SSH_PORT);
        }
        if (change_switches_on(change, items) && kind_stopped_by(key) != INTERFACE_OTHER) {
            warn(warnings,
                 "%s may cut the way to %s: over which of its interfaces that goes "
                 "cannot be told from here",
                 key, host);
        }
    }
}
