/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On the loopback interface of a network namespace, as any link goes up in the same way. */
#include "daemon/enforce/wireless/wireless-apply.h"

#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <unistd.h>

#include "daemon/enforce/wireless/wireless-decision.h"
#include "tests/unit/two-hosts.h"

#define LOOPBACK  1
#define NO_LINK   4711
#define SOMEBODY  65534
#define LINK_LINE "link 7 2"

typedef struct Fixture {
    char *directory;
    RunRecord *record;
    WirelessTools tools;
    GPtrArray *problems;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->record = run_record_new(fixture->directory, "wireless");
    fixture->tools.links = nl_request_open(NETLINK_ROUTE, NULL);
    fixture->problems = g_ptr_array_new_with_free_func(g_free);
    g_assert_nonnull(fixture->tools.links);
    g_assert_true(run_record_add(fixture->record, LINK_LINE));
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->directory, "wireless", NULL);

    run_record_free(fixture->record);
    nl_socket_discard(fixture->tools.links);
    g_ptr_array_unref(fixture->problems);
    g_remove(path);
    g_assert_no_errno(g_rmdir(fixture->directory));
    g_free(fixture->directory);
}

static gboolean take_up(const Fixture *fixture, guint64 interface, gboolean abandon)
{
    const WirelessAction action = {
        .kind = WIRELESS_LINK_UP,
        .object = interface,
        .memory = WIRELESS_FORGET,
        .entry = {WIRELESS_DEED_LINK_DOWN, 7, 2},
    };
    g_autoptr(GArray) actions = g_array_new(FALSE, FALSE, sizeof(WirelessAction));

    g_array_append_val(actions, action);
    g_ptr_array_set_size(fixture->problems, 0);
    return wireless_apply(&fixture->tools, actions, fixture->record, abandon, fixture->problems);
}

static void test_done_is_forgotten(Fixture *fixture, gconstpointer data)
{
    g_assert_true(take_up(fixture, LOOPBACK, FALSE));
    g_assert_false(run_record_contains(fixture->record, LINK_LINE));
    g_assert_cmpuint(fixture->problems->len, ==, 0);
}

static void test_gone_is_forgotten(Fixture *fixture, gconstpointer data)
{
    g_assert_true(take_up(fixture, NO_LINK, FALSE));
    g_assert_false(run_record_contains(fixture->record, LINK_LINE));
    g_assert_cmpuint(fixture->problems->len, ==, 0);
}

/* Without the capability. The record is not to be written meanwhile, as it does not change. */
static void test_refused_is_kept_until_given_up(Fixture *fixture, gconstpointer data)
{
    g_assert_true(run_record_save(fixture->record, NULL));
    g_assert_no_errno(seteuid(SOMEBODY));
    const gboolean refused = !take_up(fixture, LOOPBACK, FALSE);
    const guint problems = fixture->problems->len;
    const gboolean kept = run_record_contains(fixture->record, LINK_LINE);
    (void)take_up(fixture, LOOPBACK, TRUE);
    g_assert_no_errno(seteuid(0));

    g_assert_true(refused);
    g_assert_cmpuint(problems, ==, 1);
    g_assert_true(kept);
    g_assert_false(run_record_contains(fixture->record, LINK_LINE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    g_test_add("/wireless-apply/done-is-forgotten", Fixture, NULL, set_up, test_done_is_forgotten,
               tear_down);
    g_test_add("/wireless-apply/gone-is-forgotten", Fixture, NULL, set_up, test_gone_is_forgotten,
               tear_down);
    g_test_add("/wireless-apply/refused-is-kept-until-given-up", Fixture, NULL, set_up,
               test_refused_is_kept_until_given_up, tear_down);
    return g_test_run();
}
