/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody may have meant by a key that does not exist. */
#pragma once

#include "ctl/json-member.h"

#include "daemon/policy/nearest.h"

typedef struct KeySearch {
    const char *word; /* as typed; not owned */
    Nearest nearest;
    GPtrArray
        *holders; /* keys that hold the word, or whose label does; element type char, borrowed */
} KeySearch;

void key_search_init(KeySearch *search, const char *word);
void key_search_clear(KeySearch *search);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeySearch, key_search_clear)

/* Looks through objects with a Label, whose key is in @member. They have to outlive @search. */
void key_search_offer(KeySearch *search, JsonArray *objects, const char *member);

/* "; did you mean RestrictLpdPort?", "; did you mean one of ...?", or @otherwise where nothing is
 * near. Free with g_free(). */
char *key_search_to_hint(const KeySearch *search, const char *otherwise);
