/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/effect-text.h"
#include "ctl/explain.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/remote-host.h"

#include "daemon/enforce/firewall/firewall-ruleset.h"

#include <string.h>
#include <unistd.h>

static gboolean is_in_state(JsonObject *item, const char *state)
{
    return strcmp(json_get_string(item, "State"), state) == 0;
}

static gboolean is_active(JsonObject *item)
{
    return json_get_boolean(item, "Requested") && !is_in_state(item, "not-available");
}

/* Where another program owns the table's name, secpold uses its second one, and says so. */
static const char *table_name(JsonObject *manager)
{
    JsonArray *problems = json_get_array(manager, "Problems");
    for (guint i = 0; problems && i < json_array_get_length(problems); i++) {
        if (strstr(json_string_at(problems, i), firewall_table_names[1])) {
            return firewall_table_names[1];
        }
    }
    return firewall_table_names[0];
}

static void add_request(Table *table, JsonObject *item)
{
    const char *key = json_get_string(item, "Key");
    const char *function = json_get_string(item, "Function");
    g_autofree char *value = item_value_to_text(key, json_object_get_member(item, "Value"));
    if (is_in_state(item, "not-available")) {
        explain_add_line(table, COLOR_NONE,
                         "This device does not have the function %s, so the item has no effect.",
                         function);
    } else if (json_get_boolean(item, "Requested")) {
        explain_add_line(table, COLOR_NONE, "The policy in force asks for it: %s=%s.", key, value);
    } else {
        explain_add_line(table, COLOR_NONE,
                         "The policy in force does not ask for it, so it has no effect.");
    }
    JsonObject *parameters = json_get_object(item, "Parameters");
    g_autoptr(GList) names = parameters ? json_object_get_members(parameters) : NULL;
    for (GList *name = names; name; name = name->next) {
        g_autofree char *text =
            item_value_to_text(name->data, json_object_get_member(parameters, name->data));
        explain_add_line(table, COLOR_NONE, "%s: %s", (const char *)name->data, text);
    }
}

static void add_state(Table *table, JsonObject *item)
{
    const char *state = json_get_string(item, "State");
    const char *detail = json_get_string(item, "Detail");
    const char *by = json_get_string(item, "VerifiedBy");
    gint64 usec = json_get_integer(item, "VerifiedUSec");
    explain_add_line(table, state_to_color(state), "State: %s%s%s", state, *detail ? ": " : "",
                     detail);
    if (*by && usec > 0) {
        g_autofree char *moment = moment_to_text(usec);
        explain_add_line(table, COLOR_NONE, "Evidence: read back from %s, and found so since %s",
                         strcmp(by, "both") == 0    ? "the kernel and told by agents"
                         : strcmp(by, "agent") == 0 ? "agents"
                                                    : "the kernel",
                         moment);
    } else if (is_active(item)) {
        explain_add_line(table, COLOR_NONE, "Evidence: none yet");
    }
}

static void add_chain(Table *table, JsonObject *item, JsonObject *chain)
{
    g_autofree char *ports = ports_to_text(json_get_array(item, "Ports"));
    if (!chain) {
        return;
    }
    explain_add_line(table, COLOR_NONE, "Ports: %s", ports);
    if (!is_active(item)) {
        return;
    }
    const char *family = json_get_string(chain, "Family");
    const char *name = json_get_string(chain, "Name");
    const char *table_of_chain = json_get_string(chain, "Table");
    explain_add_line(table, COLOR_NONE, "Chain: nft list chain %s %s %s", family, table_of_chain,
                     name);
    explain_add_line(table, COLOR_NONE,
                     "Refused: %" G_GINT64_FORMAT " packets, %" G_GINT64_FORMAT
                     " bytes; the latest: secpolctl blocked %s",
                     json_get_integer(item, "BlockedPackets"),
                     json_get_integer(item, "BlockedBytes"), json_get_string(item, "Key"));
}

static void add_settings(Table *table, JsonArray *settings)
{
    for (guint i = 0; i < json_array_get_length(settings); i++) {
        JsonObject *setting = json_object_at(settings, i);
        const char *name = json_get_string(setting, "Name");
        const char *state = json_get_string(setting, "State");
        gboolean locked = json_get_boolean(setting, "Locked");
        g_autofree char *value = item_value_to_text(name, json_object_get_member(setting, "Value"));
        explain_add_line(table, state_to_color(state), "%s%s%s: %s (%s)", name, locked ? "=" : "",
                         locked ? value : "", state, json_get_string(setting, "Label"));
        if (locked) {
            explain_add_reports(table, setting);
        }
    }
}

static void add_listener(Table *table, JsonObject *listener)
{
    g_autofree char *line = listener_to_text(listener);
    gboolean loopback = json_get_boolean(listener, "Loopback");
    const char *unit = json_get_string(listener, "Unit");
    g_autofree char *owner =
        *unit ? g_strdup(unit)
              : g_strdup_printf("user %" G_GINT64_FORMAT, json_get_integer(listener, "User"));
    g_autofree char *unknown = g_strdup_printf(
        "a process of %s, which root could name, listens on %" G_GINT64_FORMAT "/%s", owner,
        json_get_integer(listener, "Port"), json_get_string(listener, "Protocol"));
    explain_add_line(table, COLOR_NONE, "%s, address %s%s", line ? line : unknown,
                     json_get_string(listener, "Address"),
                     loopback ? ": reached from this device alone, and left alone" : "");
}

