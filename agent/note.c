/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/note.h"

#include "daemon/policy/text.h"

/* Programs and services have their say in messages. */
#define NOTE_MAX_BYTES 1024
/* Three fields, and settings. */
#define FIELDS_MAX (3 + CATALOG_N_SETTINGS)

typedef struct Fields {
    JournalField list[FIELDS_MAX];
    gsize n;
} Fields;

static gboolean has_setting(const Fields *fields, const char *name)
{
    for (gsize i = 3; i < fields->n; i++)
        if (g_str_equal(fields->list[i].value, name))
            return TRUE;
    return FALSE;
}

static void add_settings(Fields *fields, const BindingEdit *edit)
{
    for (guint i = 0; i < edit->when->len; i++) {
        const guint setting = g_array_index(edit->when, BindingDemand, i).setting;
        if (!has_setting(fields, catalog_settings[setting].name))
            fields->list[fields->n++] = (JournalField){"SETTING", catalog_settings[setting].name};
    }
}

static void record(int priority, const char *id, const NoteSubject *subject, const char *message)
{
    g_autofree char *line = text_sanitize(message, NOTE_MAX_BYTES);
    Fields fields = {
        .list = {{"OBJECT", subject->object},
                 {"BINDING", subject->binding ? subject->binding->name : NULL},
                 {"DETAIL", subject->detail}},
        .n = 3,
    };
    if (subject->edit)
        add_settings(&fields, subject->edit);
    for (guint i = 0; subject->edits && i < subject->edits->len; i++)
        add_settings(&fields, g_ptr_array_index(subject->edits, i));
    const JournalEntry entry = {priority, id, line, fields.list, fields.n};
    journal_record("secpol-agent", &entry);
}

void note_event(int priority, const char *id, const NoteSubject *subject, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    record(priority, id, subject, message);
}

void note(int priority, const char *format, ...)
{
    const NoteSubject nothing = {0};
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    record(priority, NULL, &nothing, message);
}
