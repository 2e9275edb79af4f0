/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a record of the runtime directory: it is read or counts as empty, what was read can
 * be saved and read again, and so can what the enforcers make of its lines. */
#include "daemon/enforce/run-record.h"

#include <string.h>

#include "daemon/enforce/usb/gadget-memory.h"
#include "daemon/enforce/usb/usb-storage-record.h"
#include "daemon/enforce/wireless/wireless-record.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

/* Adding and removing a line makes the record unsaved, and so has it written anew. */
static void check_again(RunRecord *record)
{
    g_auto(GStrv) lines = run_record_lines(record);
    g_assert_cmpuint(g_strv_length(lines), <=, RUN_RECORD_MAX_LINES);
    for (char **line = lines; *line; line++)
        g_assert_true(**line && strlen(*line) <= RUN_RECORD_MAX_LINE_BYTES);
    if (!*lines)
        return;

    run_record_remove(record, *lines);
    g_assert_false(run_record_contains(record, *lines));
    g_assert_true(run_record_add(record, *lines));
    g_assert_true(run_record_save(record, NULL));
    g_autoptr(RunRecord) again = run_record_new(scratch_folder(), USB_STORAGE_RECORD);
    g_auto(GStrv) lines_again = run_record_lines(again);
    g_assert_true(run_record_is_saved(again));
    g_assert_true(g_strv_equal((const char *const *)lines, (const char *const *)lines_again));
}

static void check_gadgets(RunRecord *record)
{
    g_autoptr(GPtrArray) taken = gadget_memory_taken(record);

    for (guint i = 0; i < taken->len; i++) {
        const Taken *one = g_ptr_array_index(taken, i);
        g_assert_true(*one->name && *one->udc);
        g_assert_true(!strchr(one->name, '/') && !strchr(one->udc, '/'));
        g_autoptr(Taken) found = gadget_memory_find_udc(record, one->udc);
        g_assert_cmpstr(found->udc, ==, one->udc);
    }
}

static void check_wireless(const RunRecord *record)
{
    g_auto(GStrv) lines = run_record_lines(record);
    g_autoptr(GArray) entries = wireless_record_parse((const char *const *)lines);

    for (guint i = 0; i < entries->len; i++) {
        const WirelessRecordEntry *entry = &g_array_index(entries, WirelessRecordEntry, i);
        g_autofree char *text = wireless_record_entry_to_string(entry);
        WirelessRecordEntry again;
        g_assert_true(wireless_record_entry_from_string(text, &again));
        g_assert_true(again.deed == entry->deed && again.object == entry->object &&
                      again.type == entry->type);
    }
}

/* What was understood is written so that it is understood the same. */
static void check_storage(void)
{
    g_autoptr(UsbStorageState) state = usb_storage_state_load(scratch_folder());
    usb_storage_record_update(state);
    g_auto(GStrv) first = run_record_lines(state->record);
    g_assert_true(usb_storage_state_save(state, NULL));

    g_autoptr(UsbStorageState) again = usb_storage_state_load(scratch_folder());
    usb_storage_record_update(again);
    g_auto(GStrv) second = run_record_lines(again->record);
    g_assert_true(g_strv_equal((const char *const *)first, (const char *const *)second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scratch_file(USB_STORAGE_RECORD, data, size);
    g_autoptr(RunRecord) record = run_record_new(scratch_folder(), USB_STORAGE_RECORD);

    check_again(record);
    check_gadgets(record);
    check_wireless(record);
    check_storage();
    return 0;
}
