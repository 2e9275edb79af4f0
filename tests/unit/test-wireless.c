/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The enforcer in a network namespace without radios, whatever the machine has outside. */
#include "daemon/enforce/wireless/wireless.h"

#include <glib/gstdio.h>

#include "daemon/enforce/wireless/nl80211.h"
#include "daemon/enforce/wireless/rfkill.h"
#include "tests/unit/plan-maker.h"
#include "tests/unit/two-hosts.h"

#define BOTH "ProhibitDirectConnection ProhibitWirelessLan"

typedef struct Fixture {
    sd_event *event;
    char *directory;
    char *record;
    Enforcer *enforcer;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->record = g_build_filename(fixture->directory, WIRELESS_RECORD_FILE, NULL);
}

static gboolean store_is_there;

static gboolean is_there(const char *directory)
{
    return store_is_there;
}

static void start(Fixture *fixture)
{
    store_is_there = TRUE;
    fixture->enforcer =
        wireless_new(fixture->event, NULL, fixture->directory, fixture->directory, is_there);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    enforcer_free(fixture->enforcer);
    sd_event_unref(fixture->event);
    g_remove(fixture->record);
    g_assert_no_errno(g_rmdir(fixture->directory));
    g_free(fixture->record);
    g_free(fixture->directory);
}

static EnforcerReport *run(const Fixture *fixture, const char *items)
{
    g_autoptr(EnforcerReport) report = enforcer_report_new();
    g_autoptr(Plan) plan = make_plan(items, "");
    g_autoptr(GError) error = NULL;

    fixture->enforcer->class->reconcile(fixture->enforcer, plan, report, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(report->drifts->len, ==, 0);
    g_assert_cmpuint(report->problems->len, ==, 0);
    return g_steal_pointer(&report);
}

static void test_holds_and_says_why(Fixture *fixture, gconstpointer data)
{
    const char *detail =
        nl80211_is_there() ? "no radio here" : "this kernel has no wireless devices";

    start(fixture);
    for (guint pass = 0; pass < 2; pass++) {
        g_autoptr(EnforcerReport) report = run(fixture, BOTH);
        g_assert_cmpuint(report->findings->len, ==, 2);
        for (guint i = 0; i < 2; i++) {
            const Finding *finding = &g_array_index(report->findings, Finding, i);
            g_assert_cmpint(finding->verdict, ==, VERDICT_HOLDS);
            g_assert_cmpstr(finding->detail, ==, detail);
        }
    }
    g_assert_false(g_file_test(fixture->record, G_FILE_TEST_EXISTS));
}

static void test_one_item(Fixture *fixture, gconstpointer data)
{
    start(fixture);
    g_autoptr(EnforcerReport) report = run(fixture, "ProhibitWirelessLan");
    g_assert_cmpuint(report->findings->len, ==, 1);
    g_assert_cmpstr(catalog_items[g_array_index(report->findings, Finding, 0).item].key, ==,
                    "ProhibitWirelessLan");
}

static guint count_descriptors(void)
{
    g_autoptr(GDir) directory = g_dir_open("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (g_dir_read_name(directory))
        n++;
    return n;
}

static void test_listens_to_nothing_without_an_item(Fixture *fixture, gconstpointer data)
{
    start(fixture);
    const guint before = count_descriptors();
    g_autoptr(EnforcerReport) at_first = run(fixture, "");
    g_assert_cmpuint(count_descriptors(), ==, before);
    g_autoptr(EnforcerReport) during = run(fixture, BOTH);
    g_assert_cmpuint(count_descriptors(), >, before);
    g_autoptr(EnforcerReport) after = run(fixture, "");
    g_assert_cmpuint(count_descriptors(), ==, before);
    g_assert_cmpuint(at_first->findings->len + after->findings->len, ==, 0);
    g_assert_cmpuint(during->findings->len, ==, 2);
}

/* What was carried over a reboot is there to be taken back; unless there are switches to see that
 * it needs nothing, the kernel is listened to until there are. */
static void test_reads_the_store_when_it_comes(Fixture *fixture, gconstpointer data)
{
    g_autofree char *file = g_build_filename(fixture->directory, WIRELESS_CARRIED_FILE, NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_set_contents(file, "/devices/card\n", -1, NULL));
    start(fixture);
    store_is_there = FALSE;
    const guint before = count_descriptors();
    g_autoptr(EnforcerReport) without = run(fixture, "");
    g_assert_cmpuint(count_descriptors(), ==, before);
    store_is_there = TRUE;
    g_autoptr(EnforcerReport) with = run(fixture, "");
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    if (rfkill_is_there())
        g_assert_cmpstr(text, ==, "");
    else
        g_assert_cmpuint(count_descriptors(), >, before);
    g_assert_no_errno(g_remove(file));
}

/* What was done to interfaces that are gone needs nothing any more. */
static void test_record_of_what_is_gone(Fixture *fixture, gconstpointer data)
{
    g_assert_true(g_file_set_contents(fixture->record, "link 4294967297 2\n", -1, NULL));
    start(fixture);
    g_autoptr(EnforcerReport) report = run(fixture, "");
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fixture->record, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "");
}

static void test_damaged_record(Fixture *fixture, gconstpointer data)
{
    g_assert_true(g_file_set_contents(fixture->record, "link\nrubbish", -1, NULL));
    start(fixture);
    g_autoptr(EnforcerReport) report = run(fixture, BOTH);
    g_assert_cmpuint(report->findings->len, ==, 2);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*function)(Fixture *fixture, gconstpointer data);
    } tests[] = {
        {"/wireless/holds-and-says-why", test_holds_and_says_why},
        {"/wireless/one-item", test_one_item},
        {"/wireless/listens-to-nothing-without-an-item", test_listens_to_nothing_without_an_item},
        {"/wireless/reads-the-store-when-it-comes", test_reads_the_store_when_it_comes},
        {"/wireless/record-of-what-is-gone", test_record_of_what_is_gone},
        {"/wireless/damaged-record", test_damaged_record},
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
