/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/attempts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/files/file-io.h"
#include "daemon/state/boot-clock.h"

#define GROUP          "Attempts"
#define FILE_MAX_BYTES 1024

struct Attempts {
    char *path;
};

typedef struct Record {
    guint64 failures;
    char *boot_id;
    guint64 last_usec; /* of the last attempt, on the clock of that boot */
} Record;

G_DEFINE_QUARK(secpold_attempts_error, attempts_error)

Attempts *attempts_new(const char *path)
{
    Attempts *attempts = g_new0(Attempts, 1);
    attempts->path = g_strdup(path);
    return attempts;
}

void attempts_free(Attempts *attempts)
{
    if (!attempts)
        return;
    g_free(attempts->path);
    g_free(attempts);
}

static void record_clear(Record *record)
{
    g_free(record->boot_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Record, record_clear)

static gboolean parse(const char *text, gsize length, Record *record)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) failures = NULL;
    g_autoptr(GError) last = NULL;

    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL))
        return FALSE;
    record->failures = g_key_file_get_uint64(file, GROUP, "Failures", &failures);
    record->last_usec = g_key_file_get_uint64(file, GROUP, "LastUSec", &last);
    record->boot_id = g_key_file_get_string(file, GROUP, "BootId", NULL);
    return !failures && !last && record->boot_id;
}

static void load(const Attempts *attempts, Record *record)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;

    if (!file_read(attempts->path, FILE_MAX_BYTES, &text, &length, &error) &&
        g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return;
    if (text && parse(text, length, record))
        return;
    /* Damaged, perhaps on purpose. */
    record->failures = ATTEMPTS_FREE;
    record->last_usec = 0;
}

static guint64 wait_usec(guint64 failures)
{
    guint64 seconds = ATTEMPTS_FIRST_WAIT_SEC;

    if (failures < ATTEMPTS_FREE)
        return 0;
    for (guint64 i = ATTEMPTS_FREE; i < failures && seconds < ATTEMPTS_LAST_WAIT_SEC; i++)
        seconds *= 2;
    return MIN(seconds, ATTEMPTS_LAST_WAIT_SEC) * G_USEC_PER_SEC;
}

static gboolean save(const Attempts *attempts, const Record *record, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    g_key_file_set_uint64(file, GROUP, "Failures", record->failures);
    g_key_file_set_string(file, GROUP, "BootId", record->boot_id);
    g_key_file_set_uint64(file, GROUP, "LastUSec", record->last_usec);
    g_autofree char *text = g_key_file_to_data(file, NULL, NULL);
    return file_replace(attempts->path, text, strlen(text), error);
}

gboolean attempts_begin(Attempts *attempts, GError **error)
{
    g_auto(Record) record = {0};
    const guint64 now = boot_clock_now();
    g_autofree char *boot_id = boot_clock_id(error);
    if (!boot_id)
        return FALSE;

    load(attempts, &record);
    /* A moment that is still to come was made up; what is added to it might begin at 0 again. */
    const guint64 since = g_strcmp0(record.boot_id, boot_id) == 0 ? MIN(record.last_usec, now) : 0;
    const guint64 allowed = since + wait_usec(record.failures);
    if (now < allowed) {
        g_set_error(error, ATTEMPTS_ERROR, ATTEMPTS_ERROR_TOO_MANY,
                    "Too many wrong passwords; the next may be tried in %" G_GUINT64_FORMAT
                    " seconds",
                    (allowed - now) / G_USEC_PER_SEC + 1);
        return FALSE;
    }
    record.failures += record.failures < G_MAXUINT64;
    record.last_usec = now;
    g_free(record.boot_id);
    record.boot_id = g_steal_pointer(&boot_id);
    return save(attempts, &record, error);
}

gboolean attempts_succeeded(Attempts *attempts, GError **error)
{
    if (unlink(attempts->path) < 0 && errno != ENOENT)
        return file_error_set(error, attempts->path, "cannot remove", errno);
    return TRUE;
}
