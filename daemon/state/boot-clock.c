/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/boot-clock.h"

#include <time.h>

#include "daemon/files/file-io.h"

guint64 boot_clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (guint64)now.tv_sec * G_USEC_PER_SEC + (guint64)now.tv_nsec / 1000;
}

char *boot_clock_id(GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!file_read("/proc/sys/kernel/random/boot_id", 64, &text, &length, error))
        return NULL;

    g_autoptr(GString) id = g_string_new(NULL);
    for (const char *c = text; *c; c++)
        if (g_ascii_isxdigit(*c))
            g_string_append_c(id, *c);
    return g_string_free(g_steal_pointer(&id), FALSE);
}
