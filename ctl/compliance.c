/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/compliance.h"

#include "ctl/item-text.h"

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

char *compliance_reason_against(JsonObject *manager)
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
