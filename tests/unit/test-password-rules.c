/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/password-rules.h"

typedef struct Case {
    const char *name;
    const char *item;
    guint number;
    const char *kept[8];
    const char *broken[8];
    const char *message;
} Case;

static const Case cases[] = {
    {"length",
     "MinimumPasswordLength",
     4,
     {"abcd", "abcde", "äöüß", "日本語字"},
     {"", "abc", "äöü", "日本語"},
     "the policy asks of a password: 4 characters or more (MinimumPasswordLength)"},
    {"longest",
     "MinimumPasswordLength",
     32,
     {"01234567890123456789012345678901"},
     {"0123456789012345678901234567890"},
     "the policy asks of a password: 32 characters or more (MinimumPasswordLength)"},
    {"repeated",
     "ProhibitRepeatedCharacters",
     0,
     {"", "a", "aa", "aabb", "aabaa", "aaAaa", "ääöä"},
     {"aaa", "xaaa", "aaax", "aabbb", "äää", "日日日", "    "},
     "the policy asks of a password: no character three times in a row "
     "(ProhibitRepeatedCharacters)"},
    {"uppercase",
     "RequireUppercase",
     0,
     {"A", "aZ", "1Ä"},
     {"", "abc", "ä1!", "ß", "日"},
     "the policy asks of a password: an upper-case letter (RequireUppercase)"},
    {"lowercase",
     "RequireLowercase",
     0,
     {"a", "Az", "1ä", "ß"},
     {"", "ABC", "Ä1!", "日"},
     "the policy asks of a password: a lower-case letter (RequireLowercase)"},
    {"digit",
     "RequireDigit",
     0,
     {"0", "a9", "9a"},
     {"", "abc", "one", "½"},
     "the policy asks of a password: a digit (RequireDigit)"},
    {"symbol",
     "RequireSymbol",
     0,
     {"!", "a-b", "a$", "a+", "a^", "€", "_"},
     {"", "abc1", "a b", "Ä", "日"},
     "the policy asks of a password: a symbol (RequireSymbol)"},
};

static Policy *policy_with(const char *item, guint number)
{
    Policy *policy = policy_new("A", 1);
    policy_request(policy, catalog_find_item(item), number);
    return policy;
}

static void assert_broken(const Policy *policy, const char *password, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(password_rules_check(policy, password, &error));
    g_assert_error(error, PASSWORD_RULES_ERROR, PASSWORD_RULES_ERROR_BROKEN);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_case(gconstpointer data)
{
    const Case *expected = data;
    g_autoptr(Policy) policy = policy_with(expected->item, expected->number);
    for (gsize i = 0; i < G_N_ELEMENTS(expected->kept) && expected->kept[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(password_rules_check(policy, expected->kept[i], &error));
        g_assert_no_error(error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(expected->broken) && expected->broken[i] != NULL; i++)
        assert_broken(policy, expected->broken[i], expected->message);
}

static void test_no_rule(void)
{
    g_autoptr(Policy) policy = policy_with("WarnDefaultPassword", 0);
    policy_request(policy, catalog_find_item("PasswordValidityDays"), 90);
    g_assert_true(password_rules_check(policy, "", NULL));
    g_assert_true(password_rules_check(policy, "aaaa", NULL));
}

static void test_all_rules(void)
{
    g_autoptr(Policy) policy = policy_new("A", 1);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        policy_request(policy, catalog_find_item(cases[i].item), 8);
    g_assert_true(password_rules_check(policy, "Pass-w0rd", NULL));
    assert_broken(policy, "日日日",
                  "the policy asks of a password: 8 characters or more (MinimumPasswordLength), no "
                  "character three times in a row (ProhibitRepeatedCharacters), an upper-case "
                  "letter (RequireUppercase), a lower-case letter (RequireLowercase), a digit "
                  "(RequireDigit), a symbol (RequireSymbol)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/password-rules/case/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/password-rules/no-rule", test_no_rule);
    g_test_add_func("/password-rules/all-rules", test_all_rules);
    return g_test_run();
}
