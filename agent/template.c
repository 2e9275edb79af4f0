/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/template.h"

#include <string.h>

#include "daemon/policy/catalog.h"
#include "daemon/policy/ini-value.h"
#include "daemon/policy/nearest.h"

/* Large enough for hours in microseconds. */
#define FACTOR_MAX 3600000000U

G_DEFINE_QUARK(secpold_template_error, template_error)

/* One "${NAME*FACTOR}". */
typedef struct Placeholder {
    const CatalogSetting *setting;
    guint64 factor;
    gsize length; /* of its text, braces included */
} Placeholder;

static gboolean refuse_name(const char *name, GError **error)
{
    Nearest nearest;
    nearest_init(&nearest, name);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        nearest_offer(&nearest, catalog_settings[i].name);
    g_autofree char *hint = nearest_to_hint(&nearest);
    g_autofree char *quoted = ini_value_quote(name);
    g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_INVALID, "%s in ${} is not a setting%s",
                quoted, hint);
    return FALSE;
}

static gboolean read_factor(const char *text, Placeholder *placeholder, GError **error)
{
    if (!g_str_equal(placeholder->setting->type, "u")) {
        g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_INVALID,
                    "%s is not a number, so it cannot be multiplied", placeholder->setting->name);
        return FALSE;
    }
    return ini_value_parse_number(text, 1, FACTOR_MAX, NULL, &placeholder->factor, error);
}

/* @text begins with "${". */
static gboolean read_placeholder(const char *text, Placeholder *ret, GError **error)
{
    const char *end = strchr(text, '}');
    if (!end) {
        g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_INVALID,
                    "a ${ has no closing }; write $${ where none is meant");
        return FALSE;
    }
    g_autofree char *name = g_strndup(text + 2, (gsize)(end - text) - 2);
    char *star = strchr(name, '*');
    if (star)
        *star = '\0';

    Placeholder placeholder = {
        .setting = catalog_find_setting(name), .factor = 1, .length = (gsize)(end - text) + 1};
    if (!placeholder.setting)
        return refuse_name(name, error);
    if (g_str_equal(placeholder.setting->type, "b")) {
        g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_INVALID,
                    "%s is a flag: write out what it means to the service", name);
        return FALSE;
    }
    if (star && !read_factor(star + 1, &placeholder, error))
        return FALSE;
    *ret = placeholder;
    return TRUE;
}

/* The next placeholder, or NULL; a "$${" on the way is skipped. */
static const char *find_placeholder(const char *text)
{
    for (const char *at = strstr(text, "${"); at; at = strstr(at + 2, "${"))
        if (at == text || at[-1] != '$')
            return at;
    return NULL;
}

gboolean template_check(const char *text, GError **error)
{
    Placeholder placeholder = {0};
    for (const char *at = find_placeholder(text); at; at = find_placeholder(at)) {
        if (!read_placeholder(at, &placeholder, error))
            return FALSE;
        at += placeholder.length;
    }
    return TRUE;
}

void template_foreach(const char *text, void (*visit)(guint setting, gpointer data), gpointer data)
{
    Placeholder placeholder = {0};
    for (const char *at = find_placeholder(text); at; at = find_placeholder(at)) {
        if (!read_placeholder(at, &placeholder, NULL))
            return;
        visit((guint)catalog_setting_index(placeholder.setting), data);
        at += placeholder.length;
    }
}

/* "$${" is "${". */
static void append_literal(GString *result, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (length - i >= 3 && strncmp(text + i, "$${", 3) == 0)
            i++;
        g_string_append_c(result, text[i]);
    }
}

static void append_value(GString *result, GVariant *value, const Placeholder *placeholder,
                         TemplateLimits limits)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
        g_string_append(result, g_variant_get_string(value, NULL));
        return;
    }
    const guint64 number = CLAMP(g_variant_get_uint32(value), limits.least, limits.most);
    g_string_append_printf(result, "%" G_GUINT64_FORMAT, number * placeholder->factor);
}

char *template_expand(const char *text, GVariant *const values[], TemplateLimits limits)
{
    g_autoptr(GString) result = g_string_new(NULL);
    Placeholder placeholder = {0};
    const char *at;

    while ((at = find_placeholder(text)) && read_placeholder(at, &placeholder, NULL)) {
        GVariant *value = values[catalog_setting_index(placeholder.setting)];
        if (!value)
            return NULL;
        append_literal(result, text, (gsize)(at - text));
        append_value(result, value, &placeholder, limits);
        text = at + placeholder.length;
    }
    append_literal(result, text, strlen(text));
    return g_string_free(g_steal_pointer(&result), FALSE);
}

gboolean number_from_text(const char *text, guint64 *ret_number)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    return g_ascii_string_to_unsigned(stripped, 10, 0, G_MAXUINT64, ret_number, NULL);
}

/* A whole number with a sign, for comparing. */
typedef struct Whole {
    gboolean negative;
    guint64 size;
} Whole;

static gboolean read_whole(const char *text, Whole *ret)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    const gboolean negative = *stripped == '-';
    guint64 size;
    if (!g_ascii_string_to_unsigned(stripped + negative, 10, 0, G_MAXUINT64, &size, NULL))
        return FALSE;
    *ret = (Whole){negative && size != 0, size};
    return TRUE;
}

static gboolean is_less(Whole a, Whole b)
{
    if (a.negative != b.negative)
        return a.negative;
    return a.negative ? a.size > b.size : a.size < b.size;
}

/* @range holds "..". */
static gboolean range_contains(const char *range, Whole number)
{
    const char *dots = strstr(range, "..");
    g_autofree char *first = g_strndup(range, (gsize)(dots - range));
    const char *last = dots + 2;
    Whole low;
    Whole high;
    if (*first && (!read_whole(first, &low) || is_less(number, low)))
        return FALSE;
    return !*last || (read_whole(last, &high) && !is_less(high, number));
}

gboolean word_list_check(const char *list, GError **error)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) problem = NULL;

    if (g_shell_parse_argv(list, NULL, &words, &problem))
        return TRUE;
    g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_INVALID, "%s",
                g_error_matches(problem, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING)
                    ? "a word is missing; '' is the empty one"
                    : "a quotation mark is not closed");
    return FALSE;
}

gboolean word_list_contains(const char *list, const char *word)
{
    g_auto(GStrv) entries = NULL;
    if (!g_shell_parse_argv(list, NULL, &entries, NULL))
        return FALSE;

    Whole number;
    const gboolean is_number = read_whole(word, &number);
    for (char **entry = entries; *entry; entry++) {
        if (g_str_equal(*entry, word))
            return TRUE;
        if (is_number && strstr(*entry, "..") && range_contains(*entry, number))
            return TRUE;
    }
    return FALSE;
}
