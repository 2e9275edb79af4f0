/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/audit.h"

#include <inttypes.h>

#include "daemon/files/journal-entry.h"
#include "daemon/message-ids.h"

static void record(int priority, const char *id, const JournalField *fields, gsize n_fields,
                   const char *message)
{
    const JournalEntry entry = {priority, id, message, fields, n_fields};
    journal_record("secpold", &entry);
}

void audit_policy_enforced(const char *name, guint64 serial, const char *digest, const char *origin)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, serial);
    g_autofree char *message = g_strdup_printf("Policy \"%s\", serial %s, is in force (%s, %.12s)",
                                               name, number, origin, digest);
    const JournalField fields[] = {{"POLICY_NAME", name},
                                   {"POLICY_SERIAL", number},
                                   {"POLICY_DIGEST", digest},
                                   {"POLICY_ORIGIN", origin}};
    record(LOG_NOTICE, MESSAGE_ID_POLICY_ENFORCED, fields, G_N_ELEMENTS(fields), message);
}

static void record_document(const char *id, const char *what, const char *file, const char *reason)
{
    g_autofree char *message = g_strdup_printf("%s\n%s", what, reason);
    const JournalField fields[] = {{"FILE", file}, {"DETAIL", reason}};
    record(LOG_ERR, id, fields, G_N_ELEMENTS(fields), message);
}

void audit_policy_refused(const char *file, const char *reason)
{
    g_autofree char *what = g_strdup_printf("%s is refused; what was in force stays:", file);
    record_document(MESSAGE_ID_POLICY_REFUSED, what, file, reason);
}

void audit_fallback(const char *problem)
{
    const JournalField fields[] = {{"DETAIL", problem}};
    record(LOG_ERR, MESSAGE_ID_FALLBACK, fields, G_N_ELEMENTS(fields), problem);
}

void audit_violation(const char *item, const char *effect, const char *detail)
{
    g_autofree char *message = g_strdup_printf("%s is violated (%s): %s", item, effect, detail);
    const JournalField fields[] = {{"ITEM", item}, {"EFFECT", effect}, {"DETAIL", detail}};
    record(LOG_WARNING, MESSAGE_ID_VIOLATION, fields, G_N_ELEMENTS(fields), message);
}

void audit_repaired(const char *item, const char *effect, const char *detail, guint64 usec)
{
    g_autofree char *time = g_strdup_printf("%" PRIu64, usec);
    g_autofree char *message =
        g_strdup_printf("%s is in force again after %s us (%s): %s", item, time, effect, detail);
    const JournalField fields[] = {
        {"ITEM", item}, {"EFFECT", effect}, {"DETAIL", detail}, {"REPAIR_USEC", time}};
    record(LOG_NOTICE, MESSAGE_ID_REPAIRED, fields, G_N_ELEMENTS(fields), message);
}

void audit_degraded(const char *problem)
{
    const JournalField fields[] = {{"DETAIL", problem}};
    record(LOG_WARNING, MESSAGE_ID_DEGRADED, fields, G_N_ELEMENTS(fields), problem);
}

void audit_imported(guint64 generation, const char *name, const char *digest, guint32 uid,
                    const char *unit)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, generation);
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message =
        g_strdup_printf("Policy \"%s\" was imported as generation %s by user %s%s%s (%.12s)", name,
                        number, user, *unit ? " from " : "", unit, digest);
    const JournalField fields[] = {{"GENERATION", number},
                                   {"POLICY_NAME", name},
                                   {"POLICY_DIGEST", digest},
                                   {"CALLER_UID", user},
                                   {"CALLER_UNIT", unit}};
    record(LOG_NOTICE, MESSAGE_ID_IMPORTED, fields, G_N_ELEMENTS(fields), message);
}

void audit_import_refused(guint32 uid, const char *unit, const char *reason)
{
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf("An import by user %s%s%s is refused: %s", user,
                                               *unit ? " from " : "", unit, reason);
    const JournalField fields[] = {{"DETAIL", reason}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
    record(LOG_WARNING, MESSAGE_ID_IMPORT_REFUSED, fields, G_N_ELEMENTS(fields), message);
}

void audit_confirmed(guint64 generation, guint32 uid, const char *unit)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, generation);
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf("Generation %s is confirmed by user %s%s%s", number,
                                               user, *unit ? " from " : "", unit);
    const JournalField fields[] = {
        {"GENERATION", number}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
    record(LOG_NOTICE, MESSAGE_ID_CONFIRMED, fields, G_N_ELEMENTS(fields), message);
}

static void record_return(const char *id, guint64 generation, guint64 previous, const char *user,
                          const char *unit, const char *why)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, generation);
    g_autofree char *before = g_strdup_printf("%" PRIu64, previous);
    g_autofree char *where =
        previous > 0 ? g_strdup_printf("back to %s", before) : g_strdup("there was none before");
    g_autofree char *message =
        g_strdup_printf("Generation %s is taken back, %s; %s", number, why, where);
    const JournalField fields[] = {{"GENERATION", number},
                                   {"PREVIOUS_GENERATION", before},
                                   {"CALLER_UID", user},
                                   {"CALLER_UNIT", unit}};
    record(LOG_NOTICE, id, fields, user ? G_N_ELEMENTS(fields) : 2, message);
}

void audit_reverted(guint64 generation, guint64 previous, guint32 uid, const char *unit)
{
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *why = g_strdup_printf("by user %s%s%s", user, *unit ? " from " : "", unit);
    record_return(MESSAGE_ID_REVERTED, generation, previous, user, unit, why);
}

void audit_lapsed(guint64 generation, guint64 previous)
{
    record_return(MESSAGE_ID_LAPSED, generation, previous, NULL, NULL,
                  "since nobody confirmed it in time");
}

void audit_denied(const char *action, guint32 uid, const char *unit)
{
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf("User %s%s%s is not authorized to do %s", user,
                                               *unit ? " from " : "", unit, action);
    const JournalField fields[] = {{"ACTION", action}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
    record(LOG_WARNING, MESSAGE_ID_DENIED, fields, G_N_ELEMENTS(fields), message);
}

void audit_reset(guint32 uid)
{
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf(
        "User %s has made secpold forget every imported policy and the setting password", user);
    const JournalField fields[] = {{"CALLER_UID", user}};
    /* This one is for the journal even when it is done by hand, on a console. */
    const JournalEntry entry = {LOG_WARNING, MESSAGE_ID_RESET, message, fields,
                                G_N_ELEMENTS(fields)};
    if (!journal_has_stderr())
        journal_send(&entry);
    journal_record("secpold", &entry);
}

void audit_note(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    record(priority, NULL, NULL, 0, message);
}
