/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/target-file.h"

#include <glib/gstdio.h>

typedef struct Fixture {
    char *folder;
    char *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->folder = g_dir_make_tmp("target-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "file", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_unlink(fixture->path);
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->path);
}

static void set_contents(const Fixture *fixture, const char *text)
{
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
}

static char *contents(const Fixture *fixture)
{
    char *text = NULL;
    g_assert_true(target_file_read(fixture->path, &text, NULL));
    return text;
}

static void test_write(Fixture *fixture, gconstpointer data)
{
    g_autofree char *stamp = NULL;
    g_autofree char *none = target_file_stamp(fixture->path);
    g_assert_true(target_file_write(fixture->path, "one\n", none, &stamp, NULL));
    g_autofree char *now = target_file_stamp(fixture->path);
    g_assert_cmpstr(stamp, ==, now);
    g_autofree char *text = contents(fixture);
    g_assert_cmpstr(text, ==, "one\n");
}

static void test_remove(Fixture *fixture, gconstpointer data)
{
    set_contents(fixture, "one\n");
    g_autofree char *stamp = target_file_stamp(fixture->path);
    g_assert_true(target_file_remove(fixture->path, stamp, NULL));
    g_autofree char *text = contents(fixture);
    g_assert_null(text);
    g_autofree char *none = target_file_stamp(fixture->path);
    g_assert_true(target_file_remove(fixture->path, none, NULL));
}

/* What somebody has written since it was read is neither replaced nor removed. */
static void test_changed_meanwhile(Fixture *fixture, gconstpointer data)
{
    g_autofree char *fresh = NULL;
    set_contents(fixture, "one\n");
    g_autofree char *stamp = target_file_stamp(fixture->path);
    set_contents(fixture, "two\n");

    g_autoptr(GError) error = NULL;
    g_assert_false(target_file_write(fixture->path, "three\n", stamp, &fresh, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
    g_clear_error(&error);
    g_assert_false(target_file_remove(fixture->path, stamp, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
    g_autofree char *text = contents(fixture);
    g_assert_cmpstr(text, ==, "two\n");
}

static void add(const char *name, void (*test)(Fixture *fixture, gconstpointer data))
{
    g_test_add(name, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    add("/target-file/write", test_write);
    add("/target-file/remove", test_remove);
    add("/target-file/changed-meanwhile", test_changed_meanwhile);
    return g_test_run();
}
