/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secpolctl is-compliant: an exit code for scripts. Compliant is a device whose policy is being
 * enforced without a problem and that has no pending and no violated item. A partial item does not
 * count against it: what it leaves open, the maker's or administrator's own device profile says.
 */
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

static char *count_of_items(gint64 count, const char *state)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s %s", count, count == 1 ? "item" : "items",
                           state);
}

/* "1 item violated, 2 items pending", or NULL where there is none of either. */
static char *open_items(JsonObject *compliance)
{
    gint64 violated = compliance_count(compliance, "violated");
    gint64 pending = compliance_count(compliance, "pending");
    g_autofree char *first = count_of_items(violated, "violated");
    g_autofree char *second = count_of_items(pending, "pending");
    if (violated > 0 && pending > 0) {
        return g_strconcat(first, ", ", second, NULL);
    }
    if (violated > 0) {
        return g_steal_pointer(&first);
    }
    return pending > 0 ? g_steal_pointer(&second) : NULL;
}

/* NULL where the device is compliant. Free with g_free(). */
static char *reason_against(JsonObject *manager)
{
    const char *state = json_get_string(manager, "State");
    JsonObject *compliance = json_get_object(manager, "Compliance");
    if (strcmp(state, "no-policy") == 0) {
        return g_strdup("no policy is in force");
    }
    g_autofree char *items = open_items(compliance);
    if (strcmp(state, "enforcing") != 0) {
        JsonArray *problems = json_get_array(manager, "Problems");
        const char *problem =
            problems && json_array_get_length(problems) > 0 ? json_string_at(problems, 0) : "";
        return g_strdup_printf("secpold is %s%s%s%s%s", state, *problem ? ": " : "", problem,
                               items ? "; " : "", items ? items : "");
    }
    return compliance ? g_steal_pointer(&items)
                      : g_strdup("secpold does not tell the states of the items");
}

ExitCode verb_is_compliant(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonObject) manager = client ? manager_client_properties(client, &error) : NULL;
    if (!manager) {
        return verb_failed(error);
    }
    g_autofree char *reason = reason_against(manager);
    if (context->json != JSON_FORMAT_OFF) {
        g_autoptr(JsonObject) result = json_object_new();
        json_object_set_boolean_member(result, "Compliant", !reason);
        json_object_set_string_member(result, "Reason", reason ? reason : "");
        json_print_object(result, context->json);
    } else if (reason) {
        g_autofree char *line = terminal_escape(reason);
        puts(line);
    }
    return reason ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}
