/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/cut-path.h"

#include "ctl/remote-host.h"

#include "daemon/enforce/consequences/route-survey.h"

#include <arpa/inet.h>
#include <string.h>

void paths_free(Paths *paths)
{
    if (!paths) {
        return;
    }
    ssh_path_free(paths->ssh);
    g_free(paths->ssh_entry);
    g_ptr_array_unref(paths->default_routes);
    g_free(paths);
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
    paths->default_routes = route_survey_default_interfaces(NULL);
    if (!paths->default_routes) {
        paths->default_routes = g_ptr_array_new_with_free_func(g_free);
    }
    g_autoptr(SshPath) ssh = ssh_path_find();
    /* Loopback is never closed: this is a tunnel's end, and what it came through is not known. */
    if (!ssh || is_loopback(ssh->server_address)) {
        return paths;
    }
    paths->ssh_entry = route_survey_interface_of_address(ssh->server_address, NULL);
    paths->ssh = g_steal_pointer(&ssh);
    return paths;
}

static gboolean may_stop_interfaces(const char *key)
{
    const CatalogItem *item = catalog_find_item(key);
    switch (item ? item->effect : KERNEL_EFFECT_NONE) {
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
    case KERNEL_EFFECT_NO_USB_DEVICE:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean has_word(const char *sentence, const char *word)
{
    g_auto(GStrv) words = g_strsplit_set(sentence, " ,", -1);
    return g_strv_contains((const char *const *)words, word);
}

/* What an item does to an interface depends on the device profile, which secpold knows: it names
 * those in use that the item would stop. */
static gboolean stops_interface(JsonObject *change, const char *name)
{
    JsonArray *consequences = json_get_array(change, "Consequences");
    for (guint i = 0; name && consequences && i < json_array_get_length(consequences); i++) {
        if (has_word(json_string_at(consequences, i), name)) {
            return TRUE;
        }
    }
    return FALSE;
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

static void warn_of_interfaces(const Paths *paths, JsonObject *change, JsonArray *warnings)
{
    const char *key = json_get_string(change, "Item");
    if (!may_stop_interfaces(key)) {
        return;
    }
    if (stops_interface(change, paths->ssh_entry)) {
        warn(warnings, "%s cuts your own SSH connection from %s: it stops %s", key,
             paths->ssh->client_address, paths->ssh_entry);
    }
    for (guint i = 0; i < paths->default_routes->len; i++) {
        const char *name = g_ptr_array_index(paths->default_routes, i);
        if (stops_interface(change, name)) {
            warn(warnings, "%s cuts the default route: it stops %s", key, name);
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
            warn_of_interfaces(paths, change, warnings);
        }
    }
}

void cut_path_add_remote_warnings(const char *host, JsonArray *changes, JsonArray *items,
                                  JsonArray *warnings)
{
    guint port = remote_host_port(host);
    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *change = json_object_at(changes, i);
        const char *key = json_get_string(change, "Item");
        ClosingPorts ports;
        closing_ports_of_change(change, items, &ports);
        if (port_set_contains(&ports.tcp, port)) {
            warn(warnings, "%s may cut the way to %s: it closes port %u/tcp", key, host, port);
        }
        if (change_switches_on(change, items) && may_stop_interfaces(key)) {
            warn(warnings,
                 "%s may cut the way to %s: over which of its interfaces that goes "
                 "cannot be told from here",
                 key, host);
        }
    }
}
