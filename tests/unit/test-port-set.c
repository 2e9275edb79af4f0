/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/port-set.h"

#include <string.h>

/* The same set as one byte a port, slow and plain. */
typedef struct Model {
    guint8 member[65536];
} Model;

static void assert_matches(const PortSet *set, const Model *model)
{
    guint count = 0;

    for (guint port = 0; port < 65536; port++) {
        g_assert_cmpint(port_set_contains(set, port), ==, model->member[port]);
        count += model->member[port];
    }
    g_assert_cmpuint(port_set_count(set), ==, count);
    g_assert_cmpint(port_set_is_empty(set), ==, count == 0);
}

static void random_range(guint *first, guint *last)
{
    *first = (guint)g_test_rand_int_range(0, 65536);
    *last = (guint)g_test_rand_int_range((gint32)*first, (gint32)MIN(*first + 300, 65536));
    if (g_test_rand_int_range(0, 8) == 0)
        *last = 65535;
    if (g_test_rand_int_range(0, 8) == 0)
        *first = 0;
}

static void change_at_random(PortSet *set, Model *model)
{
    guint first = 0;
    guint last = 0;
    gboolean add = g_test_rand_int_range(0, 3) > 0;

    random_range(&first, &last);
    (add ? port_set_add_range : port_set_remove_range)(set, first, last);
    for (guint port = first; port <= last; port++)
        model->member[port] = (guint8)add;
}

static void test_ranges_match_a_plain_model(void)
{
    g_autofree PortSet *set = g_new0(PortSet, 1);
    g_autofree Model *model = g_new0(Model, 1);

    assert_matches(set, model);
    for (guint i = 0; i < 200; i++) {
        change_at_random(set, model);
        assert_matches(set, model);
    }
}

static void test_range_turned_around_is_empty(void)
{
    PortSet set = {0};

    port_set_add_range(&set, 80, 79);
    port_set_add_range(&set, 1000, 10);
    g_assert_true(port_set_is_empty(&set));
}

static void test_algebra_matches_a_plain_model(void)
{
    static void (*const operations[])(PortSet *, const PortSet *) = {
        port_set_union,
        port_set_subtract,
        port_set_intersect,
    };

    for (guint i = 0; i < 3 * 20; i++) {
        g_autofree PortSet *a = g_new0(PortSet, 1);
        g_autofree PortSet *b = g_new0(PortSet, 1);
        g_autofree Model *model_a = g_new0(Model, 1);
        g_autofree Model *model_b = g_new0(Model, 1);

        for (guint j = 0; j < 40; j++) {
            change_at_random(a, model_a);
            change_at_random(b, model_b);
        }
        operations[i % 3](a, b);
        for (guint port = 0; port < 65536; port++) {
            guint8 in_a = model_a->member[port];
            guint8 in_b = model_b->member[port];
            const guint8 expected[] = {in_a | in_b, in_a & !in_b, in_a & in_b};

            model_a->member[port] = expected[i % 3];
        }
        assert_matches(a, model_a);
        assert_matches(b, model_b);
    }
}

static void test_equal(void)
{
    PortSet a = {0};
    PortSet b = {0};

    g_assert_true(port_set_equal(&a, &b));
    port_set_add_range(&a, 65535, 65535);
    g_assert_false(port_set_equal(&a, &b));
    port_set_add_range(&b, 65535, 65535);
    g_assert_true(port_set_equal(&a, &b));
}

static void test_next_range(void)
{
    PortSet set = {0};
    PortRange range = {7, 7};

    g_assert_false(port_set_next_range(&set, 0, &range));
    g_assert_cmpuint(range.first, ==, 7);

    port_set_add_range(&set, 0, 1);
    port_set_add_range(&set, 63, 64);
    port_set_add_range(&set, 127, 320);
    port_set_add_range(&set, 65535, 65535);

    const PortRange expected[] = {{0, 1}, {63, 64}, {127, 320}, {65535, 65535}};
    guint from = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(port_set_next_range(&set, from, &range));
        g_assert_cmpuint(range.first, ==, expected[i].first);
        g_assert_cmpuint(range.last, ==, expected[i].last);
        from = range.last + 1U;
    }
    g_assert_false(port_set_next_range(&set, from, &range));
    g_assert_true(port_set_next_range(&set, 200, &range));
    g_assert_cmpuint(range.first, ==, 200);
    g_assert_cmpuint(range.last, ==, 320);
}

