/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/manager-client.h"

#include <errno.h>

static JsonArray *array_from(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    return json_node_dup_array(node);
}

static JsonObject *object_from(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    return json_node_dup_object(node);
}

static void check_array(JsonArray *array, const char *expected)
{
    g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), array);
    g_autofree char *text = json_to_string(node, FALSE);
    g_assert_cmpstr(text, ==, expected);
}

/* One item is missing from the objects, and one object from the list. */
static void test_items(void)
{
    g_autoptr(JsonArray) list =
        array_from("[{\"Key\":\"RestrictLpdPort\"},{\"Key\":\"Missing\"},{\"Key\":\"UseTpm\"}]");
    g_autoptr(JsonObject) objects = object_from(
        "{\"/org/secpold1/item/UseTpm\":{\"org.secpold1.Item\":{\"Key\":\"UseTpm\"}},"
        " \"/org/secpold1/item/Extra\":{\"org.secpold1.Item\":{\"Key\":\"Extra\"}},"
        " \"/org/secpold1/item/RestrictLpdPort\":{\"org.freedesktop.DBus.Peer\":{},"
        "  \"org.secpold1.Item\":{\"Key\":\"RestrictLpdPort\",\"Ports\":[[\"tcp\",515,516]]}}}");
    g_autoptr(JsonArray) items = manager_client_items_of(list, objects);
    check_array(items, "[{\"Key\":\"RestrictLpdPort\",\"Ports\":"
                       "[{\"Protocol\":\"tcp\",\"First\":515,\"Last\":516}]},"
                       "{\"Key\":\"UseTpm\"}]");
}

/* What this version's catalog does not know comes last, by name. */
static void test_settings(void)
{
    g_autoptr(JsonObject) objects = object_from(
        "{\"/org/secpold1/setting/Zebra\":{\"org.secpold1.Setting\":{\"Name\":\"Zebra\"}},"
        " \"/org/secpold1/setting/Tpm\":{\"org.secpold1.Setting\":{\"Name\":\"Tpm\"}},"
        " \"/org/secpold1/setting/Apple\":{\"org.secpold1.Setting\":{\"Name\":\"Apple\"}},"
        " \"/org/secpold1/item/UseTpm\":{\"org.secpold1.Item\":{\"Key\":\"UseTpm\"}},"
        " \"/org/secpold1/setting/UsbDevice\":{\"org.secpold1.Setting\":{\"Name\":\"UsbDevice\","
        "  \"Reports\":[[\":1.5\",\"a.service\",true,\"\"]]}},"
        " \"/org/secpold1/setting/AuditLog\":{\"org.secpold1.Setting\":{\"Name\":\"AuditLog\"}}}");
    g_autoptr(JsonArray) settings = manager_client_settings_of(objects);
    check_array(settings,
                "[{\"Name\":\"UsbDevice\",\"Reports\":[{\"Agent\":\":1.5\",\"Unit\":\"a.service\","
                "\"Value\":true,\"Reason\":\"\"}]},{\"Name\":\"Tpm\"},{\"Name\":\"AuditLog\"},"
                "{\"Name\":\"Apple\"},{\"Name\":\"Zebra\"}]");
}

static void check_error(const char *name, const char *message, const char *host, int code,
                        const char *expected)
{
    sd_bus_error bus_error = SD_BUS_ERROR_MAKE_CONST(name, message);
    g_autoptr(GError) error = NULL;
    manager_client_set_error(&error, host, name ? &bus_error : NULL, -ECONNRESET);
    g_assert_error(error, MANAGER_CLIENT_ERROR, code);
    g_assert_cmpstr(error->message, ==, expected);
}

static void test_errors(void)
{
    check_error(NULL, NULL, NULL, MANAGER_CLIENT_ERROR_UNREACHABLE,
                "secpold does not answer (Connection reset by peer); see: systemctl status "
                "secpold");
    check_error("org.freedesktop.DBus.Error.NameHasNoOwner", "Could not get owner", NULL,
                MANAGER_CLIENT_ERROR_UNREACHABLE,
                "secpold is not running; start it with: systemctl start secpold (why it is not "
                "running: systemctl status secpold)");
    check_error("org.freedesktop.DBus.Error.NameHasNoOwner", "Could not get owner", "root@printer",
                MANAGER_CLIENT_ERROR_UNREACHABLE,
                "secpold is not running on root@printer; start it with: ssh root@printer "
                "systemctl start secpold");
    check_error("org.freedesktop.DBus.Error.NameHasNoOwner", "Could not get owner",
                "root@printer:2222", MANAGER_CLIENT_ERROR_UNREACHABLE,
                "secpold is not running on root@printer:2222; start it with: ssh -p 2222 "
                "root@printer systemctl start secpold");
    check_error("System.Error.EPIPE", "Broken pipe", "root@printer",
                MANAGER_CLIENT_ERROR_UNREACHABLE,
                "cannot ask the secpold of root@printer over SSH (Broken pipe); does this work: "
                "ssh root@printer systemd-stdio-bridge --version");
    check_error("org.freedesktop.DBus.Error.NoReply", "timed out", NULL,
                MANAGER_CLIENT_ERROR_UNREACHABLE,
                "secpold does not answer (timed out); see: systemctl status secpold");
    check_error("org.secpold1.Error.InvalidPolicy", "Line 3: bad", NULL,
                MANAGER_CLIENT_ERROR_REFUSED, "Line 3: bad");
    check_error(
        "org.freedesktop.DBus.Error.AccessDenied", NULL, NULL, MANAGER_CLIENT_ERROR_REFUSED,
        "org.freedesktop.DBus.Error.AccessDenied. Try with sudo, with --host=root@HOST from "
        "another machine, or have polkit allow it; see secpolctl(1)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/manager-client/items", test_items);
    g_test_add_func("/manager-client/settings", test_settings);
    g_test_add_func("/manager-client/errors", test_errors);
    return g_test_run();
}
