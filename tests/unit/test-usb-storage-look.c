/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-interfaces.h"

#include <glib/gstdio.h>
#include <string.h>

#include "daemon/enforce/usb/usb-storage-outcome.h"

/* No bus has this number, so that whatever is read of it is not there. */
#define DEVICE    "9999-1"
#define INTERFACE DEVICE ":1.0"

typedef struct Fixture {
    char *directory;
    UsbStorageState *state;
    UsbInterfaceState *stick;
    UsbNode node;
    GHashTable *busy;
    Plan *plan;
    UsbStoragePass *pass;
} Fixture;

static void begin_pass(Fixture *fixture)
{
    usb_storage_pass_free(fixture->pass);
    fixture->pass = usb_storage_pass_new(fixture->plan, fixture->state);
    fixture->pass->busy = fixture->busy;
    fixture->pass->noticed = 1;
    fixture->pass->hubs = g_ptr_array_new();
    fixture->pass->devices = g_ptr_array_new();
    fixture->pass->interfaces = g_ptr_array_new();
    g_ptr_array_add(fixture->pass->interfaces, &fixture->node);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->state = usb_storage_state_load(fixture->directory);
    fixture->busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fixture->plan = g_new0(Plan, 1);
    fixture->plan->exempt_usb_ports = g_new0(char *, 1);
    fixture->node = (UsbNode){.kind = USB_INTERFACE, .name = (char *)INTERFACE, .id = 7};
    fixture->stick = usb_storage_state_add_interface(fixture->state, INTERFACE, 7);
    fixture->stick->decided = TRUE;
    fixture->stick->reason = USB_STORAGE_CLASS;
    fixture->stick->status = USB_INTERFACE_REFUSED;
    fixture->stick->label = g_strdup("Stick");
    begin_pass(fixture);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    usb_storage_pass_free(fixture->pass);
    usb_storage_state_free(fixture->state);
    g_hash_table_unref(fixture->busy);
    g_strfreev(fixture->plan->exempt_usb_ports);
    g_free(fixture->plan);
    g_rmdir(fixture->directory);
    g_free(fixture->directory);
}

static void assert_going(const Fixture *fixture, const char *text)
{
    g_assert_cmpuint(fixture->pass->pending->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(fixture->pass->pending, 0), ==, text);
    g_assert_cmpuint(fixture->pass->refused->len, ==, 0);
    g_assert_cmpuint(fixture->pass->drifts->len, ==, 0);
    g_assert_false(fixture->stick->confirmed);
}

static void assert_gone(const Fixture *fixture)
{
    g_assert_cmpuint(fixture->pass->pending->len, ==, 0);
    g_assert_cmpuint(fixture->pass->refused->len, ==, 1);
    g_assert_true(fixture->stick->confirmed);
}

static void test_not_refused_with_a_disk(Fixture *fixture, gconstpointer data)
{
    fixture->stick->changed = 1;
    g_hash_table_insert(fixture->pass->disks, g_strdup(INTERFACE), g_strdup("sda"));
    usb_storage_enforce_interfaces(fixture->pass);
    assert_going(fixture, "sda on " INTERFACE " (Stick) is being taken away");

    begin_pass(fixture);
    usb_storage_enforce_interfaces(fixture->pass);
    assert_gone(fixture);
    g_assert_cmpuint(fixture->pass->drifts->len, ==, 1);
}

static UsbJob *take_job(Fixture *fixture)
{
    gpointer key, job;

    g_assert_true(g_hash_table_steal_extended(fixture->pass->jobs, DEVICE, &key, &job));
    g_hash_table_add(fixture->busy, key);
    return job;
}

static void finish(Fixture *fixture, const UsbJob *job)
{
    usb_storage_job_done(fixture->state, job);
    g_hash_table_remove_all(fixture->busy);
}

