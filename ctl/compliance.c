/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/compliance.h"

#include "ctl/item-text.h"

#include "daemon/policy/compliance.h"

char *compliance_reason_of_manager(JsonObject *manager)
{
    JsonObject *counts = json_get_object(manager, "Compliance");
    JsonArray *problems = json_get_array(manager, "Problems");
    gboolean has_problem = problems && json_array_get_length(problems) > 0;
    const Compliance compliance = {
        .state = json_get_string(manager, "State"),
        .violated = (guint64)compliance_count(counts, "violated"),
        .pending = (guint64)compliance_count(counts, "pending"),
        .problem = has_problem ? json_string_at(problems, 0) : NULL,
    };
    char *reason = compliance_reason_against(&compliance);
    return reason || counts ? reason : g_strdup("secpold does not tell the states of the items");
}
