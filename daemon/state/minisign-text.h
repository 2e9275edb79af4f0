/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What minisign's files have in common: lines of comment and of base64. */
#pragma once

#include <glib.h>

#define MINISIGN_UNTRUSTED_COMMENT "untrusted comment: "
#define MINISIGN_TRUSTED_COMMENT   "trusted comment: "

/* 16 digits and a NUL. */
#define MINISIGN_KEY_ID_SIZE 17

typedef struct MinisignLine {
    const char *start; /* not terminated */
    gsize length;
} MinisignLine;

/* FALSE where the text is not exactly @n lines, or holds a NUL. Lines end in LF, or CRLF as
 * minisign for Windows writes them; the last one may do without. */
gboolean minisign_split(const char *text, gsize length, MinisignLine *ret_lines, guint n);

/* What follows @prefix in the line. FALSE where the line does not begin so. */
gboolean minisign_after(const MinisignLine *line, const char *prefix, MinisignLine *ret_rest);

/* Base64, padded, of exactly @n_bytes bytes and nothing else. */
gboolean minisign_decode(const MinisignLine *line, guint8 *ret_bytes, gsize n_bytes);

/* Made displayable: tabs, which minisign puts into its standard comment, become spaces. Free with
 * g_free(). */
char *minisign_display(const MinisignLine *comment);

/* The number that minisign prints too, but with leading zeros. */
void minisign_print_key_id(const guint8 *id, char ret_text[MINISIGN_KEY_ID_SIZE]);
