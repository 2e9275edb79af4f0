/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/key-search.h"

#include <string.h>

/* A shorter word is part of too much. */
#define MINIMUM_LENGTH 3
/* More are no help but a list, which there is a verb for. */
#define MAX_HOLDERS 6

void key_search_init(KeySearch *search, const char *word)
{
    *search = (KeySearch){.word = word, .holders = g_ptr_array_new()};
    nearest_init(&search->nearest, word);
}

void key_search_clear(KeySearch *search)
{
    g_clear_pointer(&search->holders, g_ptr_array_unref);
}

void key_search_offer(KeySearch *search, JsonArray *objects, const char *member)
{
    for (guint i = 0; i < json_array_get_length(objects); i++) {
        JsonObject *object = json_object_at(objects, i);
        const char *key = json_get_string(object, member);
        nearest_offer(&search->nearest, key);
        if (strcasestr(key, search->word) ||
            strcasestr(json_get_string(object, "Label"), search->word)) {
            g_ptr_array_add(search->holders, (char *)key);
        }
    }
}

char *key_search_to_hint(const KeySearch *search, const char *otherwise)
{
    guint count = strlen(search->word) < MINIMUM_LENGTH ? 0 : search->holders->len;
    if (search->nearest.best || count == 0 || count > MAX_HOLDERS) {
        g_autofree char *hint = nearest_to_hint(&search->nearest);
        return g_strdup(*hint ? hint : otherwise);
    }
    GString *text = g_string_new(count == 1 ? "; did you mean " : "; did you mean one of ");
    for (guint i = 0; i < count; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(search->holders, i));
    }
    return g_string_free(g_string_append_c(text, '?'), FALSE);
}
