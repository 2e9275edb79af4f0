/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json-output.h"

#include <sys/socket.h>
#include <unistd.h>

/* Messages are made by a connection; this one's other end never answers, and need not. */
typedef struct Fixture {
    sd_bus *bus;
    sd_bus_message *message;
    int peer;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    int sockets[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
    fixture->peer = sockets[1];
    g_assert_cmpint(sd_bus_new(&fixture->bus), >=, 0);
    g_assert_cmpint(sd_bus_set_fd(fixture->bus, sockets[0], sockets[0]), >=, 0);
    g_assert_cmpint(sd_bus_start(fixture->bus), >=, 0);
    g_assert_cmpint(sd_bus_message_new_signal(fixture->bus, &fixture->message, "/x", "x.y", "Z"),
                    >=, 0);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    sd_bus_message_unref(fixture->message);
    sd_bus_close_unref(fixture->bus);
    close(fixture->peer);
}

static void finish(Fixture *fixture)
{
    g_assert_cmpint(sd_bus_message_seal(fixture->message, 1, 0), >=, 0);
    g_assert_cmpint(sd_bus_message_rewind(fixture->message, TRUE), >=, 0);
}

static void check_next(Fixture *fixture, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = json_from_message(fixture->message, &error);
    g_assert_no_error(error);
    g_autofree char *text = json_to_string(node, FALSE);
    g_assert_cmpstr(text, ==, expected);
}

static void test_basic(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_bus_message_append(fixture->message, "bybnqiuxdsog", TRUE, 255, FALSE,
                                          -32768, 65535, G_MININT32, G_MAXUINT32, G_MININT64, 0.5,
                                          "Büro \"1\"\n", "/a/b", "a{sv}"),
                    >=, 0);
    finish(fixture);
    static const char *const expected[] = {
        "true",       "255",
        "false",      "-32768",
        "65535",      "-2147483648",
        "4294967295", "-9223372036854775808",
        "0.5",        "\"Büro \\\"1\\\"\\n\"",
        "\"/a/b\"",   "\"a{sv}\"",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        check_next(fixture, expected[i]);
    }
}

/* No digit of a large number is lost. */
static void test_uint64(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_bus_message_append(fixture->message, "ttt", (guint64)0, (guint64)G_MAXINT64,
                                          G_MAXUINT64),
                    >=, 0);
    finish(fixture);
    check_next(fixture, "0");
    check_next(fixture, "9223372036854775807");
    check_next(fixture, "\"18446744073709551615\"");
}

static void test_containers(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_bus_message_append(fixture->message, "asa(sqq)a{sv}(va{uv})v", 2, "a", "b",
                                          2, "tcp", 515, 515, "udp", 9011, 9015, 2, "Value", "b",
                                          TRUE, "List", "au", 2, 1, 2, "u", 8, 1, 7, "s", "seven",
                                          "v", "s", "nested"),
                    >=, 0);
    finish(fixture);
    check_next(fixture, "[\"a\",\"b\"]");
    check_next(fixture, "[[\"tcp\",515,515],[\"udp\",9011,9015]]");
    check_next(fixture, "{\"Value\":true,\"List\":[1,2]}");
    check_next(fixture, "[8,{\"7\":\"seven\"}]");
    check_next(fixture, "\"nested\"");
}

static void test_empty_containers(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_bus_message_append(fixture->message, "asa{sv}a(sss)", 0, 0, 0), >=, 0);
    finish(fixture);
    check_next(fixture, "[]");
    check_next(fixture, "{}");
    check_next(fixture, "[]");
}

static void test_end_of_message(Fixture *fixture, gconstpointer data)
{
    finish(fixture);
    g_autoptr(GError) error = NULL;
    g_assert_null(json_from_message(fixture->message, &error));
    g_assert_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_MESSAGE);
}

static void test_file_descriptor(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_bus_message_append(fixture->message, "ah", 1, fixture->peer), >=, 0);
    finish(fixture);
    g_autoptr(GError) error = NULL;
    g_assert_null(json_from_message(fixture->message, &error));
    g_assert_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_UNSUPPORTED);
}

static void test_name_fields(void)
{
    static const char *const names[] = {"Protocol", "First", "Last"};

    JsonNode *ports = json_from_string("[[\"tcp\",1,2],[\"udp\",3],\"x\"]", NULL);
    g_autoptr(JsonNode) named = json_name_fields(ports, names, G_N_ELEMENTS(names));
    g_autofree char *text = json_to_string(named, FALSE);
    g_assert_cmpstr(text, ==, "[{\"Protocol\":\"tcp\",\"First\":1,\"Last\":2},[\"udp\",3],\"x\"]");
}

static void test_members(void)
{
    g_autoptr(JsonNode) node =
        json_from_string("{\"s\":\"x\",\"i\":5,\"b\":true,\"a\":[1,{}],\"o\":{},\"n\":null}", NULL);
    JsonObject *object = json_node_get_object(node);
    g_assert_cmpstr(json_get_string(object, "s"), ==, "x");
    g_assert_cmpint(json_get_integer(object, "i"), ==, 5);
    g_assert_true(json_get_boolean(object, "b"));
    g_assert_nonnull(json_get_array(object, "a"));
    g_assert_nonnull(json_get_object(object, "o"));

    static const char *const wrong[] = {"missing", "n", "o", "a"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_cmpstr(json_get_string(object, wrong[i]), ==, "");
        g_assert_cmpint(json_get_integer(object, wrong[i]), ==, 0);
        g_assert_false(json_get_boolean(object, wrong[i]));
    }
    g_assert_null(json_get_array(object, "o"));
    g_assert_null(json_get_object(object, "a"));
    g_assert_null(json_object_at(json_get_array(object, "a"), 0));
    g_assert_nonnull(json_object_at(json_get_array(object, "a"), 1));
    g_assert_cmpstr(json_string_at(json_get_array(object, "a"), 0), ==, "");
}

static void test_members_of_nothing(void)
{
    g_autoptr(JsonObject) copy = json_object_new();
    g_assert_cmpstr(json_get_string(NULL, "s"), ==, "");
    g_assert_cmpint(json_get_integer(NULL, "i"), ==, 0);
    g_assert_false(json_get_boolean(NULL, "b"));
    g_assert_null(json_get_array(NULL, "a"));
    g_assert_null(json_get_object(NULL, "o"));
    json_copy_member(copy, NULL, "s");
    g_assert_cmpint(json_object_get_size(copy), ==, 0);
}

#define ADD(name, function)                                                                        \
    g_test_add("/json-output/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("basic", test_basic);
    ADD("uint64", test_uint64);
    ADD("containers", test_containers);
    ADD("empty-containers", test_empty_containers);
    ADD("end-of-message", test_end_of_message);
    ADD("file-descriptor", test_file_descriptor);
    g_test_add_func("/json-output/name-fields", test_name_fields);
    g_test_add_func("/json-output/members", test_members);
    g_test_add_func("/json-output/members-of-nothing", test_members_of_nothing);
    return g_test_run();
}
