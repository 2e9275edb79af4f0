/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/store.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/policy/policy-document.h"

typedef struct Fixture {
    char *directory;
    Store *store;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-store-XXXXXX", NULL);
    g_assert_nonnull(fixture->directory);
    fixture->store = store_open(fixture->directory, NULL);
    g_assert_nonnull(fixture->store);
}

static void remove_tree(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) && g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_tree(child);
        unlink(child);
    }
    if (dir)
        g_dir_close(dir);
    rmdir(path);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    store_free(fixture->store);
    remove_tree(fixture->directory);
    g_free(fixture->directory);
}

static void reopen(Fixture *fixture)
{
    store_free(fixture->store);
    fixture->store = store_open(fixture->directory, NULL);
    g_assert_nonnull(fixture->store);
}

static guint64 add(Fixture *fixture, const char *text, guint64 previous)
{
    g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));
    g_autoptr(GBytes) signature = g_bytes_new("sig", 3);
    g_autofree char *digest = policy_document_digest(text, strlen(text));
    const GenerationMeta meta = {
        .name = (char *)"Head office",
        .serial = 7,
        .digest = digest,
        .imported_usec = 123456789,
        .uid = 1000,
        .unit = (char *)"web.service",
        .signer = (char *)"ABCD = \"me\"\\n",
        .previous = previous,
        .confirmed = FALSE,
        .boot_id = (char *)"0123456789abcdef",
        .deadline_usec = 42,
    };
    g_autoptr(GError) error = NULL;
    guint64 number = 0;

    g_assert_true(store_add(fixture->store, document, signature, &meta, &number, &error));
    g_assert_no_error(error);
    return number;
}

static gboolean accept_all(const Generation *generation, gpointer data, GError **error)
{
    return TRUE;
}

static gboolean refuse_one(const Generation *generation, gpointer data, GError **error)
{
    if (generation->number != GPOINTER_TO_UINT(data))
        return TRUE;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "not to my taste");
    return FALSE;
}

static void assert_current(Fixture *fixture, guint64 number, const char *text, guint n_damaged)
{
    g_auto(GStrv) damaged = NULL;
    g_autoptr(Generation) current = NULL;

    g_assert_true(store_load_current(fixture->store, accept_all, NULL, &current, &damaged, NULL));

    g_assert_cmpuint(g_strv_length(damaged), ==, n_damaged);
    if (number == 0) {
        g_assert_null(current);
        return;
    }
    g_assert_nonnull(current);
    g_assert_cmpuint(current->number, ==, number);
    g_assert_cmpmem(g_bytes_get_data(current->document, NULL), g_bytes_get_size(current->document),
                    text, strlen(text));
}

static char *part(const Fixture *fixture, const char *name)
{
    return g_build_filename(fixture->directory, "policies", name, NULL);
}

