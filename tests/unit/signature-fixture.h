/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signed documents and keys for the tests of signatures, and a folder to make further ones in. */
#pragma once

#include "daemon/state/signature.h"

/* Made with Debian's minisign 0.11; its options are in the names. other.* is by another key. */
#define DATA SOURCE_ROOT "/tests/unit/data/signature/"

#define KEY_ID       "58E6E216ECC4E1B2"
#define OTHER_KEY_ID "B3E5476C39194D34"

typedef struct Fixture {
    TrustedKeys *keys; /* key.pub */
    char *document;
    char *hashed;
    char *legacy;
    char *other;
} Fixture;

void set_up(Fixture *fixture, gconstpointer data);
void tear_down(Fixture *fixture, gconstpointer data);

char *read_text(const char *path);
void add_key(TrustedKeys *keys, const char *text);
Signer *check(const TrustedKeys *keys, const char *document, const char *signature, GError **error);

/* A Signer of constants. */
typedef struct Expected {
    const char *key_id;
    const char *key_comment;
    const char *trusted_comment;
} Expected;

/* Of hashed.minisig. */
extern const Expected hashed_signer;

void assert_signed(const TrustedKeys *keys, const char *document, const char *signature,
                   const Expected *expected);

/* Whether the text begins with an untrusted comment and goes on as the original does, be it with
 * other line ends: what that comment says does not count. */
gboolean says_the_same(const char *text, gsize length, const char *original);

/* A temporary one; removed with the files in it. */
typedef struct Folder {
    char *path;
} Folder;

Folder folder_new(void);
void folder_clear(Folder *folder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folder, folder_clear)

void write_file(const Folder *folder, const char *name, const char *text);
char *read_from(const Folder *folder, const char *name);
