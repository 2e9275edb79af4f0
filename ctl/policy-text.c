/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/policy-text.h"

#include "ctl/item-text.h"

#include <pwd.h>
#include <string.h>

char *policy_in_force_to_text(JsonObject *manager)
{
    const char *origin = json_get_string(manager, "PolicyOrigin");
    const char *name = json_get_string(manager, "PolicyName");
    gint64 serial = json_get_integer(manager, "PolicySerial");
    if (strcmp(origin, "imported") == 0) {
        return g_strdup_printf("generation %" G_GINT64_FORMAT
                               " is in force: %s, serial %" G_GINT64_FORMAT,
                               json_get_integer(manager, "Generation"), name, serial);
    }
    if (*origin == '\0') {
        return g_strdup("no policy is in force");
    }
    return g_strdup_printf("the %s policy is in force: %s, serial %" G_GINT64_FORMAT, origin, name,
                           serial);
}

char *policy_importer_to_text(JsonObject *generation, const char *host)
{
    gint64 uid = json_get_integer(generation, "Uid");
    const struct passwd *user = host ? NULL : getpwuid((uid_t)uid);
    const char *unit = json_get_string(generation, "Unit");
    g_autofree char *number = g_strdup_printf("user %" G_GINT64_FORMAT, uid);
    return g_strdup_printf("%s%s%s%s", user ? user->pw_name : number, *unit ? " (" : "", unit,
                           *unit ? ")" : "");
}

char *policy_deadline_to_text(JsonObject *manager, const char *host)
{
    gint64 usec = json_get_integer(manager, "ConfirmUntilUSec");
    if (usec == 0) {
        return NULL;
    }
    g_autofree char *moment = moment_to_text(usec);
    return g_strdup_printf("%s, by: secpolctl%s%s confirm %" G_GINT64_FORMAT, moment,
                           host ? " --host=" : "", host ? host : "",
                           json_get_integer(manager, "Generation"));
}
