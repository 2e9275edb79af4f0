/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See secpol-weak-keys(8). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/keys/key-file.h"

/* More than any file of keys has, bundles of all authorities too, and deeper than any folder of
 * them goes. */
#define FILE_MAX_BYTES (16 << 20)
#define MAX_DEPTH      8
#define PATH_MAX_BYTES 4096

enum {
    EXIT_WEAK = 1,
    EXIT_USAGE = 2
};

static gboolean complain(const char *path, const char *what)
{
    printf("%s: %s\n", path, what);
    return FALSE;
}

static gboolean judge_contents(const char *path, const char *contents, gsize length)
{
    g_autoptr(GPtrArray) weak = key_file_find_weak(contents, length);
    for (guint i = 0; i < weak->len; i++)
        complain(path, g_ptr_array_index(weak, i));
    return weak->len == 0;
}

static gboolean judge_open_file(const char *path, int fd)
{
    g_autofree char *contents = g_malloc(FILE_MAX_BYTES);
    gsize length = 0;
    ssize_t n;
    while (length < FILE_MAX_BYTES &&
           (n = read(fd, contents + length, FILE_MAX_BYTES - length)) != 0) {
        if (n < 0)
            return complain(path, g_strerror(errno));
        length += (gsize)n;
    }
    const gboolean good = judge_contents(path, contents, length);
    explicit_bzero(contents, length);
    return length < FILE_MAX_BYTES ? good : complain(path, "too large to look into");
}

static gboolean judge_directory(const char *path, guint depth);

/* What is named and not there serves nobody. Pipes and devices are no files of keys. A link to a
 * folder is followed where it was asked for and not inside another folder, where it may be a loop.
 */
static gboolean judge_path(const char *path, guint depth)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT || errno == ENXIO || complain(path, g_strerror(errno));
    gboolean good = TRUE;
    if (fstat(fd, &status) < 0)
        good = complain(path, g_strerror(errno));
    else if (S_ISDIR(status.st_mode))
        good = (depth && g_file_test(path, G_FILE_TEST_IS_SYMLINK)) || judge_directory(path, depth);
    else if (S_ISREG(status.st_mode))
        good = judge_open_file(path, fd);
    close(fd);
    return good;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean judge_directory(const char *path, guint depth)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gboolean good = TRUE;
    const char *name;

    if (depth == MAX_DEPTH)
        return complain(path, "too deep to look into");
    g_autoptr(GDir) directory = g_dir_open(path, 0, &error);
    if (!directory)
        return complain(path, error->message);
    while ((name = g_dir_read_name(directory)))
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        good = judge_path(g_ptr_array_index(names, i), depth + 1) && good;
    return good;
}

/* What programs print as their configuration is not all paths. */
static gboolean judge_listed(void)
{
    char line[PATH_MAX_BYTES];
    gboolean good = TRUE;
    while (fgets(line, sizeof line, stdin)) {
        g_strstrip(line);
        if (*line == '/')
            good = judge_path(line, 0) && good;
    }
    return good;
}

int main(int argc, char *argv[])
{
    gboolean good = TRUE;
    if (argc < 2 || (*argv[1] == '-' && argv[1][1])) {
        fputs("usage: secpol-weak-keys PATH...\n       secpol-weak-keys - <LIST\n", stderr);
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++)
        good = (g_str_equal(argv[i], "-") ? judge_listed() : judge_path(argv[i], 0)) && good;
    return good ? EXIT_SUCCESS : EXIT_WEAK;
}
