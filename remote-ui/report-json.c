/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/report-json.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "daemon/policy/catalog.h"
#include "daemon/policy/compliance.h"

#include "remote-ui/words.h"

/* Structures come as arrays; these are the names of their members. */
static const struct {
    const char *property;
    const char *const *names;
    gsize n_names;
} structures[] = {
    {"Ports", (const char *const[]){"Protocol", "First", "Last"}, 3},
    {"Reports", (const char *const[]){"Agent", "Unit", "Value", "Reason"}, 4},
};

static JsonNode *named(JsonArray *structure, const char *const *names, gsize n_names)
{
    JsonObject *object = json_object_new();
    for (gsize i = 0; i < n_names && i < json_array_get_length(structure); i++)
        json_object_set_member(object, names[i],
                               json_node_copy(json_array_get_element(structure, (guint)i)));
    JsonNode *node = json_node_alloc();
    json_node_init_object(node, object);
    json_object_unref(object);
    return node;
}

static void name_structures(JsonObject *object)
{
    for (gsize s = 0; s < G_N_ELEMENTS(structures); s++) {
        if (!json_object_has_member(object, structures[s].property))
            continue;
        JsonArray *from = json_object_get_array_member(object, structures[s].property);
        JsonArray *to = json_array_new();
        for (guint i = 0; i < json_array_get_length(from); i++)
            json_array_add_element(to, named(json_array_get_array_element(from, i),
                                             structures[s].names, structures[s].n_names));
        json_object_set_array_member(object, structures[s].property, to);
    }
}

static JsonNode *facts_to_json(GVariant *facts)
{
    JsonNode *node = json_gvariant_serialize(facts);
    name_structures(json_node_get_object(node));
    return node;
}

static void add_member(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

static void add_moment(JsonBuilder *builder, const char *name, gint64 usec)
{
    g_autofree char *moment = words_moment_iso(usec);
    add_member(builder, name, usec > 0 ? moment : "");
}

static void add_flag(JsonBuilder *builder, const char *name, gboolean flag)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, flag);
}

/* Why the device is not compliant, in the words of secpolctl; NULL where it is. */
static char *reason_against(const DeviceStatus *status)
{
    if (status->link != DEVICE_LINK_UP)
        return words_absence(status);
    const DeviceView *view = status->view;
    g_autofree const char **problems = facts_strings(view->manager, "Problems");
    const Compliance compliance = {
        .state = facts_string(view->manager, "State"),
        .violated = device_view_count(view, "violated"),
        .pending = device_view_count(view, "pending"),
        .problem = problems[0],
    };
    return compliance_reason_against(&compliance);
}

static void add_head(JsonBuilder *builder, const DeviceStatus *status)
{
    g_autofree char *reason = reason_against(status);
    add_moment(builder, "Time", g_get_real_time());
    add_moment(builder, "ReadTime", status->view->read_usec);
    add_member(builder, "Host", g_get_host_name());
    add_flag(builder, "Reachable", status->link == DEVICE_LINK_UP);
    add_flag(builder, "Compliant", !reason);
    add_member(builder, "Reason", reason ? reason : "");
}

/* The catalog's order; what a newer secpold knows beyond it comes last. */
static int compare_names(gconstpointer a, gconstpointer b)
{
    const CatalogSetting *left = catalog_find_setting(a);
    const CatalogSetting *right = catalog_find_setting(b);
    if (!left || !right)
        return left ? -1 : right ? 1 : strcmp(a, b);
    return left < right ? -1 : left > right;
}

static void add_settings(JsonBuilder *builder, const DeviceView *view)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(view->settings), compare_names);
    for (const GList *name = names; name; name = name->next)
        json_builder_add_value(builder, facts_to_json(device_view_setting(view, name->data)));
}

char *report_json_new(const DeviceStatus *status)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_head(builder, status);
    json_builder_set_member_name(builder, "Manager");
    json_builder_add_value(builder, facts_to_json(status->view->manager));
    json_builder_set_member_name(builder, "Items");
    json_builder_begin_array(builder);
    for (guint i = 0; i < status->view->items->len; i++)
        json_builder_add_value(builder, facts_to_json(status->view->items->pdata[i]));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "Settings");
    json_builder_begin_array(builder);
    add_settings(builder, status->view);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, TRUE);
}
