/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/attempts.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/state/boot-clock.h"

typedef struct Fixture {
    char *root;
    char *path;
    Attempts *attempts;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->root = g_dir_make_tmp("attempts-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->root, "attempts", NULL);
    fixture->attempts = attempts_new(fixture->path);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    attempts_free(fixture->attempts);
    unlink(fixture->path);
    /* Nothing else was left behind. */
    g_assert_cmpint(rmdir(fixture->root), ==, 0);
    g_free(fixture->path);
    g_free(fixture->root);
}

static void write_file(const Fixture *fixture, guint64 failures, const char *boot_id, guint64 usec)
{
    g_autofree char *text = g_strdup_printf("[Attempts]\nFailures=%" G_GUINT64_FORMAT
                                            "\nBootId=%s\nLastUSec=%" G_GUINT64_FORMAT "\n",
                                            failures, boot_id, usec);
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
}

static void assert_begins(Attempts *attempts)
{
    g_autoptr(GError) error = NULL;
    const gboolean begun = attempts_begin(attempts, &error);
    g_assert_no_error(error);
    g_assert_true(begun);
}

/* Refused, and the seconds that the message tells. */
static guint64 assert_waits(Attempts *attempts)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(attempts_begin(attempts, &error));
    g_assert_error(error, ATTEMPTS_ERROR, ATTEMPTS_ERROR_TOO_MANY);
    const char *number = strstr(error->message, " in ");
    g_assert_nonnull(number);
    return g_ascii_strtoull(number + strlen(" in "), NULL, 10);
}

static void test_five(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < ATTEMPTS_FREE; i++)
        assert_begins(fixture->attempts);
    const guint64 seconds = assert_waits(fixture->attempts);
    g_assert_cmpuint(seconds, >=, ATTEMPTS_FIRST_WAIT_SEC - 5);
    g_assert_cmpuint(seconds, <=, ATTEMPTS_FIRST_WAIT_SEC);

    /* As after a restart. */
    g_autoptr(Attempts) again = attempts_new(fixture->path);
    assert_waits(again);
}

static void test_success(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(attempts_succeeded(fixture->attempts, &error));
    for (guint round = 0; round < 3; round++) {
        for (guint i = 0; i < ATTEMPTS_FREE; i++)
            assert_begins(fixture->attempts);
        g_assert_true(attempts_succeeded(fixture->attempts, &error));
        g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
    }
    g_assert_no_error(error);
}

static void test_doubling(Fixture *fixture, gconstpointer data)
{
    static const struct {
        guint64 failures;
        guint64 seconds;
    } rows[] = {{5, 30},    {6, 60},     {7, 120},           {11, 1920},
                {12, 3600}, {100, 3600}, {G_MAXUINT64, 3600}};
    g_autofree char *boot_id = boot_clock_id(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        write_file(fixture, rows[i].failures, boot_id, boot_clock_now());
        const guint64 seconds = assert_waits(fixture->attempts);
        g_assert_cmpuint(seconds, >=, rows[i].seconds - 5);
        g_assert_cmpuint(seconds, <=, rows[i].seconds);
    }
}

static void test_wait_passes(Fixture *fixture, gconstpointer data)
{
    g_autofree char *boot_id = boot_clock_id(NULL);
    const guint64 wait = ATTEMPTS_FIRST_WAIT_SEC * G_USEC_PER_SEC;

    if (boot_clock_now() <= wait) {
        g_test_skip("the machine was started just now");
        return;
    }
    write_file(fixture, ATTEMPTS_FREE, boot_id, boot_clock_now() - wait);
    assert_begins(fixture->attempts);
    g_assert_cmpuint(assert_waits(fixture->attempts), >, ATTEMPTS_FIRST_WAIT_SEC);
}

/* However late the last attempt of that boot was, the wait is counted from the start of this. */
static void test_other_boot(Fixture *fixture, gconstpointer data)
{
    const guint64 up = boot_clock_now() / G_USEC_PER_SEC;

    write_file(fixture, G_MAXUINT32, "0123456789abcdef0123456789abcdef",
               boot_clock_now() + 9999 * (guint64)G_USEC_PER_SEC);
    if (up >= ATTEMPTS_LAST_WAIT_SEC)
        assert_begins(fixture->attempts);
    else
        g_assert_cmpuint(assert_waits(fixture->attempts), <=, ATTEMPTS_LAST_WAIT_SEC - up + 1);
}

static void test_damaged(Fixture *fixture, gconstpointer data)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "[Attempts]\n",
                                        "[Attempts]\nFailures=0\n",
                                        "[Attempts]\nFailures=-1\nLastUSec=0\nBootId=a\n",
                                        "[Attempts]\nFailures=0\nLastUSec=x\nBootId=a\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_true(g_file_set_contents(fixture->path, texts[i], -1, NULL));
        assert_begins(fixture->attempts);
        /* That was the sixth. */
        g_assert_cmpuint(assert_waits(fixture->attempts), >, ATTEMPTS_FIRST_WAIT_SEC);
    }
}

/* Neither lets anybody in at once nor keeps anybody out for ever. */
static void test_moment_to_come(Fixture *fixture, gconstpointer data)
{
    const guint64 moments[] = {boot_clock_now() + 9999 * (guint64)G_USEC_PER_SEC,
                               G_MAXUINT64 - G_USEC_PER_SEC, G_MAXUINT64};
    g_autofree char *boot_id = boot_clock_id(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(moments); i++) {
        write_file(fixture, ATTEMPTS_FREE, boot_id, moments[i]);
        const guint64 seconds = assert_waits(fixture->attempts);
        g_assert_cmpuint(seconds, >=, ATTEMPTS_FIRST_WAIT_SEC);
        g_assert_cmpuint(seconds, <=, ATTEMPTS_FIRST_WAIT_SEC + 1);
    }
}

static void test_not_countable(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->root, "no", "attempts", NULL);
    g_autoptr(Attempts) attempts = attempts_new(path);
    g_autoptr(GError) error = NULL;

    g_assert_false(attempts_begin(attempts, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)
    ADD("/attempts/five", test_five);
    ADD("/attempts/success", test_success);
    ADD("/attempts/doubling", test_doubling);
    ADD("/attempts/wait-passes", test_wait_passes);
    ADD("/attempts/other-boot", test_other_boot);
    ADD("/attempts/damaged", test_damaged);
    ADD("/attempts/moment-to-come", test_moment_to_come);
    ADD("/attempts/not-countable", test_not_countable);
    return g_test_run();
}