static void test_not_refused_before_the_job_is_done(Fixture *fixture, gconstpointer data)
{
    fixture->node.authorized = TRUE;
    usb_storage_enforce_interfaces(fixture->pass);
    assert_going(fixture, INTERFACE " (Stick) is being taken away");
    g_autoptr(UsbJob) job = take_job(fixture);

    fixture->node.authorized = FALSE;
    begin_pass(fixture);
    usb_storage_enforce_interfaces(fixture->pass);
    assert_going(fixture, INTERFACE " (Stick) is being taken away");

    finish(fixture, job);
    begin_pass(fixture);
    usb_storage_enforce_interfaces(fixture->pass);
    assert_gone(fixture);
}

/* To learn its name may take long, and does not make it any less refused. */
static void test_refused_while_its_name_is_read(Fixture *fixture, gconstpointer data)
{
    g_clear_pointer(&fixture->stick->label, g_free);
    usb_storage_enforce_interfaces(fixture->pass);
    assert_gone(fixture);
    g_autoptr(UsbJob) job = take_job(fixture);

    begin_pass(fixture);
    usb_storage_enforce_interfaces(fixture->pass);
    assert_gone(fixture);
    finish(fixture, job);
}

static void finish_allow_device(Fixture *fixture, const char *failure)
{
    g_autoptr(UsbJob) job = usb_job_new(DEVICE);

    usb_job_add(job, USB_STEP_ALLOW_DEVICE, DEVICE, 5);
    if (failure)
        g_array_index(job->steps, UsbStep, 0).error =
            g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_IO, failure);
    usb_storage_job_done(fixture->state, job);
}

static void test_device_that_could_not_be_authorized(Fixture *fixture, gconstpointer data)
{
    finish_allow_device(fixture, "no power");
    g_assert_false(usb_storage_state_knows_device(fixture->state, DEVICE, 5));
    const UsbDeviceFailure *failure = usb_storage_state_failure(fixture->state, DEVICE, 5);
    g_assert_nonnull(failure);
    g_assert_cmpstr(failure->error, ==, "no power");
    g_assert_cmpint(failure->not_before, >, g_get_monotonic_time() - G_TIME_SPAN_SECOND);
    g_assert_null(usb_storage_state_failure(fixture->state, DEVICE, 6));

    finish_allow_device(fixture, NULL);
    g_assert_true(usb_storage_state_knows_device(fixture->state, DEVICE, 5));
    g_assert_null(usb_storage_state_failure(fixture->state, DEVICE, 5));
}

static void test_failure_is_forgotten_with_the_device(Fixture *fixture, gconstpointer data)
{
    finish_allow_device(fixture, "no power");
    usb_storage_pass_forget(fixture->pass);
    g_assert_null(usb_storage_state_failure(fixture->state, DEVICE, 5));
}

/* What was not looked at may be there. */
static void test_nothing_is_forgotten_of_what_was_cut(Fixture *fixture, gconstpointer data)
{
    usb_storage_state_add_interface(fixture->state, "9999-2:1.0", 8);
    fixture->pass->cut = TRUE;
    usb_storage_pass_forget(fixture->pass);
    g_assert_cmpuint(fixture->pass->violated->len, ==, 1);
    g_assert_nonnull(usb_storage_state_interface(fixture->state, "9999-2:1.0", 8));

    begin_pass(fixture);
    usb_storage_pass_forget(fixture->pass);
    g_assert_cmpuint(fixture->pass->violated->len, ==, 0);
    g_assert_null(usb_storage_state_interface(fixture->state, "9999-2:1.0", 8));
}

#define ADD(name, function)                                                                        \
    g_test_add("/usb-storage-look/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("not-refused-with-a-disk", test_not_refused_with_a_disk);
    ADD("not-refused-before-the-job-is-done", test_not_refused_before_the_job_is_done);
    ADD("refused-while-its-name-is-read", test_refused_while_its_name_is_read);
    ADD("device-that-could-not-be-authorized", test_device_that_could_not_be_authorized);
    ADD("failure-is-forgotten-with-the-device", test_failure_is_forgotten_with_the_device);
    ADD("nothing-is-forgotten-of-what-was-cut", test_nothing_is_forgotten_of_what_was_cut);
    return g_test_run();
}
