/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which items somebody wants to see: "q=ipp+port&state=violated&state=pending". The page's script
 * does the same without asking the server.
 */
#pragma once

#include <glib.h>

#include "remote-ui/device-view.h"
#include "remote-ui/words.h"

typedef struct PageFilter {
    char *text;                           /* as typed, at most 200 bytes */
    char **words;                         /* folded; an item has to have all of them */
    gboolean states[WORDS_N_ITEM_STATES]; /* by words_item_states; none set: any state */
} PageFilter;

/* @query is that of the address, or NULL. What is wrong in it is left out. */
void page_filter_parse(PageFilter *ret, const char *query);
void page_filter_clear(PageFilter *filter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PageFilter, page_filter_clear)

gboolean page_filter_matches(const PageFilter *filter, const DeviceView *view, GVariant *item);