/* @listeners: NULL where they cannot be seen from here. */
static void add_listeners(const Context *context, Table *table, const char *key,
                          JsonArray *listeners)
{
    guint count = listeners ? json_array_get_length(listeners) : 0;
    for (guint i = 0; i < count; i++) {
        add_listener(table, json_object_at(listeners, i));
    }
    if (context->host) {
        g_autofree char *ssh = remote_host_ssh(context->host);
        explain_add_line(table, COLOR_NONE,
                         "Only the device itself can tell; ask it: %s secpolctl explain %s", ssh,
                         key);
    } else if (!listeners) {
        explain_add_line(table, COLOR_NONE, "The kernel does not tell.");
    } else if (count == 0) {
        explain_add_line(table, COLOR_NONE, "Nobody.");
    }
}

static JsonObject *chain_of_item(JsonObject *manager, JsonObject *item)
{
    const CatalogItem *row = catalog_find_item(json_get_string(item, "Key"));
    if (!row || !catalog_item_closes_ports(row)) {
        return NULL;
    }
    g_autofree char *name = firewall_item_chain((guint)catalog_item_index(row));
    JsonObject *chain = json_object_new();
    json_object_set_string_member(chain, "Family", "inet");
    json_object_set_string_member(chain, "Table", table_name(manager));
    json_object_set_string_member(chain, "Name", name);
    return chain;
}

static JsonArray *settings_of_item(JsonObject *item, JsonArray *settings)
{
    JsonArray *names = json_get_array(item, "Settings");
    JsonArray *array = json_array_new();
    for (guint i = 0; names && i < json_array_get_length(names); i++) {
        JsonObject *setting = manager_client_find(settings, "Name", json_string_at(names, i));
        if (setting) {
            json_array_add_object_element(array, json_object_ref(setting));
        }
    }
    return array;
}

static JsonArray *listeners_of_item(const Context *context, JsonObject *item)
{
    g_autoptr(GError) error = NULL;
    ClosingPorts ports;
    item_ports(item, &ports);
    g_autoptr(Listeners) listeners = context->host ? NULL : listeners_survey(&ports, &error);
    if (error) {
        complain("cannot tell who listens on the item's ports: %s", error->message);
    }
    return listeners ? listeners_on(listeners, &ports) : NULL;
}

static const char *mechanism_of_item(JsonObject *item)
{
    const CatalogItem *row = catalog_find_item(json_get_string(item, "Key"));
    return row ? effect_to_text(row->effect) : "This secpolctl is older than the item.";
}

typedef struct Explanation {
    JsonObject *item;
    JsonObject *chain; /* NULL where the item closes no port */
    JsonArray *settings;
    JsonArray *listeners; /* NULL where they cannot be seen */
} Explanation;

static void print_json(const Context *context, const Explanation *explanation)
{
    g_autoptr(JsonObject) result = json_object_new();
    json_object_set_object_member(result, "Item", json_object_ref(explanation->item));
    json_object_set_string_member(result, "Mechanism", mechanism_of_item(explanation->item));
    if (explanation->chain) {
        json_object_set_object_member(result, "Chain", json_object_ref(explanation->chain));
    } else {
        json_object_set_null_member(result, "Chain");
    }
    json_object_set_array_member(result, "Settings", json_array_ref(explanation->settings));
    if (explanation->listeners) {
        json_object_set_array_member(result, "Listeners", json_array_ref(explanation->listeners));
    } else {
        json_object_set_null_member(result, "Listeners");
    }
    json_print_object(result, context->json);
}

static void print_text(const Context *context, const Explanation *explanation)
{
    JsonObject *item = explanation->item;
    title_print(&context->terminal, json_get_string(item, "Key"), json_get_string(item, "Label"),
                json_get_string(item, "State"), json_get_boolean(item, "Requested"));
    g_autoptr(Table) table = explain_table_new();
    explain_add_heading(table, "What it is for");
    explain_add_line(table, COLOR_NONE, "%s", json_get_string(item, "Description"));
    explain_add_line(table, COLOR_NONE, "%s", json_get_string(item, "Consequence"));
    explain_add_heading(table, "On this device");
    add_request(table, item);
    add_state(table, item);
    explain_add_heading(table, "In the kernel");
    explain_add_line(table, COLOR_NONE, "%s%s",
                     is_active(item) ? "" : "When in force: ", mechanism_of_item(item));
    add_chain(table, item, explanation->chain);
    if (explanation->chain) {
        explain_add_heading(table, "Who listens on these ports now");
        add_listeners(context, table, json_get_string(item, "Key"), explanation->listeners);
    }
    if (json_array_get_length(explanation->settings) > 0) {
        explain_add_heading(table, "Settings it locks, and what agents say");
        add_settings(table, explanation->settings);
    }
    table_print(table, &context->terminal, FALSE);
}

ExitCode explain_item(const Context *context, const Facts *facts, JsonObject *item)
{
    g_autoptr(JsonObject) chain = chain_of_item(facts->manager, item);
    g_autoptr(JsonArray) settings = settings_of_item(item, facts->settings);
    g_autoptr(JsonArray) listeners = chain ? listeners_of_item(context, item) : NULL;
    const Explanation explanation = {item, chain, settings, listeners};
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, &explanation);
    } else {
        print_text(context, &explanation);
    }
    return EXIT_CODE_OK;
}
