/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/sysfs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *directory;

static char *in_directory(const char *name)
{
    return g_build_filename(directory, name, NULL);
}

static void put(const char *name, const char *text, gsize length)
{
    g_autofree char *path = in_directory(name);
    g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
}

static void test_reads_trimmed(void)
{
    put("attribute", " dummy_udc.0 \n", 14);
    g_autofree char *path = in_directory("attribute");
    g_autofree char *text = sysfs_read(path);
    g_assert_cmpstr(text, ==, "dummy_udc.0");
}

static void test_reads_a_page_at_most(void)
{
    char text[5000];
    memset(text, 'x', sizeof(text));
    put("long", text, sizeof(text));
    g_autofree char *path = in_directory("long");
    g_autofree char *read = sysfs_read(path);
    g_assert_cmpuint(strlen(read), ==, 4096);
}

static void test_reads_up_to_nul(void)
{
    put("nul", "a\0b", 3);
    g_autofree char *path = in_directory("nul");
    g_autofree char *text = sysfs_read(path);
    g_assert_cmpstr(text, ==, "a");
}

static void test_reads_what_the_kernel_says(void)
{
    g_autofree char *mtu = sysfs_read("/sys/class/net/lo/mtu");
    g_assert_cmpuint(g_ascii_strtoull(mtu, NULL, 10), >, 0);
}

static void test_gone(void)
{
    g_autofree char *path = in_directory("no-such");
    g_autoptr(GError) error = NULL;

    g_assert_null(sysfs_read(path));
    g_assert_null(sysfs_read(directory));
    g_assert_false(sysfs_write(path, "1", &error));
    g_assert_true(sysfs_error_is_gone(error));
    g_assert_error(error, SYSFS_ERROR, ENOENT);
    g_auto(GStrv) names = sysfs_list(path);
    g_assert_cmpuint(g_strv_length(names), ==, 0);
    g_assert_null(sysfs_device_path(path));
    g_assert_null(sysfs_link_name(directory));
}

static void test_writes(void)
{
    g_autofree char *path = in_directory("attribute");
    g_autoptr(GError) error = NULL;

    put("attribute", "abc", 3);
    g_assert_true(sysfs_write(path, "\n", &error));
    g_assert_no_error(error);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "\nbc");
}

static void test_refusal_is_not_gone(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sysfs_write("/dev/full", "1", &error));
    g_assert_error(error, SYSFS_ERROR, ENOSPC);
    g_assert_false(sysfs_error_is_gone(error));
    g_assert_true(strstr(error->message, "/dev/full") != NULL);
}

static void test_list_is_sorted(void)
{
    g_autofree char *list = in_directory("list");
    g_assert_no_errno(g_mkdir(list, 0700));
    static const char *const names[] = {"g2", "g10", ".hidden", "\377"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(list, names[i], NULL);
        g_assert_no_errno(g_mkdir(path, 0700));
    }
    g_auto(GStrv) found = sysfs_list(list);
    g_autofree char *joined = g_strjoinv(" ", found);
    g_assert_cmpstr(joined, ==, ".hidden g10 g2 \377");
}

static void test_list_tells_that_it_was_cut(void)
{
    g_autofree char *list = in_directory("many");
    gboolean cut = FALSE;

    g_assert_no_errno(g_mkdir(list, 0700));
    for (guint i = 0; i <= SYSFS_LIST_MAX; i++) {
        if (i == SYSFS_LIST_MAX) {
            g_auto(GStrv) all = sysfs_list_noting(list, &cut);
            g_assert_cmpuint(g_strv_length(all), ==, SYSFS_LIST_MAX);
            g_assert_false(cut);
        }
        g_autofree char *path = g_strdup_printf("%s/%u", list, i);
        g_assert_true(g_file_set_contents_full(path, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
    g_auto(GStrv) some = sysfs_list_noting(list, &cut);
    g_assert_cmpuint(g_strv_length(some), ==, SYSFS_LIST_MAX);
    g_assert_true(cut);
    g_auto(GStrv) few = sysfs_list_noting("/sys/class/net/lo", &cut);
    g_assert_cmpuint(g_strv_length(few), >, 0);
    g_assert_true(cut);
}

static void test_links(void)
{
    g_autofree char *link = in_directory("driver");
    g_assert_no_errno(symlink("../../bus/gadget/drivers/g_ether", link));
    g_autofree char *name = sysfs_link_name(link);
    g_assert_cmpstr(name, ==, "g_ether");
    g_assert_null(sysfs_device_path(link));
    g_autofree char *lo = sysfs_device_path("/sys/class/net/lo");
    g_assert_cmpstr(lo, ==, "/devices/virtual/net/lo");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    directory = g_dir_make_tmp("secpold-sysfs-XXXXXX", NULL);
    g_test_add_func("/sysfs/reads-trimmed", test_reads_trimmed);
    g_test_add_func("/sysfs/reads-a-page-at-most", test_reads_a_page_at_most);
    g_test_add_func("/sysfs/reads-up-to-nul", test_reads_up_to_nul);
    g_test_add_func("/sysfs/reads-what-the-kernel-says", test_reads_what_the_kernel_says);
    g_test_add_func("/sysfs/gone", test_gone);
    g_test_add_func("/sysfs/writes", test_writes);
    g_test_add_func("/sysfs/refusal-is-not-gone", test_refusal_is_not_gone);
    g_test_add_func("/sysfs/list-is-sorted", test_list_is_sorted);
    g_test_add_func("/sysfs/list-tells-that-it-was-cut", test_list_tells_that_it_was_cut);
    g_test_add_func("/sysfs/links", test_links);
    const int failed = g_test_run();
    g_autofree char *remove = g_strdup_printf("rm -r %s", directory);
    g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL);
    g_free(directory);
    return failed;
}
