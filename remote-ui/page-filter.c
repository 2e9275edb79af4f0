/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-filter.h"

#include <string.h>

#include "daemon/policy/catalog.h"

#include "remote-ui/page-ports.h"

static void take_text(PageFilter *ret, const char *value)
{
    if (!g_utf8_validate(value, -1, NULL) || g_utf8_strlen(value, -1) > PAGE_FILTER_MAX_TEXT)
        return;
    g_free(ret->text);
    ret->text = g_strdup(value);
}

static void take_state(PageFilter *ret, const char *value)
{
    for (guint i = 0; i < WORDS_N_ITEM_STATES; i++)
        ret->states[i] = ret->states[i] || strcmp(words_item_states[i].state, value) == 0;
}

/* By itself: a wrong one would be the end of all that follow it. */
static void take_pair(PageFilter *ret, const char *pair)
{
    GUriParamsIter iter;
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;
    g_uri_params_iter_init(&iter, pair, -1, "&", G_URI_PARAMS_WWW_FORM);
    if (!g_uri_params_iter_next(&iter, &name, &value, NULL))
        return;
    if (strcmp(name, "q") == 0)
        take_text(ret, value);
    else if (strcmp(name, "state") == 0 && *value)
        take_state(ret, value);
}

void page_filter_parse(PageFilter *ret, const char *query)
{
    g_auto(GStrv) pairs = g_strsplit(query ? query : "", "&", -1);
    *ret = (PageFilter){.text = g_strdup("")};
    for (char **pair = pairs; *pair; pair++)
        take_pair(ret, *pair);
    g_autofree char *folded = g_utf8_casefold(ret->text, -1);
    ret->words = g_strsplit_set(folded, " \t\r\n", -1);
}

void page_filter_clear(PageFilter *filter)
{
    g_clear_pointer(&filter->text, g_free);
    g_clear_pointer(&filter->words, g_strfreev);
}

static gboolean has_state(const PageFilter *filter, const char *state)
{
    gboolean any = FALSE;
    for (guint i = 0; i < WORDS_N_ITEM_STATES; i++) {
        any = any || filter->states[i];
        if (filter->states[i] && strcmp(words_item_states[i].state, state) == 0)
            return TRUE;
    }
    return !any;
}

static void add_settings(GString *text, const DeviceView *view, GVariant *item)
{
    g_autofree const char **names = facts_strings(item, "Settings");
    for (const char **name = names; *name; name++) {
        GVariant *setting = device_view_setting(view, *name);
        g_string_append_printf(text, "\n%s\n%s", *name,
                               setting ? facts_string(setting, "Label") : "");
    }
}

/* What one would look for. */
static char *searchable(const DeviceView *view, GVariant *item)
{
    static const char *const properties[] = {"Label",       "Key",         "Group",
                                             "Description", "Consequence", "Detail"};
    g_autoptr(GString) text = g_string_new(words_item_state(facts_string(item, "State")));
    g_autofree char *ports = page_ports_words(item);
    g_string_append_printf(text, "\n%s\n%s", category_display_label(facts_string(item, "Category")),
                           ports ? ports : "");
    for (gsize i = 0; i < G_N_ELEMENTS(properties); i++)
        g_string_append_printf(text, "\n%s", facts_string(item, properties[i]));
    add_settings(text, view, item);
    return g_utf8_casefold(text->str, -1);
}

gboolean page_filter_matches(const PageFilter *filter, const DeviceView *view, GVariant *item)
{
    if (!has_state(filter, facts_string(item, "State")))
        return FALSE;
    if (!*filter->words)
        return TRUE;
    g_autofree char *text = searchable(view, item);
    for (char **word = filter->words; *word; word++)
        if (!strstr(text, *word))
            return FALSE;
    return TRUE;
}
