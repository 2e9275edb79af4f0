/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as what the agent keeps of a file, or of units and programs: it is read or refused, and
 * what was read can be saved and read again. The first byte says which. */
#include <string.h>

#include "agent/deed-record.h"
#include "agent/file-record.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

static void count_complaint(const char *message, gpointer data)
{
    g_assert_nonnull(strstr(message, scratch_folder()));
    ++*(guint *)data;
}

static FileRecord *only(GHashTable *records)
{
    g_autoptr(GList) list = g_hash_table_get_values(records);
    return list ? list->data : NULL;
}

static void check_file(const uint8_t *data, size_t size)
{
    guint n_complaints = 0;
    scratch_file("any.file", data, size);
    g_autoptr(GHashTable) records =
        file_records_load(scratch_folder(), count_complaint, &n_complaints);
    const FileRecord *record = only(records);

    g_assert_cmpuint(g_hash_table_size(records) + n_complaints, ==, 1);
    if (!record)
        return;
    g_assert_true(record->path && record->edits && record->made && record->untold);
    scratch_empty();
    g_assert_true(file_record_save(scratch_folder(), record, NULL));
    g_autoptr(GHashTable) again =
        file_records_load(scratch_folder(), count_complaint, &n_complaints);
    g_assert_true(only(again) && file_record_equal(record, only(again)));
    g_assert_true(file_record_remove(scratch_folder(), record->path, NULL));
}

static void check_equal_units(const DeedRecord *a, const DeedRecord *b)
{
    g_assert_cmpuint(a->units->len, ==, b->units->len);
    for (guint i = 0; i < a->units->len; i++) {
        const UnitDeed *left = g_ptr_array_index(a->units, i);
        const UnitDeed *right = g_ptr_array_index(b->units, i);
        g_assert_cmpstr(left->unit, ==, right->unit);
        g_assert_true(left->masked == right->masked && left->was_active == right->was_active &&
                      left->started == right->started);
        g_assert_nonnull(deed_record_find_unit(a, left->unit));
    }
}

static void check_equal_command(const CommandDeed *left, const CommandDeed *right)
{
    g_assert_cmpstr(left->edit, ==, right->edit);
    g_assert_cmpstr(left->was, ==, right->was);
    g_assert_cmpstrv(left->apply, right->apply);
    g_assert_cmpstrv(left->undo, right->undo);
}

static void check_equal_commands(const DeedRecord *a, const DeedRecord *b)
{
    g_assert_cmpuint(a->commands->len, ==, b->commands->len);
    for (guint i = 0; i < a->commands->len; i++)
        check_equal_command(g_ptr_array_index(a->commands, i), g_ptr_array_index(b->commands, i));
}

static void check_deeds(const uint8_t *data, size_t size)
{
    const char *file = scratch_file("deeds", data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(DeedRecord) record = deed_record_load(file, &error);

    g_assert_true((record == NULL) == (error != NULL));
    if (!record)
        return;
    g_assert_true(deed_record_save(record, NULL));
    g_autoptr(DeedRecord) again = deed_record_load(file, NULL);
    g_assert_nonnull(again);
    check_equal_units(record, again);
    check_equal_commands(record, again);
    g_assert_cmpint(deed_record_next_retry(record), ==, G_MAXINT64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    scratch_empty();
    if (data[0] % 2 == 0)
        check_file(data + 1, size - 1);
    else
        check_deeds(data + 1, size - 1);
    return 0;
}
