/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/password-rules.h"

/* That many of one character in a row are too many. */
#define REPEATED_TOO_OFTEN 3

G_DEFINE_QUARK(secpold_password_rules_error, password_rules_error)

static gboolean is_long_enough(const char *password, guint number)
{
    return g_utf8_strlen(password, -1) >= (glong)number;
}

static gboolean repeats_little(const char *password, guint number)
{
    gunichar last = 0;
    guint run = 0;
    for (const char *at = password; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        run = character == last ? run + 1 : 1;
        last = character;
        if (run == REPEATED_TOO_OFTEN)
            return FALSE;
    }
    return TRUE;
}

static gboolean has_any(const char *password, gboolean (*is_one)(gunichar character))
{
    for (const char *at = password; *at != '\0'; at = g_utf8_next_char(at))
        if (is_one(g_utf8_get_char(at)))
            return TRUE;
    return FALSE;
}

static gboolean has_uppercase(const char *password, guint number)
{
    return has_any(password, g_unichar_isupper);
}

static gboolean has_lowercase(const char *password, guint number)
{
    return has_any(password, g_unichar_islower);
}

static gboolean has_digit(const char *password, guint number)
{
    return has_any(password, g_unichar_isdigit);
}

static gboolean has_symbol(const char *password, guint number)
{
    return has_any(password, g_unichar_ispunct);
}

static const struct {
    const char *item;
    gboolean (*is_kept)(const char *password, guint number);
    const char *demand; /* preceded by the number where the item is one */
} rules[] = {
    {"MinimumPasswordLength", is_long_enough, "characters or more"},
    {"ProhibitRepeatedCharacters", repeats_little, "no character three times in a row"},
    {"RequireUppercase", has_uppercase, "an upper-case letter"},
    {"RequireLowercase", has_lowercase, "a lower-case letter"},
    {"RequireDigit", has_digit, "a digit"},
    {"RequireSymbol", has_symbol, "a symbol"},
};

static void add_demand(GString *demands, gsize rule, guint number)
{
    g_string_append(demands, demands->len > 0 ? ", " : "");
    if (number > 0)
        g_string_append_printf(demands, "%u ", number);
    g_string_append_printf(demands, "%s (%s)", rules[rule].demand, rules[rule].item);
}

gboolean password_rules_check(const Policy *policy, const char *password, GError **error)
{
    g_autoptr(GString) demands = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        const CatalogItem *item = catalog_find_item(rules[i].item);
        const PolicyItem *request = &policy->items[catalog_item_index(item)];
        if (request->requested && !rules[i].is_kept(password, request->number))
            add_demand(demands, i, request->number);
    }
    if (demands->len == 0)
        return TRUE;
    g_set_error(error, PASSWORD_RULES_ERROR, PASSWORD_RULES_ERROR_BROKEN,
                "the policy asks of a password: %s", demands->str);
    return FALSE;
}
