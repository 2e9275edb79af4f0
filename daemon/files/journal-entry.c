/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/files/journal-entry.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
/* The place in the code says nothing to a reader of the journal. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>

/* systemd names device and inode of the stream. */
gboolean journal_has_stderr(void)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    struct stat status;
    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return FALSE;

    g_autofree char *own =
        g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return g_str_equal(stream, own);
}

static void add_field(GPtrArray *vector, const char *name, const char *value)
{
    if (value)
        g_ptr_array_add(vector, g_strconcat(name, "=", value, NULL));
}

void journal_send(const JournalEntry *entry)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    const char level[] = {(char)('0' + entry->priority), '\0'};

    add_field(fields, "MESSAGE", entry->message);
    add_field(fields, "PRIORITY", level);
    add_field(fields, "MESSAGE_ID", entry->id);
    for (gsize i = 0; i < entry->n_fields; i++)
        add_field(fields, entry->fields[i].name, entry->fields[i].value);

    g_autofree struct iovec *vector = g_new(struct iovec, fields->len);
    for (guint i = 0; i < fields->len; i++) {
        char *field = g_ptr_array_index(fields, i);
        vector[i] = (struct iovec){field, strlen(field)};
    }
    sd_journal_sendv(vector, (int)fields->len);
}

void journal_record(const char *program, const JournalEntry *entry)
{
    if (journal_has_stderr())
        journal_send(entry);
    else
        fprintf(stderr, "%s: %s\n", program, entry->message);
}
