/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any JSON as what a device answers to secpolctl, which asks others over SSH as well: whatever is
 * missing or of another type in it, it is shown, and nothing of it is markup or drives a terminal.
 */
#include <string.h>

#include "ctl/blocked-packets.h"
#include "ctl/closing-ports.h"
#include "ctl/manager-client.h"
#include "ctl/report.h"
#include "ctl/verb.h"
#include "tests/fuzz/fuzz.h"

/* The inputs have this in their texts. */
#define MARKUP "<x7>"

/* The program's own way to complain, which is no part of its library. Nothing here does. */
void complain(const char *format, ...)
{
    g_assert_not_reached();
}

static JsonNode *parse(const char *text, size_t size)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    if (!json_parser_load_from_data(parser, text, (gssize)size, NULL))
        return NULL;
    return json_parser_steal_root(parser);
}

static void check_shown(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text))
        g_assert_true(*text == '\n' || !terminal_obeys(g_utf8_get_char(text)));
}

static void check_json(JsonNode *node)
{
    g_autofree char *text = json_to_text(node, TRUE);
    check_shown(text);
    g_autoptr(JsonNode) again = parse(text, strlen(text));
    g_assert_nonnull(again);
    json_node_unref(node);
}

static JsonNode *node_of_array(JsonArray *array)
{
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, array);
    return node;
}

static void check_report(Report *report)
{
    const Terminal terminal = {.utf8 = TRUE, .width = 80};
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);

    json_node_take_object(node, report_to_json(report));
    check_json(node);
    g_autofree char *text = report_to_text(report, &terminal, TRUE);
    check_shown(text);
    g_autofree char *page = report_to_html(report);
    g_assert_true(g_utf8_validate(page, -1, NULL));
    g_assert_null(strstr(page, MARKUP));
}

static void check_changes(JsonArray *changes, JsonArray *items)
{
    for (guint i = 0; changes && i < json_array_get_length(changes); i++) {
        JsonObject *change = json_object_at(changes, i);
        ClosingPorts ports = {0};
        closing_ports_of_change(change, items, &ports);
        g_assert_true(change_switches_on(change, items) || port_set_is_empty(&ports.tcp));
    }
}

static void check_answers(JsonObject *answers)
{
    JsonArray *list = json_get_array(answers, "list");
    JsonObject *objects = json_get_object(answers, "objects");
    JsonArray *packets = json_get_array(answers, "packets");
    if (!list || !objects)
        return;

    JsonArray *items = manager_client_items_of(list, objects);
    JsonArray *settings = manager_client_settings_of(objects);
    Report report = {
        .usec = json_get_integer(answers, "usec"),
        .host = "printer",
        .manager = json_get_object(answers, "manager"),
        .items = items,
        .settings = settings,
        .reason = (char *)json_get_string(answers, "reason"),
    };
    if (report.manager)
        check_report(&report);
    if (packets)
        check_json(node_of_array(blocked_packets_count(packets, items, NULL)));
    check_changes(json_get_array(answers, "changes"), items);
    json_array_unref(items);
    json_array_unref(settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(JsonNode) node = parse((const char *)data, size);

    if (node && JSON_NODE_HOLDS_OBJECT(node))
        check_answers(json_node_get_object(node));
    return 0;
}
