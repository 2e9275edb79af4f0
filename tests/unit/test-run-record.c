/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/run-record.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME "record"

static char *directory;
static char *path;

static RunRecord *load(void)
{
    return run_record_new(directory, NAME);
}

static void put(const char *text, gssize length)
{
    g_assert_true(g_file_set_contents(path, text, length, NULL));
}

static char *joined(const RunRecord *record)
{
    g_auto(GStrv) lines = run_record_lines(record);
    return g_strjoinv("|", lines);
}

static void save(RunRecord *record)
{
    g_autoptr(GError) error = NULL;
    run_record_save(record, &error);
    g_assert_no_error(error);
}

static void test_outlives_the_process(void)
{
    g_unlink(path);
    g_autoptr(RunRecord) record = load();
    g_assert_true(run_record_add(record, "udc g2 dummy_udc.0"));
    g_assert_true(run_record_add(record, "udc g1 dummy_udc.1"));
    g_assert_true(run_record_add(record, "udc g2 dummy_udc.0"));
    run_record_remove(record, "no such line");
    save(record);

    g_autoptr(RunRecord) again = load();
    g_autofree char *lines = joined(again);
    g_assert_cmpstr(lines, ==, "udc g1 dummy_udc.1|udc g2 dummy_udc.0");
    g_assert_true(run_record_contains(again, "udc g1 dummy_udc.1"));
    run_record_remove(again, "udc g1 dummy_udc.1");
    g_assert_false(run_record_contains(again, "udc g1 dummy_udc.1"));
    save(again);

    g_autoptr(RunRecord) last = load();
    g_autofree char *rest = joined(last);
    g_assert_cmpstr(rest, ==, "udc g2 dummy_udc.0");
}

static void test_any_text(void)
{
    static const char *const texts[] = {"two\nlines", "100 %", "\377\001", "a%0Ab", " ", "ä\t\\n"};

    g_unlink(path);
    g_autoptr(RunRecord) record = load();
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_true(run_record_add(record, texts[i]));
    save(record);
    g_autoptr(RunRecord) again = load();
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_true(run_record_contains(again, texts[i]));
    g_auto(GStrv) lines = run_record_lines(again);
    g_assert_cmpuint(g_strv_length(lines), ==, G_N_ELEMENTS(texts));
}

static void test_is_written_only_when_changed(void)
{
    g_unlink(path);
    g_autoptr(RunRecord) record = load();
    save(record);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    run_record_add(record, "line");
    save(record);
    g_unlink(path);
    run_record_add(record, "line");
    save(record);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_is_written_when_it_could_not_be_before(void)
{
    g_unlink(path);
    g_autoptr(RunRecord) record = load();
    run_record_add(record, "line");
    g_assert_no_errno(g_mkdir(path, 0700));
    g_autoptr(GError) error = NULL;
    g_assert_false(run_record_save(record, &error));
    g_assert_nonnull(error);
    g_assert_no_errno(g_rmdir(path));
    save(record);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static const struct {
    const char *text;
    gssize length;
} damaged[] = {
    {"line\nhalf a li", -1}, {"line\n\nline2\n", -1}, {"line\n%zz\n", -1},
    {"line\n%00\n", -1},     {"line\n\0\n", 7},       {"\n", -1},
};

static void test_damaged_is_empty(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(damaged); i++) {
        put(damaged[i].text, damaged[i].length);
        g_autoptr(RunRecord) record = load();
        g_autofree char *lines = joined(record);
        g_assert_cmpstr(lines, ==, "");
        save(record);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "");
    }
}

static void test_is_bounded(void)
{
    char longest[RUN_RECORD_MAX_LINE_BYTES + 2];
    memset(longest, '\n', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';

    g_unlink(path);
    g_autoptr(RunRecord) record = load();
    g_assert_false(run_record_add(record, longest));
    g_assert_false(run_record_add(record, ""));
    for (guint i = 0; i < RUN_RECORD_MAX_LINES; i++) {
        g_autofree char *line = g_strdup_printf("%04u%s", i, longest + 5);
        g_assert_true(run_record_add(record, line));
    }
    g_assert_false(run_record_add(record, "one more"));
    save(record);
    g_autoptr(RunRecord) again = load();
    g_auto(GStrv) lines = run_record_lines(again);
    g_assert_cmpuint(g_strv_length(lines), ==, RUN_RECORD_MAX_LINES);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    directory = g_dir_make_tmp("secpold-record-XXXXXX", NULL);
    path = g_build_filename(directory, NAME, NULL);
    g_test_add_func("/run-record/outlives-the-process", test_outlives_the_process);
    g_test_add_func("/run-record/any-text", test_any_text);
    g_test_add_func("/run-record/is-written-only-when-changed", test_is_written_only_when_changed);
    g_test_add_func("/run-record/is-written-when-it-could-not-be-before",
                    test_is_written_when_it_could_not_be_before);
    g_test_add_func("/run-record/damaged-is-empty", test_damaged_is_empty);
    g_test_add_func("/run-record/is-bounded", test_is_bounded);
    const int failed = g_test_run();
    g_unlink(path);
    g_rmdir(directory);
    g_free(path);
    g_free(directory);
    return failed;
}
