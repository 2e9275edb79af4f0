/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-jobs.h"

#include <glib/gstdio.h>

#define MANY (USB_JOBS_MAX_RUNNING * 5)

typedef struct Fixture {
    sd_event *event;
    UsbJobs *jobs;
    char *directory;
    GPtrArray *done; /* element type char: keys */
    guint n_errors;
} Fixture;

static void on_done(const UsbJob *job, gpointer data)
{
    Fixture *fixture = data;

    g_ptr_array_add(fixture->done, g_strdup(job->key));
    for (guint i = 0; i < job->steps->len; i++)
        if (g_array_index(job->steps, UsbStep, i).error)
            fixture->n_errors++;
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->done = g_ptr_array_new_with_free_func(g_free);
    fixture->jobs = usb_jobs_new(fixture->event, on_done, fixture, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    usb_jobs_free(fixture->jobs);
    sd_event_unref(fixture->event);
    g_ptr_array_unref(fixture->done);
    g_rmdir(fixture->directory);
    g_free(fixture->directory);
}

static UsbJob *make_write_out(const Fixture *fixture, guint number)
{
    g_autofree char *key = g_strdup_printf("%u", number);
    UsbJob *job = usb_job_new(key);

    usb_job_add(job, USB_STEP_WRITE_OUT, fixture->directory, 0);
    return job;
}

static void run_until_at_least(const Fixture *fixture, guint n_done)
{
    const gint64 deadline = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

    while (fixture->done->len < n_done && g_get_monotonic_time() < deadline)
        g_assert_cmpint(sd_event_run(fixture->event, 1000000), >=, 0);
}

static void run_until(const Fixture *fixture, guint n_done)
{
    run_until_at_least(fixture, n_done);
    g_assert_cmpuint(fixture->done->len, ==, n_done);
}

static void test_all_are_done(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < MANY; i++)
        usb_jobs_submit(fixture->jobs, make_write_out(fixture, i));
    g_assert_cmpuint(fixture->done->len, ==, 0);
    run_until(fixture, MANY);
    g_assert_cmpuint(fixture->n_errors, ==, 0);
    for (guint i = 0; i < MANY; i++) {
        g_autofree char *key = g_strdup_printf("%u", i);
        g_assert_true(g_ptr_array_find_with_equal_func(fixture->done, key, g_str_equal, NULL));
    }
}

static void test_taking_away_comes_first(Fixture *fixture, gconstpointer data)
{
    UsbJob *urgent = usb_job_new("urgent");

    for (guint i = 0; i < MANY; i++)
        usb_jobs_submit(fixture->jobs, make_write_out(fixture, i));
    usb_job_add(urgent, USB_STEP_REFUSE, "99-1:1.0", 1);
    usb_jobs_submit(fixture->jobs, urgent);
    /* Nothing else begins before the event loop has a turn. */
    g_usleep(G_USEC_PER_SEC / 2);
    run_until_at_least(fixture, 1);
    guint position = G_MAXUINT;
    g_assert_true(
        g_ptr_array_find_with_equal_func(fixture->done, "urgent", g_str_equal, &position));
    g_assert_cmpuint(position, <=, USB_JOBS_MAX_RUNNING);
    run_until(fixture, MANY + 1);
}

/* What vanished before its turn came is no failure. */
static void test_what_is_gone_is_no_error(Fixture *fixture, gconstpointer data)
{
    UsbJob *job = usb_job_new("99-1");

    usb_job_add(job, USB_STEP_REFUSE, "99-1:1.0", 1);
    usb_job_add(job, USB_STEP_ALLOW, "99-1:1.1", 2);
    usb_job_add(job, USB_STEP_ALLOW_DEVICE, "99-1", 3);
    usb_job_add(job, USB_STEP_READ_LABEL, "99-1:1.0", 1);
    usb_job_add(job, USB_STEP_WRITE_OUT, "/nonexistent", 0);
    usb_jobs_submit(fixture->jobs, job);
    run_until(fixture, 1);
    g_assert_cmpuint(fixture->n_errors, ==, 0);
}

static void test_ends_while_some_run(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < MANY; i++)
        usb_jobs_submit(fixture->jobs, make_write_out(fixture, i));
    g_clear_pointer(&fixture->jobs, usb_jobs_free);
    while (sd_event_run(fixture->event, 100000) > 0)
        ;
    g_assert_cmpuint(fixture->done->len, ==, 0);
}

#define ADD(name, function)                                                                        \
    g_test_add("/usb-jobs/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("taking-away-comes-first", test_taking_away_comes_first);
    ADD("all-are-done", test_all_are_done);
    ADD("what-is-gone-is-no-error", test_what_is_gone_is_no_error);
    ADD("ends-while-some-run", test_ends_while_some_run);
    return g_test_run();
}
