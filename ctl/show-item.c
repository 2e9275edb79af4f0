/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl show KEY: everything about one item. */
#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include "daemon/policy/catalog.h"

#include <string.h>

static void add_text(Table *fields, JsonObject *item, const char *member, const char *name)
{
    const char *text = json_get_string(item, member);
    if (*text) {
        fields_add(fields, name, COLOR_NONE, text);
    }
}

static void add_place(Table *fields, JsonObject *item)
{
    const char *group = json_get_string(item, "Group");
    g_autofree char *place = g_strconcat(category_display_label(json_get_string(item, "Category")),
                                         *group ? ", " : "", group, NULL);
    fields_add(fields, "Category", COLOR_NONE, place);
}

static void add_value(Table *fields, JsonObject *item)
{
    const char *key = json_get_string(item, "Key");
    g_autofree char *value = item_value_to_text(key, json_object_get_member(item, "Value"));
    fields_add(fields, "Value", COLOR_NONE, value);

    JsonObject *parameters = json_get_object(item, "Parameters");
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    if (!parameters) {
        return;
    }
    json_object_iter_init_ordered(&iter, parameters);
    while (json_object_iter_next_ordered(&iter, &name, &node)) {
        g_autofree char *text = item_value_to_text(name, node);
        fields_add(fields, name, COLOR_NONE, text);
    }
}

static void add_state(Table *fields, JsonObject *item)
{
    const char *state = json_get_string(item, "State");
    fields_add(fields, "State", state_to_color(state), state);
    add_text(fields, item, "Detail", "Detail");

    const char *by = json_get_string(item, "VerifiedBy");
    gint64 usec = json_get_integer(item, "VerifiedUSec");
    if (*by && usec > 0) {
        const char *who = strcmp(by, "both") == 0 ? "kernel and agent" : by;
        g_autofree char *moment = moment_to_text(usec);
        g_autofree char *text = g_strdup_printf("by %s since %s", who, moment);
        fields_add(fields, "Verified", COLOR_NONE, text);
    }
}

static void add_ports(Table *fields, JsonObject *item)
{
    g_autofree char *ports = ports_to_text(json_get_array(item, "Ports"));
    if (!*ports) {
        return;
    }
    fields_add(fields, "Ports", COLOR_NONE, ports);
    g_autofree char *blocked = g_strdup_printf(
        "%" G_GINT64_FORMAT " packets, %" G_GINT64_FORMAT " bytes",
        json_get_integer(item, "BlockedPackets"), json_get_integer(item, "BlockedBytes"));
    fields_add(fields, "Blocked", COLOR_NONE, blocked);
}

static void add_settings(Table *fields, JsonObject *item, JsonArray *settings)
{
    JsonArray *names = json_get_array(item, "Settings");
    for (guint i = 0; names && i < json_array_get_length(names); i++) {
        const char *name = json_string_at(names, i);
        JsonObject *setting = manager_client_find(settings, "Name", name);
        const char *state = setting ? json_get_string(setting, "State") : "";
        g_autofree char *value =
            setting && json_get_boolean(setting, "Locked")
                ? item_value_to_text(name, json_object_get_member(setting, "Value"))
                : NULL;
        g_autofree char *text =
            g_strdup_printf("%s%s%s: %s", name, value ? "=" : "", value ? value : "", state);
        fields_add(fields, i == 0 ? "Settings" : "", state_to_color(state), text);
    }
}

static void print_item(const Context *context, JsonObject *item, JsonArray *settings)
{
    title_print(&context->terminal, json_get_string(item, "Key"), json_get_string(item, "Label"),
                json_get_string(item, "State"), json_get_boolean(item, "Requested"));
    g_autoptr(Table) fields = fields_new();
    add_place(fields, item);
    add_text(fields, item, "Function", "Function");
    add_value(fields, item);
    add_state(fields, item);
    add_ports(fields, item);
    add_settings(fields, item, settings);
    add_text(fields, item, "Description", "What it does");
    add_text(fields, item, "Consequence", "What users lose");
    table_print(fields, &context->terminal, FALSE);
}

ExitCode show_item(const Context *context, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) items = client ? manager_client_items(client, &error) : NULL;
    g_autoptr(JsonArray) settings = items ? manager_client_settings(client, &error) : NULL;
    if (!settings) {
        return verb_failed(error);
    }
    JsonObject *item = item_list_find(items, key);
    if (!item) {
        return EXIT_CODE_FAILED;
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_object(item, context->json);
    } else {
        print_item(context, item, settings);
    }
    return EXIT_CODE_OK;
}