static void test_whole_set(void)
{
    PortSet set = {0};
    PortRange range = {0, 0};

    port_set_add_range(&set, 0, 65535);
    g_assert_true(port_set_next_range(&set, 0, &range));
    g_assert_cmpuint(range.first, ==, 0);
    g_assert_cmpuint(range.last, ==, 65535);
    g_assert_cmpuint(port_set_count(&set), ==, 65536);
}

static void test_text_survives_a_round_trip(void)
{
    for (guint i = 0; i < 50; i++) {
        g_autofree PortSet *set = g_new0(PortSet, 1);
        g_autofree PortSet *read = g_new0(PortSet, 1);
        g_autofree Model *model = g_new0(Model, 1);
        g_autoptr(GError) error = NULL;

        for (guint j = 0; j < i; j++)
            change_at_random(set, model);

        g_autofree char *text = port_set_to_string(set);

        g_assert_true(port_set_from_string(text, read, &error));
        g_assert_no_error(error);
        g_assert_true(port_set_equal(set, read));
    }
}

static void test_text(void)
{
    static const char *const spellings[][2] = {
        {"", ""},
        {"\n", ""},
        {"8080,9148-9200", "8080,9148-9200"},
        {"8080,9148-9200\n", "8080,9148-9200"},
        {" 8080 , 9148-9200 \n", "8080,9148-9200"},
        {"9148-9200,8080,9201", "8080,9148-9201"},
        {"0-65535", "0-65535"},
        {"5-5", "5"},
        {"0080", "80"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        PortSet set = {0};
        g_autoptr(GError) error = NULL;

        port_set_add_range(&set, 1, 1);
        g_assert_true(port_set_from_string(spellings[i][0], &set, &error));

        g_autofree char *text = port_set_to_string(&set);

        g_assert_cmpstr(text, ==, spellings[i][1]);
    }
}

static void test_bad_text_is_refused(void)
{
    static const char *const texts[] = {
        "x",
        "80 81",
        "80,",
        ",80",
        "80,,81",
        "80-",
        "-80",
        "81-80",
        "65536",
        "1-65536",
        "80-90-100",
        "80,\n",
        "99999999999999999999",
        "80\n81",
        "0x50",
        "80 - 90",
        "+80",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        PortSet set = {0};
        g_autoptr(GError) error = NULL;

        port_set_add_range(&set, 1, 1);
        g_assert_false(port_set_from_string(texts[i], &set, &error));
        g_assert_error(error, PORT_SET_ERROR, PORT_SET_ERROR_SYNTAX);
        g_assert_cmpuint(port_set_count(&set), ==, 1);
    }
}

static void test_bad_text_is_located(void)
{
    PortSet set = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(port_set_from_string("80,y", &set, &error));
    g_assert_nonnull(strstr(error->message, "character 4"));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-set/ranges-match-a-plain-model", test_ranges_match_a_plain_model);
    g_test_add_func("/port-set/range-turned-around-is-empty", test_range_turned_around_is_empty);
    g_test_add_func("/port-set/algebra-matches-a-plain-model", test_algebra_matches_a_plain_model);
    g_test_add_func("/port-set/equal", test_equal);
    g_test_add_func("/port-set/next-range", test_next_range);
    g_test_add_func("/port-set/whole-set", test_whole_set);
    g_test_add_func("/port-set/text-survives-a-round-trip", test_text_survives_a_round_trip);
    g_test_add_func("/port-set/text", test_text);
    g_test_add_func("/port-set/bad-text-is-refused", test_bad_text_is_refused);
    g_test_add_func("/port-set/bad-text-is-located", test_bad_text_is_located);
    return g_test_run();
}
