/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal-record.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct Fixture {
    char *directory;
    char *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-seal-record-XXXXXX", NULL);
    g_assert_nonnull(fixture->directory);
    fixture->path = g_build_filename(fixture->directory, "password", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
}

static SealKey key_of(guint8 byte)
{
    SealKey key;
    memset(&key, byte, sizeof(key));
    return key;
}

static void assert_recorded(const Fixture *fixture, const SealKey *key)
{
    g_autoptr(GError) error = NULL;
    SealKey found;

    g_assert_cmpint(seal_record_load(fixture->path, &found, &error), ==, key != NULL);
    g_assert_no_error(error);
    if (key)
        g_assert_true(seal_key_equal(&found, key));
}

static void test_comes_back(Fixture *fixture, gconstpointer data)
{
    const SealKey first = key_of(0xaf);
    const SealKey second = key_of(1);

    assert_recorded(fixture, NULL);
    g_assert_true(seal_record_save(fixture->path, &first, NULL));
    assert_recorded(fixture, &first);
    g_assert_true(seal_record_save(fixture->path, &second, NULL));
    assert_recorded(fixture, &second);
    g_assert_true(seal_record_save(fixture->path, NULL, NULL));
    assert_recorded(fixture, NULL);
    g_assert_true(seal_record_save(fixture->path, NULL, NULL));
}

static void test_unchanged_is_not_written(Fixture *fixture, gconstpointer data)
{
    const SealKey key = key_of(7);
    GStatBuf before;
    GStatBuf after;

    g_assert_true(seal_record_save(fixture->path, &key, NULL));
    g_assert_cmpint(g_stat(fixture->path, &before), ==, 0);
    g_assert_true(seal_record_save(fixture->path, &key, NULL));
    g_assert_cmpint(g_stat(fixture->path, &after), ==, 0);
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);
    g_assert_cmpint(before.st_mode & 0777, ==, 0600);
}

static void test_damage_is_no_absence(Fixture *fixture, gconstpointer data)
{
    static const char *const texts[] = {"", "[Seal]\nSalt=AAAA\n", "\xff"};
    const SealKey key = key_of(7);

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        SealKey found;
        g_assert_true(g_file_set_contents(fixture->path, texts[i], -1, NULL));
        g_assert_false(seal_record_load(fixture->path, &found, &error));
        g_assert_error(error, SEAL_ERROR, SEAL_ERROR_MALFORMED);
        g_assert_true(seal_record_save(fixture->path, &key, NULL));
        assert_recorded(fixture, &key);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add("/seal-record/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("what is recorded comes back", test_comes_back);
    ADD("what stands there already is not written again", test_unchanged_is_not_written);
    ADD("a damaged record is not taken for none", test_damage_is_no_absence);
    return g_test_run();
}
