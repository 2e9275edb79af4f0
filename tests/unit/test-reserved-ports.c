/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/reserved-ports.h"

static PortSet ports(const char *text)
{
    PortSet set = {0};
    g_assert_true(port_set_from_string(text, &set, NULL));
    return set;
}

typedef struct Case {
    const char *name;
    const char *recorded;
    gboolean unsettled;
    const char *list;
    const char *wanted;
    const char *expected_list;
    const char *expected_added;
    const char *expected_missing;
} Case;

static const Case cases[] = {
    {"nothing-to-do", "", FALSE, "", "", "", "", ""},
    {"first-time", "", FALSE, "", "49152,60000", "49152,60000", "49152,60000", ""},
    {"keeps-the-administrators", "", FALSE, "8080,9148-9200", "49152", "8080,9148-9200,49152",
     "49152", ""},
    {"administrator-has-it-already", "", FALSE, "49152,50000", "49152", "49152,50000", "", ""},
    {"steady", "49152", FALSE, "8080,49152", "49152", "8080,49152", "49152", ""},
    {"takes-back-its-own", "49152", FALSE, "8080,49152", "", "8080", "", ""},
    {"leaves-the-administrators", "", FALSE, "49152", "", "49152", "", ""},
    {"one-goes-one-comes", "49152", FALSE, "8080,49152", "60000", "8080,60000", "60000", ""},
    {"administrator-added-one", "49152", FALSE, "49152,50000", "49152", "49152,50000", "49152", ""},
    {"list-was-replaced", "49152,60000", FALSE, "8080", "49152,60000", "8080,49152,60000",
     "49152,60000", "49152,60000"},
    {"list-was-emptied", "49152", FALSE, "", "49152", "49152", "49152", "49152"},
    {"list-was-replaced-by-one-that-has-some", "49152,60000", FALSE, "49152", "49152,60000",
     "49152,60000", "60000", "60000"},
    {"replaced-while-the-policy-lifts", "49152,60000", FALSE, "49152", "", "49152", "", ""},
    {"cut-short-before-the-list", "49152", TRUE, "8080", "49152", "8080,49152", "49152", ""},
    {"cut-short-behind-the-list", "49152", TRUE, "8080,49152", "49152", "8080,49152", "49152", ""},
    {"cut-short-between-two-plans", "49152,60000", TRUE, "8080,49152", "", "8080", "", ""},
};

static void test_plan(gconstpointer data)
{
    const Case *test = data;
    const ReservedPorts record = {ports(test->recorded), test->unsettled};
    const PortSet list = ports(test->list);
    const PortSet wanted = ports(test->wanted);
    ReservationChange change;

    reserved_ports_plan(&record, &list, &wanted, &change);
    g_autofree char *planned_list = port_set_to_string(&change.list);
    g_autofree char *planned_added = port_set_to_string(&change.added);
    g_autofree char *missing = port_set_to_string(&change.missing);
    g_assert_cmpstr(planned_list, ==, test->expected_list);
    g_assert_cmpstr(planned_added, ==, test->expected_added);
    g_assert_cmpstr(missing, ==, test->expected_missing);
}

static void assert_comes_back(const char *text, gboolean unsettled)
{
    const ReservedPorts record = {ports(text), unsettled};
    g_autofree char *written = reserved_ports_to_string(&record);
    ReservedPorts read = {0};

    g_assert_true(reserved_ports_from_string(written, &read, NULL));
    g_assert_true(port_set_equal(&read.added, &record.added));
    g_assert_cmpint(read.unsettled, ==, unsettled);
}

static void test_record(void)
{
    assert_comes_back("", FALSE);
    assert_comes_back("", TRUE);
    assert_comes_back("49152,60000-60009", FALSE);
    assert_comes_back("49152,60000-60009", TRUE);
}

static void test_damaged_record(void)
{
    static const char *const damaged[] = {"",
                                          "\n",
                                          "settled",
                                          "49152\n",
                                          "settled 4915x",
                                          "settled 70000\n",
                                          "lost 49152",
                                          "unsettled -1\n"};

    for (guint i = 0; i < G_N_ELEMENTS(damaged); i++) {
        g_autoptr(GError) error = NULL;
        ReservedPorts record = {.unsettled = 2};
        g_assert_false(reserved_ports_from_string(damaged[i], &record, &error));
        g_assert_error(error, PORT_SET_ERROR, PORT_SET_ERROR_SYNTAX);
        g_assert_cmpint(record.unsettled, ==, 2);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/reserved-ports/plan/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_plan);
    }
    g_test_add_func("/reserved-ports/record", test_record);
    g_test_add_func("/reserved-ports/damaged-record", test_damaged_record);
    return g_test_run();
}
