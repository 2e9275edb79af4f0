/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/item-text.h"

#include "daemon/policy/catalog.h"

#include <string.h>

static char *number_to_text(const char *key, gint64 number)
{
    if (number == 0 && catalog_find_item(key)) {
        return g_strdup("no");
    }
    return number < 0 ? g_strdup_printf("%" G_GINT64_FORMAT, number)
                      : catalog_quantity(key, (guint64)number);
}

static char *scalar_to_text(const char *key, JsonNode *value)
{
    GType type = json_node_get_value_type(value);
    if (type == G_TYPE_BOOLEAN) {
        return g_strdup(json_node_get_boolean(value) ? "yes" : "no");
    }
    if (type == G_TYPE_INT64) {
        return number_to_text(key, json_node_get_int(value));
    }
    if (type == G_TYPE_STRING) {
        const char *text = json_node_get_string(value);
        return g_strdup(*text ? text : "-");
    }
    return json_to_string(value, FALSE);
}

static char *with_parameters(const char *key, JsonNode *value, JsonObject *parameters)
{
    g_autofree char *base = scalar_to_text(key, value);
    GString *text = g_string_new(base);
    JsonObjectIter iter;
    const char *name;
    JsonNode *parameter;
    json_object_iter_init_ordered(&iter, parameters);
    while (json_object_iter_next_ordered(&iter, &name, &parameter)) {
        g_autofree char *word = scalar_to_text(name, parameter);
        g_string_append_printf(text, ", %s %s", name, word);
    }
    return g_string_free(text, FALSE);
}

char *item_value_to_text(const char *key, JsonNode *value)
{
    if (!value) {
        return g_strdup("-");
    }
    JsonArray *pair = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;
    JsonObject *parameters =
        pair && json_array_get_length(pair) == 2 ? json_object_at(pair, 1) : NULL;
    if (!parameters) {
        return scalar_to_text(key, value);
    }
    return with_parameters(key, json_array_get_element(pair, 0), parameters);
}

char *item_request_to_text(JsonObject *item)
{
    const char *key = json_get_string(item, "Key");
    JsonNode *value = json_object_get_member(item, "Value");
    JsonObject *parameters = json_get_object(item, "Parameters");
    return value && parameters ? with_parameters(key, value, parameters)
                               : item_value_to_text(key, value);
}

/* In the order in which they are counted up. */
static const struct {
    const char *name;
    const char *words;
    Color color;
    gboolean attention;
} states[] = {
    {"enforced", "enforced", COLOR_GREEN, FALSE},
    {"partial", "partial", COLOR_YELLOW, FALSE},
    {"pending", "pending", COLOR_YELLOW, TRUE},
    {"violated", "violated", COLOR_RED, TRUE},
    {"off", "off", COLOR_NONE, FALSE},
    {"not-available", "not available", COLOR_DIM, FALSE},
    {"enforcing", NULL, COLOR_GREEN, FALSE},
    {"degraded", NULL, COLOR_RED, FALSE},
    {"starting", NULL, COLOR_YELLOW, FALSE},
    {"confirmed", NULL, COLOR_GREEN, FALSE},
    {"unconfirmed", NULL, COLOR_YELLOW, FALSE},
    {"contradicted", NULL, COLOR_RED, FALSE},
};

Color state_to_color(const char *state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        if (strcmp(states[i].name, state) == 0) {
            return states[i].color;
        }
    }
    return COLOR_NONE;
}

gboolean state_needs_attention(const char *state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        if (strcmp(states[i].name, state) == 0) {
            return states[i].attention;
        }
    }
    return FALSE;
}

gint64 compliance_count(JsonObject *compliance, const char *state)
{
    return compliance ? json_get_integer(compliance, state) : 0;
}

char *compliance_to_text(JsonObject *compliance)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(states) && states[i].words; i++) {
        gint64 count = compliance_count(compliance, states[i].name);
        if (count > 0) {
            g_string_append_printf(text, "%s%" G_GINT64_FORMAT " %s", text->len ? ", " : "", count,
                                   states[i].words);
        }
    }
    return g_string_free(text, FALSE);
}

char *ports_to_text(JsonArray *ports)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; ports && i < json_array_get_length(ports); i++) {
        JsonObject *run = json_object_at(ports, i);
        if (!run) {
            continue;
        }
        gint64 first = json_get_integer(run, "First");
        gint64 last = json_get_integer(run, "Last");
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, text->len ? " " : "", first);
        if (last != first) {
            g_string_append_printf(text, "-%" G_GINT64_FORMAT, last);
        }
        g_string_append_printf(text, "/%s", json_get_string(run, "Protocol"));
    }
    return g_string_free(text, FALSE);
}

static char *format_moment(gint64 usec, const char *format)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC);
    return moment ? g_date_time_format(moment, format) : g_strdup("-");
}

char *moment_to_text(gint64 usec)
{
    return format_moment(usec, "%a %Y-%m-%d %H:%M:%S %Z");
}

char *moment_to_short_text(gint64 usec)
{
    return format_moment(usec, "%Y-%m-%d %H:%M:%S");
}

void title_print(const Terminal *terminal, const char *name, const char *label, const char *state,
                 gboolean on)
{
    static const char *const columns[] = {"", "", NULL};

    g_autofree char *title = g_strconcat(name, " - ", label, NULL);
    g_autoptr(Table) table = table_new(columns, TABLE_WRAP);
    /* Nothing but one blank is between the dot and the name then. */
    table_align_right(table, 0);
    table_add_row(table, 0);
    table_add_cell(table, state_to_color(state), terminal_dot(terminal, on));
    table_add_cell(table, COLOR_NONE, title);
    table_print(table, terminal, FALSE);
}

Table *fields_new(void)
{
    static const char *const columns[] = {"", "", NULL};
    Table *fields = table_new(columns, TABLE_WRAP);
    table_align_right(fields, 0);
    return fields;
}

void fields_add(Table *fields, const char *name, Color color, const char *value)
{
    g_autofree char *label = *name ? g_strconcat(name, ":", NULL) : g_strdup("");
    table_add_row(fields, 0);
    table_add_cell(fields, COLOR_NONE, label);
    table_add_cell(fields, color, value);
}
