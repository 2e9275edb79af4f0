/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What survives a reboot: imported policies as numbered generations, which of them is in force,
 * the highest confirmed serial, and the password that holds. Layout below the state directory:
 *
 *   policies/GENERATION/{policy,policy.minisig,meta}   byte for byte as imported
 *   current -> policies/GENERATION                      swapped by rename
 *   serial-floor, password, attempts                    small files, replaced by rename
 *
 * A generation is written beside the others, synced, renamed into place, and only then becomes
 * current, so that a crash or a power cut at any moment leaves the whole old or the whole new
 * policy. The newest five generations stay, and the one that is current or can be reverted to.
 */
#pragma once

#include <glib.h>

#define STORE_GENERATIONS_KEPT 5

/* What is kept beside a document. */
typedef struct GenerationMeta {
    char *name;
    guint64 serial;
    char *digest;          /* of the document, lower-case hexadecimal SHA-256 */
    guint64 imported_usec; /* CLOCK_REALTIME microseconds */
    guint32 uid;           /* who imported it */
    char *unit;            /* systemd unit of the importer, "" where unknown */
    gboolean confirmed;    /* FALSE: back to @previous unless confirmed in time */
    guint64 previous;      /* generation in force before; 0: none */
    char *boot_id;         /* unconfirmed: the boot in which the deadline counts */
    guint64 deadline_usec; /* unconfirmed: CLOCK_BOOTTIME microseconds */
} GenerationMeta;

typedef struct Generation {
    guint64 number; /* from 1 */
    GenerationMeta meta;
    GBytes *document;
    GBytes *signature; /* empty where it was not signed */
} Generation;

void generation_free(Generation *generation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Generation, generation_free)

typedef struct Store Store;

/* @directory is created (0700) where it is missing. STORE_ERROR_UNAVAILABLE where it is on a file
 * system that should be mounted and is not, or cannot be read. */
Store *store_open(const char *directory, GError **error);
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* Whether anything was ever imported here. */
gboolean store_was_used(const Store *store);

/* The current generation; where it is damaged it is set aside as GENERATION.damaged and the newest
 * whole one takes its place. *ret_generation is NULL where there is none. @ret_damaged: sentences
 * on what was set aside; free with g_strfreev(). FALSE: the store cannot be read. */
gboolean store_load_current(Store *store, Generation **ret_generation, GStrv *ret_damaged,
                            GError **error);

/* All whole generations, newest first. Element type Generation. */
GPtrArray *store_list(Store *store, GError **error);

/* Any generation by number; NULL with STORE_ERROR_NO_SUCH_GENERATION. */
Generation *store_load(Store *store, guint64 number, GError **error);

/* Makes a new generation durable and current; its number is in @ret_number. On failure what was
 * current still is. Prunes old generations. */
gboolean store_add(Store *store, GBytes *document, GBytes *signature, const GenerationMeta *meta,
                   guint64 *ret_number, GError **error);

/* Marks a generation confirmed, durably. */
gboolean store_confirm(Store *store, guint64 number, GError **error);

/* Makes an older generation current again (0: none), and drops the ones after it. */
gboolean store_revert_to(Store *store, guint64 number, GError **error);

/* The highest serial that was confirmed and the digest of its document; 0 and "" before the
 * first. */
gboolean store_serial_floor(const Store *store, guint64 *ret_serial, char **ret_digest,
                            GError **error);
gboolean store_raise_serial_floor(Store *store, guint64 serial, const char *digest, GError **error);

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
typedef enum StoreError {
    STORE_ERROR_UNAVAILABLE,
    STORE_ERROR_NO_SUCH_GENERATION,
    STORE_ERROR_DAMAGED,
    STORE_ERROR_FAILED, /* a file-system call failed; the message names file and reason */
} StoreError;
