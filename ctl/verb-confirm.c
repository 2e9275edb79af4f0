/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl confirm and revert: keep, or take back, a policy that was imported for a limited time.
 */
#include "ctl/manager-life.h"
#include "ctl/policy-text.h"
#include "ctl/verb.h"

#include <stdio.h>

/* What is in force, as far as it is of interest when that has just changed. */
static ExitCode print_in_force(const Context *context, ManagerClient *client)
{
    static const char *const members[] = {"Generation",   "PolicyName",   "PolicySerial",
                                          "PolicyDigest", "PolicyOrigin", "State"};

    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) manager = manager_client_properties(client, &error);
    if (!manager) {
        return verb_failed(error);
    }
    if (context->json == JSON_FORMAT_OFF) {
        g_autofree char *raw = policy_in_force_to_text(manager);
        g_autofree char *line = terminal_escape(raw);
        printf("%c%s\n", g_ascii_toupper(*line), line + 1);
        return EXIT_CODE_OK;
    }
    g_autoptr(JsonObject) result = json_object_new();
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_copy_member(result, manager, members[i]);
    }
    json_print_object(result, context->json);
    return EXIT_CODE_OK;
}

/* The generation that waits; FALSE after a complaint where none does. */
static gboolean find_waiting(ManagerClient *client, guint64 *ret_generation, ExitCode *ret_code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) manager = manager_client_properties(client, &error);
    if (!manager) {
        *ret_code = verb_failed(error);
        return FALSE;
    }
    if (json_get_integer(manager, "ConfirmUntilUSec") == 0) {
        g_autofree char *in_force = policy_in_force_to_text(manager);
        complain("nothing waits for a confirmation; %s", in_force);
        *ret_code = EXIT_CODE_FAILED;
        return FALSE;
    }
    *ret_generation = (guint64)json_get_integer(manager, "Generation");
    return TRUE;
}

ExitCode verb_confirm(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    guint64 generation = 0;
    if (argument && !verb_option_parse_generation(argument, &generation, &error)) {
        return verb_misused(error);
    }
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (!client) {
        return verb_failed(error);
    }
    ExitCode code;
    if (!argument && !find_waiting(client, &generation, &code)) {
        return code;
    }
    return manager_life_confirm(client, generation, &error) ? print_in_force(context, client)
                                                            : verb_failed(error);
}

ExitCode verb_revert(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    return client && manager_life_revert(client, &error) ? print_in_force(context, client)
                                                         : verb_failed(error);
}
