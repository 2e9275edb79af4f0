/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/scratch.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *folder;

void scratch_empty(void)
{
    g_autoptr(GDir) files = g_dir_open(scratch_folder(), 0, NULL);

    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

static void remove_folder(void)
{
    scratch_empty();
    g_rmdir(folder);
}

const char *scratch_folder(void)
{
    if (!folder) {
        const gboolean in_memory = access("/dev/shm", W_OK) == 0;
        folder = g_strconcat(in_memory ? "/dev/shm" : g_get_tmp_dir(), "/fuzz-XXXXXX", NULL);
        g_assert_nonnull(g_mkdtemp(folder));
        atexit(remove_folder);
    }
    return folder;
}

const char *scratch_file(const char *name, const void *bytes, size_t size)
{
    static char *path;

    g_free(path);
    path = g_build_filename(scratch_folder(), name, NULL);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, size), ==, size);
    close(fd);
    return path;
}
