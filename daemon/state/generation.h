/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generation of the policy: a document as it was imported, and what is known of the import. */
#pragma once

#include <glib.h>

typedef struct GenerationMeta {
    char *name;            /* of the policy */
    guint64 serial;        /* of the policy */
    char *digest;          /* of the document, lower-case hexadecimal SHA-256 */
    guint64 imported_usec; /* CLOCK_REALTIME microseconds */
    guint32 uid;           /* who imported it */
    char *unit;            /* systemd unit of who imported it, "" where unknown */
    char *signer;          /* key and comments of the signature, "" where it was not signed */
    guint64 previous;      /* generation that was in force before; 0: none */
    gboolean confirmed;    /* FALSE: back to @previous unless confirmed in time */
    char *boot_id;         /* the boot in which the deadline counts; "" where confirmed */
    guint64 deadline_usec; /* CLOCK_BOOTTIME microseconds; 0 where confirmed */
} GenerationMeta;

typedef struct Generation {
    guint64 number; /* from 1, in order of import */
    GenerationMeta meta;
    GBytes *document;
    GBytes *signature; /* empty where it was not signed */
} Generation;

void generation_meta_clear(GenerationMeta *meta);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GenerationMeta, generation_meta_clear)
void generation_free(Generation *generation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Generation, generation_free)

/* As an INI file of one group, and back. Reading fails with GENERATION_ERROR where anything is
 * missing or of the wrong kind. */
char *generation_meta_print(const GenerationMeta *meta);
gboolean generation_meta_parse(const char *text, gsize length, GenerationMeta *ret_meta,
                               GError **error);

/* Reads the generation in @directory. GENERATION_ERROR where a file is missing, cannot be read, or
 * the document is not the one whose digest was recorded. */
Generation *generation_load(const char *directory, guint64 number, GError **error);

#define GENERATION_ERROR (generation_error_quark())
GQuark generation_error_quark(void);
typedef enum GenerationError {
    GENERATION_ERROR_DAMAGED,
} GenerationError;
