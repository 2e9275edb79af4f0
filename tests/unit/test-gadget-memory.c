/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/gadget-memory.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME "gadgets"

typedef struct Fixture {
    char *directory;
    RunRecord *record;
    GadgetSurvey survey;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    static Gadget g1 = {(char *)"g1", (char *)"a.0"};
    static Gadget g2 = {(char *)"g2", (char *)""};
    static Udc bound = {(char *)"a.0", (char *)"/devices/a.0", (char *)"gadget.0",
                        (char *)"configfs-gadget.g1", (char *)"g1"};
    static Udc legacy = {(char *)"b.0", (char *)"/devices/b.0", (char *)"gadget.1",
                         (char *)"g_ether", (char *)"g_ether"};
    static Udc unbound = {(char *)"c.0", (char *)"/devices/c.0", (char *)"gadget.2", NULL, NULL};

    fixture->directory = g_dir_make_tmp("secpold-memory-XXXXXX", NULL);
    fixture->record = run_record_new(fixture->directory, NAME);
    fixture->survey.gadgets = g_ptr_array_new();
    fixture->survey.udcs = g_ptr_array_new();
    fixture->survey.drivers = g_strsplit("configfs-gadget.g1 g_ether g_zero", " ", -1);
    g_ptr_array_add(fixture->survey.gadgets, &g1);
    g_ptr_array_add(fixture->survey.gadgets, &g2);
    g_ptr_array_add(fixture->survey.udcs, &bound);
    g_ptr_array_add(fixture->survey.udcs, &legacy);
    g_ptr_array_add(fixture->survey.udcs, &unbound);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->directory, NAME, NULL);

    run_record_free(fixture->record);
    g_ptr_array_unref(fixture->survey.gadgets);
    g_ptr_array_unref(fixture->survey.udcs);
    g_strfreev(fixture->survey.drivers);
    g_unlink(path);
    g_rmdir(fixture->directory);
    g_free(fixture->directory);
}

static void add(const Fixture *fixture, TakenKind kind, const char *name, const char *udc)
{
    const Taken taken = {kind, (char *)name, (char *)udc};
    g_assert_true(gadget_memory_add(fixture->record, &fixture->survey, &taken));
}

static void assert_taken(const Fixture *fixture, const char *expected)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(fixture->record);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < all->len; i++) {
        const Taken *taken = g_ptr_array_index(all, i);
        g_string_append_printf(text, "%s%s %s %s", i > 0 ? ", " : "",
                               taken->kind == TAKEN_GADGET ? "gadget" : "driver", taken->name,
                               taken->udc);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_what_is_taken(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Taken) gadget =
        taken_from_udc(&fixture->survey, gadget_survey_find_udc(&fixture->survey, "a.0"));
    g_autoptr(Taken) driver =
        taken_from_udc(&fixture->survey, gadget_survey_find_udc(&fixture->survey, "b.0"));

    g_assert_cmpint(gadget->kind, ==, TAKEN_GADGET);
    g_assert_cmpstr(gadget->name, ==, "g1");
    g_assert_cmpint(driver->kind, ==, TAKEN_DRIVER);
    g_assert_cmpstr(driver->name, ==, "g_ether");
    g_assert_null(
        taken_from_udc(&fixture->survey, gadget_survey_find_udc(&fixture->survey, "c.0")));
}

/* Its own attribute still names a UDC that the bus has given to another driver. */
static void test_the_bus_knows_better(Fixture *fixture, gconstpointer data)
{
    const Udc udc = {(char *)"a.0", (char *)"/devices/a.0", (char *)"gadget.0", (char *)"g_zero",
                     (char *)"g_zero"};
    g_autoptr(Taken) taken = taken_from_udc(&fixture->survey, &udc);

    g_assert_cmpint(taken->kind, ==, TAKEN_DRIVER);
    g_assert_cmpstr(taken->name, ==, "g_zero");
}

static void test_first_counts(Fixture *fixture, gconstpointer data)
{
    add(fixture, TAKEN_GADGET, "g1", "a.0");
    add(fixture, TAKEN_GADGET, "g2", "a.0");
    add(fixture, TAKEN_GADGET, "g1", "c.0");
    add(fixture, TAKEN_DRIVER, "g_ether", "b.0");
    assert_taken(fixture, "driver g_ether b.0, gadget g1 a.0");
    g_autoptr(Taken) found = gadget_memory_find_udc(fixture->record, "a.0");
    g_assert_cmpstr(found->name, ==, "g1");
    g_assert_null(gadget_memory_find_udc(fixture->record, "c.0"));
}

static void test_first_is_gone(Fixture *fixture, gconstpointer data)
{
    add(fixture, TAKEN_GADGET, "removed", "a.0");
    add(fixture, TAKEN_DRIVER, "unloaded", "b.0");
    add(fixture, TAKEN_GADGET, "g2", "a.0");
    add(fixture, TAKEN_DRIVER, "g_zero", "b.0");
    assert_taken(fixture, "driver g_zero b.0, gadget g2 a.0");
    const Taken gone = {TAKEN_GADGET, (char *)"g2", (char *)"a.0"};
    gadget_memory_remove(fixture->record, &gone);
    assert_taken(fixture, "driver g_zero b.0");
    g_assert_true(gadget_memory_has_driver(fixture->record, "g_zero"));
    g_assert_false(gadget_memory_has_driver(fixture->record, "g_ether"));
}

static void test_closed_bus(Fixture *fixture, gconstpointer data)
{
    g_assert_true(gadget_memory_is_empty(fixture->record));
    gadget_memory_close_bus(fixture->record, &fixture->survey);
    g_assert_true(gadget_memory_bus_is_closed(fixture->record));
    g_assert_true(gadget_memory_was_idle(fixture->record, "g_zero"));
    g_assert_false(gadget_memory_was_idle(fixture->record, "g_ether"));
    add(fixture, TAKEN_DRIVER, "g_ether", "b.0");

    g_assert_true(run_record_save(fixture->record, NULL));
    run_record_free(fixture->record);
    fixture->record = run_record_new(fixture->directory, NAME);
    g_assert_true(gadget_memory_bus_is_closed(fixture->record));
    assert_taken(fixture, "driver g_ether b.0");

    gadget_memory_open_bus(fixture->record);
    g_assert_false(gadget_memory_bus_is_closed(fixture->record));
    g_assert_false(gadget_memory_was_idle(fixture->record, "g_zero"));
    g_assert_false(gadget_memory_is_empty(fixture->record));
}

static void test_hostile_lines(Fixture *fixture, gconstpointer data)
{
    static const char *const lines[] = {"gadget",       "gadget/g1",    "gadget//a.0", "gadget/g1/",
                                        "gadget/a/b/c", "other/g1/a.0", "/g1/a.0",     "idle/"};

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        run_record_add(fixture->record, lines[i]);
    assert_taken(fixture, "");
    g_assert_false(gadget_memory_bus_is_closed(fixture->record));
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *path;
        void (*test)(Fixture *fixture, gconstpointer data);
    } tests[] = {
        {"/gadget-memory/what-is-taken", test_what_is_taken},
        {"/gadget-memory/the-bus-knows-better", test_the_bus_knows_better},
        {"/gadget-memory/first-counts", test_first_counts},
        {"/gadget-memory/first-is-gone", test_first_is_gone},
        {"/gadget-memory/closed-bus", test_closed_bus},
        {"/gadget-memory/hostile-lines", test_hostile_lines},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
