/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/deed-record.h"

#include "agent/record-file.h"

/* Units with what was done to them, programs with how to take back what they did. */
#define UNIT_TYPE        "(sbbb)"
#define COMMAND_TYPE     "(sasasmay)"
#define RECORD_TYPE      "(a" UNIT_TYPE "a" COMMAND_TYPE ")"
#define RECORD_MAX_BYTES (1U << 20)

#define FIRST_RETRY_USEC   (G_GINT64_CONSTANT(10) * G_USEC_PER_SEC)
#define LONGEST_RETRY_USEC (G_GINT64_CONSTANT(32) * 60 * G_USEC_PER_SEC)

static void unit_deed_free(gpointer data)
{
    UnitDeed *deed = data;
    g_free(deed->unit);
    g_free(deed);
}

static void command_deed_free(gpointer data)
{
    CommandDeed *deed = data;
    g_free(deed->edit);
    g_strfreev(deed->apply);
    g_strfreev(deed->undo);
    g_free(deed->was);
    g_free(deed);
}

void deed_record_free(DeedRecord *record)
{
    if (!record)
        return;
    g_free(record->file);
    g_ptr_array_unref(record->units);
    g_ptr_array_unref(record->commands);
    g_free(record);
}

static DeedRecord *deed_record_new(const char *file)
{
    DeedRecord *record = g_new0(DeedRecord, 1);
    record->file = g_strdup(file);
    record->units = g_ptr_array_new_with_free_func(unit_deed_free);
    record->commands = g_ptr_array_new_with_free_func(command_deed_free);
    return record;
}

UnitDeed *deed_record_add_unit(DeedRecord *record, const char *unit)
{
    UnitDeed *deed = g_new0(UnitDeed, 1);
    deed->unit = g_strdup(unit);
    g_ptr_array_add(record->units, deed);
    return deed;
}

CommandDeed *deed_record_add_command(DeedRecord *record, const char *edit)
{
    CommandDeed *deed = g_new0(CommandDeed, 1);
    deed->edit = g_strdup(edit);
    g_ptr_array_add(record->commands, deed);
    return deed;
}

static void read_deeds(DeedRecord *record, GVariant *variant)
{
    g_autoptr(GVariantIter) units = NULL;
    g_autoptr(GVariantIter) commands = NULL;
    const char *name;
    gboolean masked;
    gboolean was_active;
    gboolean started;
    char **apply;
    char **undo;
    char *was;

    g_variant_get(variant, RECORD_TYPE, &units, &commands);
    while (g_variant_iter_next(units, "(&sbbb)", &name, &masked, &was_active, &started)) {
        UnitDeed *deed = deed_record_add_unit(record, name);
        deed->masked = masked;
        deed->was_active = was_active;
        deed->started = started;
    }
    while (g_variant_iter_next(commands, "(&s^as^asm^ay)", &name, &apply, &undo, &was)) {
        CommandDeed *deed = deed_record_add_command(record, name);
        deed->apply = apply;
        deed->undo = undo;
        deed->was = was;
    }
}

DeedRecord *deed_record_load(const char *file, GError **error)
{
    g_autoptr(DeedRecord) record = deed_record_new(file);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GVariant) variant =
        record_file_load(file, RECORD_TYPE, RECORD_MAX_BYTES,
                         "remove it, and look at 'systemctl list-unit-files "
                         "--state=masked' for units to unmask",
                         &problem);

    if (variant) {
        read_deeds(record, variant);
    } else if (!g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return g_steal_pointer(&record);
}

gboolean deed_record_save(const DeedRecord *record, GError **error)
{
    GVariantBuilder units;
    GVariantBuilder commands;
    g_variant_builder_init(&units, G_VARIANT_TYPE("a" UNIT_TYPE));
    g_variant_builder_init(&commands, G_VARIANT_TYPE("a" COMMAND_TYPE));
    for (guint i = 0; i < record->units->len; i++) {
        const UnitDeed *deed = g_ptr_array_index(record->units, i);
        g_variant_builder_add(&units, UNIT_TYPE, deed->unit, deed->masked, deed->was_active,
                              deed->started);
    }
    for (guint i = 0; i < record->commands->len; i++) {
        const CommandDeed *deed = g_ptr_array_index(record->commands, i);
        g_variant_builder_add(&commands, "(s^as^asm^ay)", deed->edit, deed->apply, deed->undo,
                              deed->was);
    }
    return record_file_save(record->file, g_variant_new(RECORD_TYPE, &units, &commands), error);
}

UnitDeed *deed_record_find_unit(const DeedRecord *record, const char *unit)
{
    for (guint i = 0; i < record->units->len; i++) {
        UnitDeed *deed = g_ptr_array_index(record->units, i);
        if (g_str_equal(deed->unit, unit))
            return deed;
    }
    return NULL;
}

CommandDeed *deed_record_find_command(const DeedRecord *record, const char *edit)
{
    for (guint i = 0; i < record->commands->len; i++) {
        CommandDeed *deed = g_ptr_array_index(record->commands, i);
        if (g_str_equal(deed->edit, edit))
            return deed;
    }
    return NULL;
}

void deed_retry_fail(DeedRetry *retry, gint64 now)
{
    const gint64 wait = FIRST_RETRY_USEC << MIN(retry->tries, 8);
    retry->tries++;
    retry->due = now + MIN(wait, LONGEST_RETRY_USEC);
}

static gint64 next_of(const DeedRetry *retry, gint64 next)
{
    return retry->tries ? MIN(next, retry->due) : next;
}

gint64 deed_record_next_retry(const DeedRecord *record)
{
    gint64 next = G_MAXINT64;
    for (guint i = 0; i < record->units->len; i++)
        next = next_of(&((UnitDeed *)g_ptr_array_index(record->units, i))->retry, next);
    for (guint i = 0; i < record->commands->len; i++)
        next = next_of(&((CommandDeed *)g_ptr_array_index(record->commands, i))->retry, next);
    return next;
}
