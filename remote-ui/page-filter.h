/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which items somebody wants to see: "q=ipp+port&state=violated&state=pending". The page's script
 * does the same without asking the server.
 */
#pragma once

#include <glib.h>

#include "remote-ui/device-view.h"
#include "remote-ui/words.h"

/* Of the text, in characters of any language; the page's field takes no more either. */
#define PAGE_FILTER_MAX_TEXT 200

typedef struct PageFilter {
    char *text;                           /* as typed */
    char **words;                         /* folded; an item has to have all of them */
    gboolean states[WORDS_N_ITEM_STATES]; /* by words_item_states; none set: any state */
} PageFilter;

/* @query is that of the address, or NULL. What is wrong in it, or too long, is left out. */
void page_filter_parse(PageFilter *ret, const char *query);
void page_filter_clear(PageFilter *filter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PageFilter, page_filter_clear)

gboolean page_filter_matches(const PageFilter *filter, const DeviceView *view, GVariant *item);
