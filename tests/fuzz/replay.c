/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzz target once over every file of a folder, without a fuzzer. */
#include <glib.h>

#include "tests/fuzz/fuzz.h"

static gboolean replay_file(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, error))
        return FALSE;
    /* So that a target that reads behind its input is noticed: the text read ends in a NUL. */
    g_autofree uint8_t *tight = g_memdup2(text, length);
    LLVMFuzzerTestOneInput(tight, length);
    return TRUE;
}

static gboolean replay_folder(const char *folder, guint *n_files, GError **error)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, error);
    if (files == NULL)
        return FALSE;
    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_printerr("%s\n", path);
        if (!replay_file(path, error))
            return FALSE;
        (*n_files)++;
    }
    return TRUE;
}

int main(int argc, char **argv)
{
    guint n_files = 0;
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        if (!replay_folder(argv[i], &n_files, &error)) {
            g_printerr("%s\n", error->message);
            return 1;
        }
    }
    g_print("%u inputs\n", n_files);
    return n_files > 0 ? 0 : 1;
}