static void overwrite(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = part(fixture, name);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean exists(const Fixture *fixture, const char *name)
{
    g_autofree char *path = part(fixture, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_new_store_is_unused(Fixture *fixture, gconstpointer data)
{
    GStatBuf status;

    g_assert_false(store_was_used(fixture->store));
    assert_current(fixture, 0, NULL, 0);
    g_assert_cmpint(g_stat(fixture->directory, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0700);
}

static void test_everything_comes_back(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpuint(add(fixture, "one\r\n\377\n", 0), ==, 1);
    reopen(fixture);
    assert_current(fixture, 1, "one\r\n\377\n", 0);

    g_autoptr(Generation) stored = store_load(fixture->store, 1, NULL);
    g_assert_cmpstr(stored->meta.name, ==, "Head office");
    g_assert_cmpuint(stored->meta.serial, ==, 7);
    g_assert_cmpuint(stored->meta.imported_usec, ==, 123456789);
    g_assert_cmpuint(stored->meta.uid, ==, 1000);
    g_assert_cmpstr(stored->meta.unit, ==, "web.service");
    g_assert_cmpstr(stored->meta.signer, ==, "ABCD = \"me\"\\n");
    g_assert_cmpstr(stored->meta.boot_id, ==, "0123456789abcdef");
    g_assert_cmpuint(stored->meta.deadline_usec, ==, 42);
    g_assert_false(stored->meta.confirmed);
    g_assert_cmpmem(g_bytes_get_data(stored->signature, NULL), g_bytes_get_size(stored->signature),
                    "sig", 3);
    g_assert_true(store_was_used(fixture->store));
}

static void test_newest_five_stay(Fixture *fixture, gconstpointer data)
{
    for (guint i = 1; i <= 8; i++)
        g_assert_cmpuint(add(fixture, "x", 0), ==, i);
    g_autoptr(GPtrArray) list = store_list(fixture->store);
    g_assert_cmpuint(list->len, ==, STORE_GENERATIONS_KEPT);
    g_assert_cmpuint(((Generation *)g_ptr_array_index(list, 0))->number, ==, 8);
    g_assert_cmpuint(((Generation *)g_ptr_array_index(list, 4))->number, ==, 4);
    g_assert_false(exists(fixture, "3"));
}

static void test_the_one_to_go_back_to_stays(Fixture *fixture, gconstpointer data)
{
    add(fixture, "first", 0);
    for (guint i = 2; i <= 9; i++)
        add(fixture, "x", 1);
    g_assert_true(store_revert_to(fixture->store, 1, NULL));
    assert_current(fixture, 1, "first", 0);
}

/* Whatever is wrong with a generation, it is set aside and the one before it counts. */
static void test_damage(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    overwrite(fixture, data, "garbage");
    reopen(fixture);
    assert_current(fixture, 1, "one", 1);
    g_assert_true(exists(fixture, "2.damaged"));
    g_assert_false(exists(fixture, "2"));
}

static void test_lost_stays_known(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    overwrite(fixture, "2/policy", "garbage");
    assert_current(fixture, 1, "one", 1);
    reopen(fixture);
    assert_current(fixture, 1, "one", 1);
    g_assert_cmpuint(add(fixture, "three", 1), ==, 3);
    reopen(fixture);
    assert_current(fixture, 3, "three", 0);
}

static void test_missing_part(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    g_autofree char *meta = part(fixture, "1/meta");
    unlink(meta);
    reopen(fixture);
    assert_current(fixture, 0, NULL, 1);
    g_assert_true(store_was_used(fixture->store));
}

static void test_refused_by_the_caller(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) damaged = NULL;
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    g_autoptr(Generation) current = NULL;
    g_assert_true(store_load_current(fixture->store, refuse_one, GUINT_TO_POINTER(2), &current,
                                     &damaged, NULL));
    g_assert_cmpuint(current->number, ==, 1);
    g_assert_cmpstr(damaged[0], ==, "Generation 2 is damaged and was set aside: not to my taste");
}

/* An import that was cut off after the folder was there, before the link named it. */
static void test_leftovers_never_count(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    g_autofree char *link = g_build_filename(fixture->directory, "current", NULL);
    unlink(link);
    g_assert_cmpint(symlink("policies/1", link), ==, 0);
    g_autofree char *fresh = part(fixture, ".new");
    g_assert_cmpint(g_mkdir(fresh, 0700), ==, 0);
    overwrite(fixture, ".new/policy", "half");

    reopen(fixture);
    assert_current(fixture, 1, "one", 0);
    g_assert_false(exists(fixture, "2"));
    g_assert_false(exists(fixture, ".new"));
}

static void test_lost_link(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    g_autofree char *link = g_build_filename(fixture->directory, "current", NULL);
    unlink(link);
    reopen(fixture);
    assert_current(fixture, 2, "two", 0);
    g_autofree char *target = g_file_read_link(link, NULL);
    g_assert_cmpstr(target, ==, "policies/2");
}

static void test_revert(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    g_assert_true(store_revert_to(fixture->store, 1, NULL));
    assert_current(fixture, 1, "one", 0);
    g_assert_true(store_revert_to(fixture->store, 0, NULL));
    reopen(fixture);
    assert_current(fixture, 0, NULL, 0);
    g_assert_false(store_was_used(fixture->store));
}

/* A revert may fail when it has moved the link already. */
static void test_confirmed_is_current(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    add(fixture, "two", 1);
    g_autofree char *link = g_build_filename(fixture->directory, "current", NULL);
    unlink(link);
    g_assert_cmpint(symlink("policies/1", link), ==, 0);
    g_autoptr(Generation) second = store_load(fixture->store, 2, NULL);
    g_assert_true(store_confirm(fixture->store, second, NULL));
    reopen(fixture);
    assert_current(fixture, 2, "two", 0);
}

static void test_numbers_are_not_given_twice(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    g_assert_cmpuint(add(fixture, "two", 1), ==, 2);
    g_assert_true(store_revert_to(fixture->store, 1, NULL));
    g_assert_cmpuint(add(fixture, "three", 1), ==, 3);
    g_assert_true(store_revert_to(fixture->store, 0, NULL));
    reopen(fixture);
    g_assert_false(store_was_used(fixture->store));
    g_assert_cmpuint(add(fixture, "four", 0), ==, 4);
    g_assert_true(store_reset(fixture->store, NULL));
    g_assert_cmpuint(add(fixture, "one", 0), ==, 1);
}

/* Beyond the last number nobody would find it again. */
static void test_numbers_have_an_end(Fixture *fixture, gconstpointer data)
{
    g_autofree char *last = g_build_filename(fixture->directory, "last-generation", NULL);
    g_assert_true(g_file_set_contents(last, "9223372036854775807", -1, NULL));
    g_assert_cmpuint(add(fixture, "a", 0), ==, 1);
    g_assert_true(g_file_set_contents(last, "999999999999999998", -1, NULL));
    g_assert_cmpuint(add(fixture, "b", 1), ==, G_GUINT64_CONSTANT(999999999999999999));
    reopen(fixture);
    assert_current(fixture, G_GUINT64_CONSTANT(999999999999999999), "b", 0);

    g_autoptr(GBytes) document = g_bytes_new_static("c", 1);
    const GenerationMeta meta = {0};
    g_autoptr(GError) error = NULL;
    guint64 number = 0;
    g_assert_false(store_add(fixture->store, document, document, &meta, &number, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
}

static void test_confirm(Fixture *fixture, gconstpointer data)
{
    add(fixture, "one", 0);
    g_autoptr(Generation) before = store_load(fixture->store, 1, NULL);
    g_assert_true(store_confirm(fixture->store, before, NULL));
    g_autoptr(Generation) after = store_load(fixture->store, 1, NULL);
    g_assert_true(after->meta.confirmed);
    g_assert_cmpuint(after->meta.deadline_usec, ==, 0);
    g_assert_cmpstr(after->meta.name, ==, "Head office");
}

static void test_serial_floor(Fixture *fixture, gconstpointer data)
{
    g_autofree char *none = NULL;
    g_autofree char *digest = NULL;
    guint64 serial;

    store_serial_floor(fixture->store, &serial, &none);
    g_assert_cmpuint(serial, ==, 0);
    g_assert_cmpstr(none, ==, "");
    g_assert_true(store_raise_serial_floor(fixture->store, G_MAXINT64, "0123", NULL));
    reopen(fixture);
    store_serial_floor(fixture->store, &serial, &digest);
    g_assert_cmpuint(serial, ==, G_MAXINT64);
    g_assert_cmpstr(digest, ==, "0123");
    g_assert_true(store_was_used(fixture->store));
}

static void test_no_such_generation(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(store_load(fixture->store, 9, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH_GENERATION);
}

static void test_unusable_directory(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open("/proc/secpold", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_UNAVAILABLE);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, data, test) g_test_add("/store/" path, Fixture, data, set_up, test, tear_down)
    ADD("a new one is empty, private and unused", NULL, test_new_store_is_unused);
    ADD("what is stored comes back to the byte", NULL, test_everything_comes_back);
    ADD("the newest five generations stay", NULL, test_newest_five_stay);
    ADD("the one to go back to stays", NULL, test_the_one_to_go_back_to_stays);
    ADD("a damaged document is set aside", "2/policy", test_damage);
    ADD("damaged facts are set aside", "2/meta", test_damage);
    ADD("a lost generation is named until another is current", NULL, test_lost_stays_known);
    ADD("a generation with a part missing is set aside", NULL, test_missing_part);
    ADD("what the caller cannot use is set aside", NULL, test_refused_by_the_caller);
    ADD("what an interrupted import leaves behind never counts", NULL, test_leftovers_never_count);
    ADD("without the link the newest generation counts", NULL, test_lost_link);
    ADD("a revert brings back the one before, or none", NULL, test_revert);
    ADD("a number is not given twice", NULL, test_numbers_are_not_given_twice);
    ADD("numbers have an end", NULL, test_numbers_have_an_end);
    ADD("a confirmation is recorded", NULL, test_confirm);
    ADD("what is confirmed is current", NULL, test_confirmed_is_current);
    ADD("the serial floor is kept", NULL, test_serial_floor);
    ADD("an unknown generation is an error", NULL, test_no_such_generation);
    g_test_add_func("/store/an unusable directory is an error", test_unusable_directory);
    return g_test_run();
}
