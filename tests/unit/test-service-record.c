/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/service-record.h"

#include <glib/gstdio.h>

static Binding *make_binding(const char *name, const char *run, const char *restart)
{
    Binding *binding = binding_new(name);
    binding->run = run ? g_strsplit(run, " ", 0) : NULL;
    binding->restart = g_strsplit(restart, " ", 0);
    BindingEdit *edit = binding_edit_new("edit", 1);
    edit->file = g_strdup("/etc/conf");
    g_ptr_array_add(binding->edits, edit);
    return binding;
}

static void test_kept(void)
{
    g_autofree char *folder = g_dir_make_tmp("services-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "services", NULL);
    g_autoptr(ServiceRecord) record = service_record_load(file, NULL);
    g_autoptr(Binding) one = make_binding("one", "/sbin/load --all", "a.service b.socket");
    g_autoptr(Binding) two = make_binding("two", NULL, "");
    g_autoptr(Binding) other = make_binding("one", "/sbin/load", "a.service b.socket");
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    g_assert_true(service_record_keep(record, one));
    g_assert_true(service_record_keep(record, two));
    g_assert_false(service_record_keep(record, one));
    g_assert_true(service_record_save(record, NULL));

    g_autoptr(ServiceRecord) again = service_record_load(file, NULL);
    const Service *service = service_record_find(again, "one");
    g_assert_cmpstrv(service->run, one->run);
    g_assert_cmpstrv(service->restart, one->restart);
    g_assert_cmpuint(g_strv_length(service->reload), ==, 0);
    g_assert_true(g_strv_equal((const char *const *)service->files,
                               (const char *const[]){"/etc/conf", NULL}));
    g_assert_cmpuint(g_strv_length(service->writes), ==, 0);
    g_assert_false(service_record_keep(again, one));
    g_assert_true(service_record_keep(again, other));
    g_hash_table_add(names, (gpointer) "one");
    g_assert_true(service_record_retain(again, names));
    g_assert_false(service_record_retain(again, names));
    g_assert_null(service_record_find(again, "two"));
    g_unlink(file);
    g_rmdir(folder);
}

static void test_damaged(void)
{
    g_autofree char *folder = g_dir_make_tmp("services-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "services", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(file, "\377\377\377", 3, NULL));
    g_assert_null(service_record_load(file, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_unlink(file);
    g_rmdir(folder);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/service-record/kept", test_kept);
    g_test_add_func("/service-record/damaged", test_damaged);
    return g_test_run();
}
