/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What survives a reboot: imported policies as numbered generations, which of them is in force, and
 * the highest confirmed serial. Layout below the state directory, which is for root alone:
 *
 *   policies/NUMBER/{policy,policy.minisig,meta}   the documents byte for byte as imported
 *   current -> policies/NUMBER                     the one in force, swapped by rename
 *   serial-floor, last-generation                  replaced by rename
 *   seal, attempts                                 not the store's, but kept beside it
 *
 * A generation is written beside the others, synced, renamed into place, and only then becomes
 * current, so that a crash or a power cut at any moment leaves the whole old or the whole new
 * policy. Numbers above the current one are what such an accident, or a revert, has left behind.
 * The newest five generations stay, and the one that an unconfirmed one would give way to.
 */
#pragma once

#include "daemon/state/generation.h"

#define STORE_GENERATIONS_KEPT 5

typedef struct Store Store;

/* Creates @directory where it is missing, and clears away what an interrupted change has left
 * behind. STORE_ERROR_UNAVAILABLE where it cannot be read, belongs to another user, is in use by
 * another process, or is on a file system that ought to be mounted and is not. One that can only be
 * read is good for reading. */
Store *store_open(const char *directory, GError **error);
/* NULL-safe. Lets go of the lock that keeps a second secpold out. */
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* Whether anything is, or was, in it: then finding no policy is an accident. */
gboolean store_was_used(const Store *store);

/* Whether the generation that was in force is gone or was set aside, so that whatever is in force
 * only stands in for it. */
gboolean store_lost_current(const Store *store);

/* Whether a generation that was read whole can also be used. */
typedef gboolean (*StoreAccept)(const Generation *generation, gpointer data, GError **error);

/* The generation in force. One that is damaged, or not accepted, is set aside as
 * policies/NUMBER.damaged and the one before it takes its place, until there is none left: then
 * *ret_generation is NULL. @ret_damaged: a sentence for each that was set aside, and for the one
 * that was in force and is not there; free with g_strfreev(). STORE_ERROR_UNAVAILABLE where the
 * store cannot be read. */
gboolean store_load_current(Store *store, StoreAccept accept, gpointer data,
                            Generation **ret_generation, GStrv *ret_damaged, GError **error);

/* All whole generations, newest first. Element type Generation. */
GPtrArray *store_list(const Store *store);

/* The generation with this number, or NULL with STORE_ERROR_NO_SUCH_GENERATION. */
Generation *store_load(const Store *store, guint64 number, GError **error);

/* Makes a new generation durable and current, and removes those beyond the newest five. On failure,
 * with STORE_ERROR_FAILED, what was current still is. @signature may be empty. */
gboolean store_add(Store *store, GBytes *document, GBytes *signature, const GenerationMeta *meta,
                   guint64 *ret_number, GError **error);

/* Records that the generation is confirmed. */
gboolean store_confirm(Store *store, const Generation *generation, GError **error);

/* Makes an older generation current again, or none (0), and removes the later ones. */
gboolean store_revert_to(Store *store, guint64 number, GError **error);

/* The highest confirmed serial and the digest of its document: 0 and "" before the first. */
void store_serial_floor(const Store *store, guint64 *ret_serial, char **ret_digest);
gboolean store_raise_serial_floor(Store *store, guint64 serial, const char *digest, GError **error);

/* Forgets everything: generations, damaged ones too, serials, the setting password and wrong
 * ones. */
gboolean store_reset(Store *store, GError **error);

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
typedef enum StoreError {
    STORE_ERROR_UNAVAILABLE,
    STORE_ERROR_NO_SUCH_GENERATION,
    STORE_ERROR_FAILED,
} StoreError;
