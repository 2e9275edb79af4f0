/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
/* The place in the code says nothing to a reader of the journal. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "daemon/message-ids.h"

typedef struct Field {
    const char *name;
    const char *value;
} Field;

/* systemd names device and inode of the stream that it has connected to the journal. */
static gboolean stderr_is_journal(void)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    struct stat status;
    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return FALSE;

    g_autofree char *own =
        g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return g_str_equal(stream, own);
}

static void add_field(GPtrArray *entry, const char *name, const char *value)
{
    g_ptr_array_add(entry, g_strconcat(name, "=", value, NULL));
}

static void send_to_journal(int priority, const char *id, const Field *fields, gsize n_fields,
                            const char *message)
{
    g_autoptr(GPtrArray) entry = g_ptr_array_new_with_free_func(g_free);
    const char level[] = {(char)('0' + priority), '\0'};

    add_field(entry, "MESSAGE", message);
    add_field(entry, "PRIORITY", level);
    if (id)
        add_field(entry, "MESSAGE_ID", id);
    for (gsize i = 0; i < n_fields; i++)
        add_field(entry, fields[i].name, fields[i].value);

    g_autofree struct iovec *vector = g_new(struct iovec, entry->len);
    for (guint i = 0; i < entry->len; i++) {
        char *field = g_ptr_array_index(entry, i);
        vector[i] = (struct iovec){field, strlen(field)};
    }
    sd_journal_sendv(vector, (int)entry->len);
}

static void record(int priority, const char *id, const Field *fields, gsize n_fields,
                   const char *message)
{
    if (stderr_is_journal())
        send_to_journal(priority, id, fields, n_fields, message);
    else
        fprintf(stderr, "secpold: %s\n", message);
}

void audit_policy_enforced(const char *name, guint64 serial, const char *digest, const char *origin)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, serial);
    g_autofree char *message = g_strdup_printf("Policy \"%s\", serial %s, is in force (%s, %.12s)",
                                               name, number, origin, digest);
    const Field fields[] = {{"POLICY_NAME", name},
                            {"POLICY_SERIAL", number},
                            {"POLICY_DIGEST", digest},
                            {"POLICY_ORIGIN", origin}};
    record(LOG_NOTICE, MESSAGE_ID_POLICY_ENFORCED, fields, G_N_ELEMENTS(fields), message);
}

static void record_document(const char *id, const char *what, const char *file, const char *reason)
{
    g_autofree char *message = g_strdup_printf("%s\n%s", what, reason);
    const Field fields[] = {{"FILE", file}, {"DETAIL", reason}};
    record(LOG_ERR, id, fields, G_N_ELEMENTS(fields), message);
}

void audit_policy_refused(const char *file, const char *reason)
{
    g_autofree char *what = g_strdup_printf("%s is refused; what was in force stays:", file);
    record_document(MESSAGE_ID_POLICY_REFUSED, what, file, reason);
}

void audit_fallback(const char *problem)
{
    const Field fields[] = {{"DETAIL", problem}};
    record(LOG_ERR, MESSAGE_ID_FALLBACK, fields, G_N_ELEMENTS(fields), problem);
}

void audit_violation(const char *item, const char *effect, const char *detail)
{
    g_autofree char *message = g_strdup_printf("%s is violated (%s): %s", item, effect, detail);
    const Field fields[] = {{"ITEM", item}, {"EFFECT", effect}, {"DETAIL", detail}};
    record(LOG_WARNING, MESSAGE_ID_VIOLATION, fields, G_N_ELEMENTS(fields), message);
}

void audit_repaired(const char *item, const char *effect, const char *detail, guint64 usec)
{
    g_autofree char *time = g_strdup_printf("%" PRIu64, usec);
    g_autofree char *message =
        g_strdup_printf("%s is in force again after %s us (%s): %s", item, time, effect, detail);
    const Field fields[] = {
        {"ITEM", item}, {"EFFECT", effect}, {"DETAIL", detail}, {"REPAIR_USEC", time}};
    record(LOG_NOTICE, MESSAGE_ID_REPAIRED, fields, G_N_ELEMENTS(fields), message);
}

void audit_degraded(const char *problem)
{
    const Field fields[] = {{"DETAIL", problem}};
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
    const Field fields[] = {{"GENERATION", number},
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
    const Field fields[] = {{"DETAIL", reason}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
    record(LOG_WARNING, MESSAGE_ID_IMPORT_REFUSED, fields, G_N_ELEMENTS(fields), message);
}

void audit_confirmed(guint64 generation, guint32 uid, const char *unit)
{
    g_autofree char *number = g_strdup_printf("%" PRIu64, generation);
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf("Generation %s is confirmed by user %s%s%s", number,
                                               user, *unit ? " from " : "", unit);
    const Field fields[] = {{"GENERATION", number}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
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
    const Field fields[] = {{"GENERATION", number},
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
    const Field fields[] = {{"ACTION", action}, {"CALLER_UID", user}, {"CALLER_UNIT", unit}};
    record(LOG_WARNING, MESSAGE_ID_DENIED, fields, G_N_ELEMENTS(fields), message);
}

void audit_reset(guint32 uid)
{
    g_autofree char *user = g_strdup_printf("%" PRIu32, uid);
    g_autofree char *message = g_strdup_printf(
        "User %s has made secpold forget every imported policy and the setting password", user);
    const Field fields[] = {{"CALLER_UID", user}};
    /* This one is for the journal even when it is done by hand, on a console. */
    if (!stderr_is_journal())
        send_to_journal(LOG_WARNING, MESSAGE_ID_RESET, fields, G_N_ELEMENTS(fields), message);
    record(LOG_WARNING, MESSAGE_ID_RESET, fields, G_N_ELEMENTS(fields), message);
}

void audit_note(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    record(priority, NULL, NULL, 0, message);
}
