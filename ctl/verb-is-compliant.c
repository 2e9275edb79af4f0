/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl is-compliant: an exit code for scripts. */
#include "ctl/compliance.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>

ExitCode verb_is_compliant(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonObject) manager = client ? manager_client_properties(client, &error) : NULL;
    if (!manager) {
        return verb_failed(error);
    }
    g_autofree char *reason = compliance_reason_of_manager(manager);
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
