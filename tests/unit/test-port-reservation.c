/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/port-reservation.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/enforce/firewall/reserved-list.h"
#include "tests/unit/two-hosts.h"

typedef struct Fixture {
    char *directory;
    char *record;
    DeviceProfile *profile;
    Plan *none;  /* nothing is asked for */
    Plan *first; /* LPD: 515, 60000 and 60001 */
    Plan *both;  /* and FTP: 20, 21, 60010 */
    Enforcer *enforcer;
} Fixture;

static Plan *make_plan(const DeviceProfile *profile, const char *first, const char *second)
{
    g_autoptr(Policy) policy = policy_new("Test", 1);

    policy_request(policy, catalog_find_item(first), 0);
    if (second)
        policy_request(policy, catalog_find_item(second), 0);
    return plan_new(policy, profile, TRUE);
}

static void restart(Fixture *fixture)
{
    enforcer_free(fixture->enforcer);
    fixture->enforcer = port_reservation_new(fixture->directory);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    static const char text[] =
        "[Ports]\nRestrictLpdPort=60000-60001/tcp\nRestrictFtpPort=60010/udp\n";
    const DeviceProfileSource source = {"test", text, strlen(text)};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const PortSet nothing = {0};

    fixture->profile = device_profile_parse(&source, 1, diagnostics);
    g_assert_nonnull(fixture->profile);
    fixture->none = plan_new_empty(fixture->profile);
    fixture->first = make_plan(fixture->profile, "RestrictLpdPort", NULL);
    fixture->both = make_plan(fixture->profile, "RestrictLpdPort", "RestrictFtpPort");
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->record = g_build_filename(fixture->directory, PORT_RESERVATION_RECORD, NULL);
    g_assert_true(reserved_list_write(&nothing, NULL));
    restart(fixture);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    enforcer_free(fixture->enforcer);
    plan_unref(fixture->none);
    plan_unref(fixture->first);
    plan_unref(fixture->both);
    device_profile_free(fixture->profile);
    g_remove(fixture->record);
    g_rmdir(fixture->directory);
    g_free(fixture->record);
    g_free(fixture->directory);
}

static void administrator_sets(const char *list)
{
    g_autofree char *command =
        g_strdup_printf("sh -c 'echo \"%s\" > " RESERVED_LIST_PATH "'", list);
    two_hosts_run(command);
}

static void assert_list(const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(RESERVED_LIST_PATH, &text, NULL, NULL));
    g_assert_cmpstr(g_strchomp(text), ==, expected);
}

static EnforcerReport *run(const Fixture *fixture, const Plan *plan)
{
    g_autoptr(EnforcerReport) report = enforcer_report_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(fixture->enforcer->class->reconcile(fixture->enforcer, plan, report, &error));
    g_assert_no_error(error);
    return g_steal_pointer(&report);
}

static void run_quietly(const Fixture *fixture, const Plan *plan)
{
    g_autoptr(EnforcerReport) report = run(fixture, plan);

    g_assert_cmpuint(report->findings->len, ==, 0);
    g_assert_cmpuint(report->drifts->len, ==, 0);
    g_assert_cmpuint(report->problems->len, ==, 0);
}

static void test_follows_the_plan(Fixture *fixture, gconstpointer data)
{
    run_quietly(fixture, fixture->none);
    assert_list("");
    run_quietly(fixture, fixture->first);
    assert_list("60000-60001");
    run_quietly(fixture, fixture->both);
    assert_list("60000-60001,60010");
    run_quietly(fixture, fixture->both);
    assert_list("60000-60001,60010");
    run_quietly(fixture, fixture->none);
    assert_list("");
}

static void test_keeps_the_administrators(Fixture *fixture, gconstpointer data)
{
    administrator_sets("8080,50000-50009,60001");
    run_quietly(fixture, fixture->first);
    assert_list("8080,50000-50009,60000-60001");
    run_quietly(fixture, fixture->none);
    assert_list("8080,50000-50009,60001");
}

static void test_takes_back_after_a_restart(Fixture *fixture, gconstpointer data)
{
    administrator_sets("8080");
    run_quietly(fixture, fixture->both);
    restart(fixture);
    run_quietly(fixture, fixture->first);
    assert_list("8080,60000-60001");
    restart(fixture);
    run_quietly(fixture, fixture->none);
    assert_list("8080");
}

static void test_merges_with_a_replaced_list(Fixture *fixture, gconstpointer data)
{
    run_quietly(fixture, fixture->both);
    administrator_sets("8080,60010");
    g_autoptr(EnforcerReport) report = run(fixture, fixture->both);

    assert_list("8080,60000-60001,60010");
    g_assert_cmpuint(report->findings->len, ==, 0);
    g_assert_cmpuint(report->drifts->len, ==, 1);
    const Drift *drift = &g_array_index(report->drifts, Drift, 0);
    g_assert_cmpstr(catalog_items[drift->item].key, ==, "RestrictLpdPort");
    g_assert_true(drift->repaired);
    g_assert_nonnull(strstr(drift->detail, "60000-60001 was missing"));
    run_quietly(fixture, fixture->none);
    assert_list("8080,60010");
}

