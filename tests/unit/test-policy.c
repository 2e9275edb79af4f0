/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/policy.h"

#include <string.h>

static gsize index_of(const char *key)
{
    return catalog_item_index(catalog_find_item(key));
}

static void request(Policy *policy, const char *key, guint number)
{
    policy_request(policy, catalog_find_item(key), number);
}

static char *print_and_unref(GVariant *floating)
{
    g_autoptr(GVariant) value = g_variant_ref_sink(floating);

    return g_variant_print(value, TRUE);
}

static void assert_item(const Policy *policy, const char *key, const char *value,
                        const char *parameters)
{
    g_autofree char *found_value = print_and_unref(policy_item_value(policy, index_of(key)));
    g_autofree char *found = print_and_unref(policy_item_parameters(policy, index_of(key)));

    g_assert_cmpstr(found_value, ==, value);
    g_assert_cmpstr(found, ==, parameters);
}

static void test_new(void)
{
    g_autoptr(Policy) policy = policy_new("Head office", 12);

    g_assert_cmpstr(policy->name, ==, "Head office");
    g_assert_cmpuint(policy->serial, ==, 12);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        g_assert_false(policy->items[i].requested);
    assert_item(policy, "RestrictLpdPort", "false", "@a{sv} {}");
    assert_item(policy, "MinimumPasswordLength", "uint32 0", "@a{sv} {}");
    assert_item(policy, "EnableLockout", "false", "@a{sv} {}");
    policy_free(NULL);
}

static void test_request(void)
{
    g_autoptr(Policy) policy = policy_new("p", 1);

    request(policy, "RestrictLpdPort", 7);
    request(policy, "MinimumPasswordLength", 8);
    request(policy, "EnableLockout", 0);
    request(policy, "ForceAutoLogout", 0);
    request(policy, "ForceSntp", 0);

    g_assert_cmpuint(policy->items[index_of("RestrictLpdPort")].number, ==, 0);
    assert_item(policy, "RestrictLpdPort", "true", "@a{sv} {}");
    assert_item(policy, "MinimumPasswordLength", "uint32 8", "@a{sv} {}");
    assert_item(policy, "EnableLockout", "true",
                "{'LockoutThreshold': <uint32 3>, 'LockoutPeriodMin': <uint32 3>}");
    assert_item(policy, "ForceAutoLogout", "true", "{'AutoLogoutSec': <uint32 120>}");
    assert_item(policy, "ForceSntp", "true", "@a{sv} {}");

    policy->items[index_of("ForceSntp")].host = g_strdup("ntp.example.com");
    assert_item(policy, "ForceSntp", "true", "{'SntpServer': <'ntp.example.com'>}");
}

static void test_request_anew_forgets_parameters(void)
{
    g_autoptr(Policy) policy = policy_new("p", 1);

    request(policy, "ForceSntp", 0);
    policy->items[index_of("ForceSntp")].host = g_strdup("ntp.example.com");
    request(policy, "ForceSntp", 0);
    request(policy, "EnableLockout", 0);
    policy->items[index_of("EnableLockout")].parameters[1] = 60;
    request(policy, "EnableLockout", 0);

    assert_item(policy, "ForceSntp", "true", "@a{sv} {}");
    assert_item(policy, "EnableLockout", "true",
                "{'LockoutThreshold': <uint32 3>, 'LockoutPeriodMin': <uint32 3>}");
}

static void test_fallback(void)
{
    g_autoptr(Policy) policy = policy_new_fallback();
    guint n = 0;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const char *key = catalog_items[i].key;
        gboolean port_item = g_str_has_prefix(key, "Restrict") && g_str_has_suffix(key, "Port");
        gboolean expected = port_item || strcmp(key, "ProhibitSnmpV1") == 0 ||
                            strcmp(key, "ProhibitUsbStorage") == 0;

        g_assert_cmpint(policy->items[i].requested, ==, expected);
        n += expected;
    }
    g_assert_cmpuint(n, ==, 16);
}

static Policy *rich_policy(void)
{
    Policy *policy = policy_new("Head office", 12);

    request(policy, "RestrictLpdPort", 0);
    request(policy, "MinimumPasswordLength", 8);
    request(policy, "EnableLockout", 0);
    request(policy, "ForceSntp", 0);
    policy->items[index_of("ForceSntp")].host = g_strdup("ntp.example.com");
    return policy;
}

static void rename_it(Policy *policy)
{
    policy->name[0] = 'h';
}

static void raise_serial(Policy *policy)
{
    policy->serial++;
}

static void request_more(Policy *policy)
{
    request(policy, "RestrictRawPort", 0);
}

static void change_number(Policy *policy)
{
    policy->items[index_of("MinimumPasswordLength")].number++;
}

static void change_first_parameter(Policy *policy)
{
    policy->items[index_of("EnableLockout")].parameters[0]++;
}

static void change_second_parameter(Policy *policy)
{
    policy->items[index_of("EnableLockout")].parameters[1]++;
}

static void drop_host(Policy *policy)
{
    g_clear_pointer(&policy->items[index_of("ForceSntp")].host, g_free);
}

static void change_host(Policy *policy)
{
    policy->items[index_of("ForceSntp")].host[0] = 'm';
}

static void test_equal(void)
{
    void (*const changes[])(Policy *) = {
        rename_it,
        raise_serial,
        request_more,
        change_number,
        change_first_parameter,
        change_second_parameter,
        drop_host,
        change_host,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(Policy) a = rich_policy();
        g_autoptr(Policy) b = rich_policy();

        g_assert_true(policy_equal(a, b));
        changes[i](b);
        g_assert_false(policy_equal(a, b));
        g_assert_false(policy_equal(b, a));
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/new", test_new);
    g_test_add_func("/policy/request", test_request);
    g_test_add_func("/policy/request-anew-forgets-parameters",
                    test_request_anew_forgets_parameters);
    g_test_add_func("/policy/fallback", test_fallback);
    g_test_add_func("/policy/equal", test_equal);
    return g_test_run();
}
