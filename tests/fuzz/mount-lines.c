/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as /proc/PID/mountinfo: lines are read or passed over, and what is mounted where can be
 * asked of what was read. */
#include <string.h>

#include "daemon/enforce/usb/usb-mounts.h"
#include "daemon/state/mount-table.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

static void check_line(const MountTable *table, const char *text)
{
    MountLine line = {.major = 7};

    if (!usb_mounts_parse_line(text, &line)) {
        g_assert_true(line.major == 7 && !line.point);
        return;
    }
    g_assert_true(line.point && line.source && line.options);
    g_assert_true(*line.point != '/' || usb_mounts_is_below(line.point, line.point));
    g_autoptr(GPtrArray) directories = usb_mounts_overlay_directories(line.options);
    for (guint i = 0; i < directories->len; i++)
        g_assert_true(*(const char *)g_ptr_array_index(directories, i) == '/');
    if (*line.point == '/')
        mount_table_has(table, line.point);
    mount_line_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(MountTable) table = mount_table_read(scratch_file("mountinfo", data, size));

    for (char **line = lines; *line; line++)
        check_line(table, *line);
    mount_table_has(table, "/");
    mount_table_has(table, "/var/lib/secpold");
    return 0;
}
