/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store's folders and links: for store*.c alone. */
#pragma once

#include "daemon/state/store.h"

#define STORE_POLICIES "policies"

/* Of a generation; a name or record with a larger one is not ours. */
#define STORE_NUMBER_MAX G_GUINT64_CONSTANT(999999999999999999)

struct Store {
    int lock; /* the directory, locked against a second secpold */
    char *directory;
    char *policies;
    char *current;
    char *floor;
};

/* Sets @error to @code with the message of @cause. Returns FALSE. */
gboolean store_fail(GError **error, StoreError code, const GError *cause);

/* Free with g_free(). */
char *store_generation_path(const Store *store, guint64 number);
char *store_fresh_path(const Store *store); /* of the folder that is being written */

/* The numbers that are there, newest first, looked at or not; NULL where that cannot be told. */
GArray *store_list_numbers(const Store *store, GError **error);

/* The number that the link names; 0 where there is no link, or one that is not ours. */
guint64 store_current_number(const Store *store);

/* Puts the link on a generation, durably. */
gboolean store_make_current(const Store *store, guint64 number, GError **error);

/* Removes a folder, or what there is of one. Best effort: what stays is not current, and is tried
 * again at the next start. */
void store_remove_folder(const char *path);
void store_remove_generation(const Store *store, guint64 number);
