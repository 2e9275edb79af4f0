/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *folder;

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    return walk->level > 0 ? remove(path) : 0;
}

void scratch_empty(void)
{
    g_assert_cmpint(nftw(scratch_folder(), remove_one, 8, FTW_DEPTH | FTW_PHYS), ==, 0);
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
