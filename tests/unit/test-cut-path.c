/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/cut-path.h"

static const char items_text[] =
    "[{\"Key\":\"ProhibitWirelessLan\",\"Requested\":false,\"State\":\"off\",\"Ports\":[]},"
    " {\"Key\":\"ProhibitDirectConnection\",\"Requested\":false,\"State\":\"off\",\"Ports\":[]},"
    " {\"Key\":\"ProhibitUsbDevice\",\"Requested\":false,\"State\":\"not-available\",\"Ports\":[]},"
    " {\"Key\":\"RestrictRawPort\",\"Requested\":false,\"State\":\"off\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":22,\"Last\":9100}]}]";

static Paths *new_paths(const char *connection, const char *entry)
{
    Paths *paths = g_new0(Paths, 1);
    paths->ssh = connection ? ssh_path_parse(connection) : NULL;
    paths->ssh_entry = g_strdup(entry);
    paths->default_routes = g_ptr_array_new_with_free_func(g_free);
    return paths;
}

/* What secpold says of the interfaces that an item stops. */
#define IN_USE(name)  "[\"" name " is in use, and this item stops it\"]"
#define DEFAULT(name) "[\"The default route goes over " name ", which this item stops\"]"

/* @consequences as secpold has them, and @expected, the warnings, are JSON. */
static void check_warnings_with(const Paths *paths, const char *item, const char *from,
                                const char *to, const char *consequences, const char *expected)
{
    g_autofree char *text =
        g_strdup_printf("[{\"Item\":\"%s\",\"From\":%s,\"To\":%s,\"Consequences\":%s}]", item, from,
                        to, consequences);
    g_autoptr(JsonNode) changes = json_from_string(text, NULL);
    g_autoptr(JsonNode) items = json_from_string(items_text, NULL);
    g_autoptr(JsonNode) warnings = json_from_string("[]", NULL);
    cut_path_add_warnings(paths, json_node_get_array(changes), json_node_get_array(items),
                          json_node_get_array(warnings));
    g_autofree char *found = json_to_string(warnings, FALSE);
    g_assert_cmpstr(found, ==, expected);
}

static void check_warnings(const Paths *paths, const char *item, const char *from, const char *to,
                           const char *expected)
{
    check_warnings_with(paths, item, from, to, "[]", expected);
}

#define FROM_PORT                                                                                  \
    "[\"RestrictRawPort cuts your own SSH connection from 192.0.2.7: it closes port 2222/tcp\"]"

static void test_port(void)
{
    g_autoptr(Paths) inside = new_paths("192.0.2.7 5 192.0.2.1 2222", NULL);
    check_warnings(inside, "RestrictRawPort", "false", "true", FROM_PORT);
    check_warnings(inside, "RestrictRawPort", "true", "false", "[]");
    check_warnings(inside, "RestrictRawPort", "true", "true", "[]");
    g_autoptr(Paths) outside = new_paths("192.0.2.7 5 192.0.2.1 9101", NULL);
    check_warnings(outside, "RestrictRawPort", "false", "true", "[]");
    g_autoptr(Paths) none = new_paths(NULL, NULL);
    check_warnings(none, "RestrictRawPort", "false", "true", "[]");
}

#define FROM_ENTRY                                                                                 \
    "[\"ProhibitWirelessLan cuts your own SSH connection from 192.0.2.7: it stops wlan0\"]"

static void test_entry(void)
{
    g_autoptr(Paths) paths = new_paths("192.0.2.7 5 192.0.2.1 22", "wlan0");
    const char *named = IN_USE("wlan0");
    check_warnings_with(paths, "ProhibitWirelessLan", "false", "true", named, FROM_ENTRY);
    check_warnings_with(paths, "ProhibitWirelessLan", "true", "false", named, "[]");
    check_warnings_with(paths, "ProhibitWirelessLan", "false", "true", DEFAULT("wlan0"),
                        FROM_ENTRY);
    check_warnings_with(paths, "ProhibitWirelessLan", "false", "true", IN_USE("wlan01"), "[]");
    check_warnings_with(paths, "ProhibitUsbStorage", "false", "true", named, "[]");
    check_warnings(paths, "ProhibitDirectConnection", "false", "true", "[]");
    g_autoptr(Paths) wired = new_paths("192.0.2.7 5 192.0.2.1 22", "eth0");
    check_warnings(wired, "ProhibitWirelessLan", "false", "true", "[]");
    check_warnings(wired, "RestrictMdnsPort", "false", "true", "[]");
}