static void test_follows_the_range(Fixture *fixture, gconstpointer data)
{
    run_quietly(fixture, fixture->first);
    two_hosts_run("sh -c 'echo 32768 60000 > /proc/sys/net/ipv4/ip_local_port_range'");
    run_quietly(fixture, fixture->first);
    assert_list("60000");
    two_hosts_run("sh -c 'echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range'");
    run_quietly(fixture, fixture->first);
    assert_list("60000-60001");
}

/* More text than the kernel takes in one piece. */
static void test_long_list(Fixture *fixture, gconstpointer data)
{
    PortSet expected = {0}, list = {0};
    for (guint port = 1; port < 20000; port += 2)
        port_set_add_range(&expected, port, port);

    g_assert_true(reserved_list_write(&expected, NULL));
    g_assert_true(reserved_list_read(&list, NULL));
    g_assert_true(port_set_equal(&list, &expected));
    run_quietly(fixture, fixture->first);
    port_set_add_range(&expected, 60000, 60001);
    g_assert_true(reserved_list_read(&list, NULL));
    g_assert_true(port_set_equal(&list, &expected));
    run_quietly(fixture, fixture->none);
    port_set_remove_range(&expected, 60000, 60001);
    g_assert_true(reserved_list_read(&list, NULL));
    g_assert_true(port_set_equal(&list, &expected));
}

static void test_damaged_record_counts_as_none(Fixture *fixture, gconstpointer data)
{
    administrator_sets("8080,60000");
    g_assert_true(g_file_set_contents(fixture->record, "settled 8080,6000x\n", -1, NULL));
    restart(fixture);
    run_quietly(fixture, fixture->first);
    assert_list("8080,60000-60001");
    run_quietly(fixture, fixture->none);
    assert_list("8080,60000");
}

static void test_record_that_cannot_be_written(Fixture *fixture, gconstpointer data)
{
    g_assert_no_errno(g_rmdir(fixture->directory));
    g_autoptr(EnforcerReport) report = run(fixture, fixture->first);

    assert_list("60000-60001");
    g_assert_cmpuint(report->findings->len, ==, 0);
    g_assert_cmpuint(report->problems->len, ==, 1);
    g_assert_no_errno(g_mkdir(fixture->directory, 0700));
    run_quietly(fixture, fixture->first);
    restart(fixture);
    run_quietly(fixture, fixture->none);
    assert_list("");
}

/* As in a sandbox that has the file read-only. */
static void test_list_that_cannot_be_written(Fixture *fixture, gconstpointer data)
{
    two_hosts_run("mount --bind " RESERVED_LIST_PATH " " RESERVED_LIST_PATH);
    two_hosts_run("mount -o remount,ro,bind " RESERVED_LIST_PATH);
    g_autoptr(EnforcerReport) report = run(fixture, fixture->first);
    two_hosts_run("umount " RESERVED_LIST_PATH);

    assert_list("");
    g_assert_cmpuint(report->findings->len, ==, 1);
    const Finding *finding = &g_array_index(report->findings, Finding, 0);
    g_assert_cmpstr(catalog_items[finding->item].key, ==, "RestrictLpdPort");
    g_assert_cmpint(finding->verdict, ==, VERDICT_PENDING);
    g_assert_nonnull(strstr(finding->detail, "60000-60001"));
    run_quietly(fixture, fixture->first);
    assert_list("60000-60001");
}

/* Reading it would wait for a writer that never comes. */
static void test_record_that_is_a_pipe(Fixture *fixture, gconstpointer data)
{
    g_assert_no_errno(mkfifo(fixture->record, 0600));
    restart(fixture);
    run_quietly(fixture, fixture->first);
    assert_list("60000-60001");
    restart(fixture);
    run_quietly(fixture, fixture->none);
    assert_list("");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*function)(Fixture *fixture, gconstpointer data);
    } tests[] = {
        {"/port-reservation/follows-the-plan", test_follows_the_plan},
        {"/port-reservation/keeps-the-administrators", test_keeps_the_administrators},
        {"/port-reservation/takes-back-after-a-restart", test_takes_back_after_a_restart},
        {"/port-reservation/merges-with-a-replaced-list", test_merges_with_a_replaced_list},
        {"/port-reservation/follows-the-range", test_follows_the_range},
        {"/port-reservation/long-list", test_long_list},
        {"/port-reservation/damaged-record-counts-as-none", test_damaged_record_counts_as_none},
        {"/port-reservation/record-that-cannot-be-written", test_record_that_cannot_be_written},
        {"/port-reservation/record-that-is-a-pipe", test_record_that_is_a_pipe},
        {"/port-reservation/list-that-cannot-be-written", test_list_that_cannot_be_written},
    };

    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
    return g_test_run();
}
