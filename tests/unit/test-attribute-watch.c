/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/attribute-watch.h"

#include <glib/gstdio.h>
#include <stdio.h>

typedef struct Fixture {
    sd_event *event;
    char *directory;
    char *first;
    char *second;
    AttributeWatch *watch;
    guint n_told;
} Fixture;

static void on_written(gpointer data)
{
    ((Fixture *)data)->n_told++;
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->first = g_build_filename(fixture->directory, "first", NULL);
    fixture->second = g_build_filename(fixture->directory, "second", NULL);
    g_assert_true(g_file_set_contents(fixture->first, "1\n", -1, NULL));
    g_assert_true(g_file_set_contents(fixture->second, "1\n", -1, NULL));
    fixture->watch = attribute_watch_new(fixture->event, on_written, fixture);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    attribute_watch_free(fixture->watch);
    g_remove(fixture->first);
    g_remove(fixture->second);
    g_rmdir(fixture->directory);
    g_free(fixture->first);
    g_free(fixture->second);
    g_free(fixture->directory);
    sd_event_unref(fixture->event);
}

/* As a shell does: the file stays the same one. */
static void write_to(const char *path)
{
    FILE *file = g_fopen(path, "r+");
    g_assert_nonnull(file);
    g_assert_cmpint(fputs("0\n", file), >=, 0);
    fclose(file);
}

static guint count(Fixture *fixture)
{
    fixture->n_told = 0;
    while (sd_event_run(fixture->event, 20000) > 0)
        ;
    return fixture->n_told;
}

static void watch(const Fixture *fixture, const char *first, const char *second)
{
    const char *const paths[] = {first, second, NULL};
    attribute_watch_set(fixture->watch, paths);
}

static void test_tells(Fixture *fixture, gconstpointer data)
{
    watch(fixture, fixture->first, fixture->second);
    g_assert_cmpuint(count(fixture), ==, 0);
    write_to(fixture->second);
    g_assert_cmpuint(count(fixture), >=, 1);
    g_assert_cmpuint(count(fixture), ==, 0);
}

static void test_watches_only_what_is_set(Fixture *fixture, gconstpointer data)
{
    watch(fixture, fixture->first, fixture->second);
    watch(fixture, fixture->first, NULL);
    write_to(fixture->second);
    g_assert_cmpuint(count(fixture), ==, 0);
    write_to(fixture->first);
    g_assert_cmpuint(count(fixture), >=, 1);
}

static void test_follows_a_new_thing(Fixture *fixture, gconstpointer data)
{
    watch(fixture, fixture->first, NULL);
    g_remove(fixture->first);
    watch(fixture, fixture->first, NULL);
    g_assert_true(g_file_set_contents(fixture->first, "1\n", -1, NULL));
    watch(fixture, fixture->first, NULL);
    count(fixture);
    write_to(fixture->first);
    g_assert_cmpuint(count(fixture), >=, 1);
}

#define ADD(name, function)                                                                        \
    g_test_add("/attribute-watch/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("tells", test_tells);
    ADD("watches-only-what-is-set", test_watches_only_what_is_set);
    ADD("follows-a-new-thing", test_follows_a_new_thing);
    return g_test_run();
}