static void test_default_route(void)
{
    g_autoptr(Paths) paths = new_paths(NULL, NULL);
    g_ptr_array_add(paths->default_routes, g_strdup("eth0"));
    g_ptr_array_add(paths->default_routes, g_strdup("ap0"));
    check_warnings(paths, "ProhibitWirelessLan", "false", "true", "[]");
    check_warnings_with(paths, "ProhibitDirectConnection", "false", "true", DEFAULT("ap0"),
                        "[\"ProhibitDirectConnection cuts the default route: it stops ap0\"]");
    check_warnings(paths, "RestrictRawPort", "false", "true", "[]");
}

/* The device profile may have it left alone. */
static void test_interface_that_is_not_stopped(void)
{
    g_autoptr(Paths) paths = new_paths("192.0.2.7 5 192.0.2.1 22", "wlan0");
    g_ptr_array_add(paths->default_routes, g_strdup("wlan0"));
    check_warnings_with(paths, "ProhibitWirelessLan", "false", "true", IN_USE("wlan1"), "[]");
}

/* Where the device lacks the function, the item has no effect. */
static void test_not_available(void)
{
    g_autoptr(Paths) paths = new_paths("192.0.2.7 5 192.0.2.1 22", "usb0");
    g_ptr_array_add(paths->default_routes, g_strdup("usb0"));
    check_warnings_with(paths, "ProhibitUsbDevice", "false", "true", IN_USE("usb0"), "[]");
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

static void check_remote(const char *host, const char *item, const char *from, const char *to,
                         const char *expected)
{
    g_autofree char *text =
        g_strdup_printf("[{\"Item\":\"%s\",\"From\":%s,\"To\":%s}]", item, from, to);
    g_autoptr(JsonNode) changes = json_from_string(text, NULL);
    g_autoptr(JsonNode) items = json_from_string(items_text, NULL);
    g_autoptr(JsonNode) warnings = json_from_string("[]", NULL);
    cut_path_add_remote_warnings(host, json_node_get_array(changes), json_node_get_array(items),
                                 json_node_get_array(warnings));
    g_autofree char *found = json_to_string(warnings, FALSE);
    g_assert_cmpstr(found, ==, expected);
}

static void test_remote(void)
{
    check_remote("root@mfp", "RestrictRawPort", "false", "true",
                 "[\"RestrictRawPort may cut the way to root@mfp: it closes port 22/tcp\"]");
    check_remote("root@mfp", "RestrictRawPort", "true", "false", "[]");
    check_remote("root@mfp", "ProhibitWirelessLan", "false", "true",
                 "[\"ProhibitWirelessLan may cut the way to root@mfp: over which of its interfaces "
                 "that goes cannot be told from here\"]");
    check_remote("root@mfp", "ProhibitUsbDevice", "false", "true", "[]");
    check_remote("root@mfp", "RestrictMdnsPort", "false", "true", "[]");
    check_remote("mfp:9100", "RestrictRawPort", "false", "true",
                 "[\"RestrictRawPort may cut the way to mfp:9100: it closes port 9100/tcp\"]");
    check_remote("mfp:9101", "RestrictRawPort", "false", "true", "[]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cut-path/port", test_port);
    g_test_add_func("/cut-path/entry", test_entry);
    g_test_add_func("/cut-path/default-route", test_default_route);
    g_test_add_func("/cut-path/interface-that-is-not-stopped", test_interface_that_is_not_stopped);
    g_test_add_func("/cut-path/not-available", test_not_available);
    g_test_add_func("/cut-path/survey-skips-loopback", test_survey_skips_loopback);
    g_test_add_func("/cut-path/remote", test_remote);
    return g_test_run();
}
