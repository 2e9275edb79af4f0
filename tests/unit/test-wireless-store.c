/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-store.h"

#include <glib/gstdio.h>

#include "daemon/enforce/wireless/wireless.h"

static gboolean mounted;

static gboolean is_there(const char *directory)
{
    g_assert_true(g_file_test(directory, G_FILE_TEST_IS_DIR));
    return mounted;
}

static void test_comes_late_and_goes(void)
{
    g_autofree char *directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, WIRELESS_CARRIED_FILE, NULL);
    WirelessStore store = {.directory = g_strdup(directory), .is_there = is_there};

    g_assert_true(g_file_set_contents(file, "/devices/card\n", -1, NULL));
    mounted = FALSE;
    wireless_store_open(&store);
    g_assert_null(store.carried);
    wireless_store_save(&store);

    mounted = TRUE;
    wireless_store_open(&store);
    g_assert_nonnull(store.carried);
    g_assert_true(run_record_contains(store.carried, "/devices/card"));

    g_assert_no_errno(g_remove(file));
    mounted = FALSE;
    run_record_add(store.carried, "/devices/other");
    wireless_store_save(&store);
    g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
    mounted = TRUE;
    wireless_store_save(&store);
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));

    wireless_store_clear(&store);
    g_assert_no_errno(g_remove(file));
    g_assert_no_errno(g_rmdir(directory));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wireless-store/comes-late-and-goes", test_comes_late_and_goes);
    return g_test_run();
}
