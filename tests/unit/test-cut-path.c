/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/cut-path.h"

static const char items_text[] =
    "[{\"Key\":\"ProhibitWirelessLan\",\"Requested\":false,\"State\":\"off\",\"Ports\":[]},"
    " {\"Key\":\"ProhibitDirectConnection\",\"Requested\":false,\"State\":\"off\",\"Ports\":[]},"
    " {\"Key\":\"ProhibitUsbDevice\",\"Requested\":false,\"State\":\"not-available\",\"Ports\":[]},"
    " {\"Key\":\"RestrictRawPort\",\"Requested\":false,\"State\":\"off\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":22,\"Last\":9100}]}]";

static Paths *new_paths(const char *connection, const char *entry, InterfaceKind kind)
{
    Paths *paths = g_new0(Paths, 1);
    paths->ssh = connection ? ssh_path_parse(connection) : NULL;
    paths->ssh_entry = entry ? path_interface_new(entry, kind) : NULL;
    paths->default_routes = g_ptr_array_new_with_free_func((GDestroyNotify)path_interface_free);
    return paths;
}

/* @expected is the warnings as JSON. */
static void check_warnings(const Paths *paths, const char *item, const char *from, const char *to,
                           const char *expected)
{
    g_autofree char *text =
        g_strdup_printf("[{\"Item\":\"%s\",\"From\":%s,\"To\":%s}]", item, from, to);
    g_autoptr(JsonNode) changes = json_from_string(text, NULL);
    g_autoptr(JsonNode) items = json_from_string(items_text, NULL);
    g_autoptr(JsonNode) warnings = json_from_string("[]", NULL);
    cut_path_add_warnings(paths, json_node_get_array(changes), json_node_get_array(items),
                          json_node_get_array(warnings));
    g_autofree char *found = json_to_string(warnings, FALSE);
    g_assert_cmpstr(found, ==, expected);
}

#define FROM_PORT                                                                                  \
    "[\"RestrictRawPort cuts your own SSH connection from 192.0.2.7: it closes port 2222/tcp\"]"

static void test_port(void)
{
    g_autoptr(Paths) inside = new_paths("192.0.2.7 5 192.0.2.1 2222", NULL, INTERFACE_OTHER);
    check_warnings(inside, "RestrictRawPort", "false", "true", FROM_PORT);
    check_warnings(inside, "RestrictRawPort", "true", "false", "[]");
    check_warnings(inside, "RestrictRawPort", "true", "true", "[]");
    g_autoptr(Paths) outside = new_paths("192.0.2.7 5 192.0.2.1 9101", NULL, INTERFACE_OTHER);
    check_warnings(outside, "RestrictRawPort", "false", "true", "[]");
    g_autoptr(Paths) none = new_paths(NULL, NULL, INTERFACE_OTHER);
    check_warnings(none, "RestrictRawPort", "false", "true", "[]");
}

#define FROM_ENTRY                                                                                 \
    "[\"ProhibitWirelessLan cuts your own SSH connection from 192.0.2.7: it stops wlan0\"]"

static void test_entry(void)
{
    g_autoptr(Paths) paths = new_paths("192.0.2.7 5 192.0.2.1 22", "wlan0", INTERFACE_WIRELESS_LAN);
    check_warnings(paths, "ProhibitWirelessLan", "false", "true", FROM_ENTRY);
    check_warnings(paths, "ProhibitWirelessLan", "true", "false", "[]");
    check_warnings(paths, "ProhibitDirectConnection", "false", "true", "[]");
    g_autoptr(Paths) wired = new_paths("192.0.2.7 5 192.0.2.1 22", "eth0", INTERFACE_OTHER);
    check_warnings(wired, "ProhibitWirelessLan", "false", "true", "[]");
    check_warnings(wired, "RestrictMdnsPort", "false", "true", "[]");
}

static void test_default_route(void)
{
    g_autoptr(Paths) paths = new_paths(NULL, NULL, INTERFACE_OTHER);
    g_ptr_array_add(paths->default_routes, path_interface_new("eth0", INTERFACE_OTHER));
    g_ptr_array_add(paths->default_routes, path_interface_new("ap0", INTERFACE_WIRELESS_DIRECT));
    check_warnings(paths, "ProhibitWirelessLan", "false", "true", "[]");
    check_warnings(paths, "ProhibitDirectConnection", "false", "true",
                   "[\"ProhibitDirectConnection cuts the default route: it stops ap0\"]");
    check_warnings(paths, "RestrictRawPort", "false", "true", "[]");
}

/* Where the device lacks the function, the item has no effect. */
static void test_not_available(void)
{
    g_autoptr(Paths) paths = new_paths("192.0.2.7 5 192.0.2.1 22", "usb0", INTERFACE_USB_DEVICE);
    g_ptr_array_add(paths->default_routes, path_interface_new("usb0", INTERFACE_USB_DEVICE));
    check_warnings(paths, "ProhibitUsbDevice", "false", "true", "[]");
}

/* Loopback stays open whatever the policy says. */
static void test_survey_skips_loopback(void)
{
    static const char *const connections[] = {"127.0.0.1 5 127.0.0.1 22", "::1 5 ::1 22"};

    for (gsize i = 0; i < G_N_ELEMENTS(connections); i++) {
        g_setenv("SSH_CONNECTION", connections[i], TRUE);
        g_autoptr(Paths) paths = paths_survey();
        g_assert_null(paths->ssh);
        g_assert_null(paths->ssh_entry);
    }
    g_setenv("SSH_CONNECTION", "192.0.2.7 5 192.0.2.1 22", TRUE);
    g_autoptr(Paths) paths = paths_survey();
    g_assert_cmpuint(paths->ssh->server_port, ==, 22);
    g_unsetenv("SSH_CONNECTION");
}

static void check_remote(const char *item, const char *from, const char *to, const char *expected)
{
    g_autofree char *text =
        g_strdup_printf("[{\"Item\":\"%s\",\"From\":%s,\"To\":%s}]", item, from, to);
    g_autoptr(JsonNode) changes = json_from_string(text, NULL);
    g_autoptr(JsonNode) items = json_from_string(items_text, NULL);
    g_autoptr(JsonNode) warnings = json_from_string("[]", NULL);
    cut_path_add_remote_warnings("root@mfp", json_node_get_array(changes),
                                 json_node_get_array(items), json_node_get_array(warnings));
    g_autofree char *found = json_to_string(warnings, FALSE);
    g_assert_cmpstr(found, ==, expected);
}

static void test_remote(void)
{
    check_remote("RestrictRawPort", "false", "true",
                 "[\"RestrictRawPort may cut the way to root@mfp: it closes port 22/tcp\"]");
    check_remote("RestrictRawPort", "true", "false", "[]");
    check_remote("ProhibitWirelessLan", "false", "true",
                 "[\"ProhibitWirelessLan may cut the way to root@mfp: over which of its interfaces "
                 "that goes cannot be told from here\"]");
    check_remote("ProhibitUsbDevice", "false", "true", "[]");
    check_remote("RestrictMdnsPort", "false", "true", "[]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cut-path/port", test_port);
    g_test_add_func("/cut-path/entry", test_entry);
    g_test_add_func("/cut-path/default-route", test_default_route);
    g_test_add_func("/cut-path/not-available", test_not_available);
    g_test_add_func("/cut-path/survey-skips-loopback", test_survey_skips_loopback);
    g_test_add_func("/cut-path/remote", test_remote);
    return g_test_run();
}
