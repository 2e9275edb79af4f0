/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/compliance.h"

#include <string.h>

static char *count_of_items(guint64 count, const char *state)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s %s", count, count == 1 ? "item" : "items",
                           state);
}

/* "1 item violated, 2 items pending", or NULL where there is none of either. */
static char *open_items(const Compliance *compliance)
{
    g_autofree char *violated = count_of_items(compliance->violated, "violated");
    g_autofree char *pending = count_of_items(compliance->pending, "pending");

    if (compliance->violated > 0 && compliance->pending > 0)
        return g_strconcat(violated, ", ", pending, NULL);
    if (compliance->violated > 0)
        return g_steal_pointer(&violated);
    return compliance->pending > 0 ? g_steal_pointer(&pending) : NULL;
}

char *compliance_reason_against(const Compliance *compliance)
{
    g_autofree char *items = open_items(compliance);
    const char *problem = compliance->problem;

    if (strcmp(compliance->state, "no-policy") == 0)
        return g_strdup("no policy is in force");
    if (strcmp(compliance->state, "enforcing") == 0)
        return g_steal_pointer(&items);
    return g_strdup_printf("secpold is %s%s%s%s%s", compliance->state, problem ? ": " : "",
                           problem ? problem : "", items ? "; " : "", items ? items : "");
}
