/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits a text into groups and entries. The dialect is GKeyFile's:
 *
 *   - The text is UTF-8 of at most 64 KiB, without a byte order mark. Lines end in LF or CRLF.
 *     Other control characters (a tab is none), NUL and Unicode's noncharacters are errors
 *     everywhere, comments included, so that what a terminal shows is what the text says.
 *   - A line is blank, a comment (its first character is "#"; ";" starts no comment, and nothing
 *     that follows a value is one), a group "[NAME]", or an entry "KEY=VALUE".
 *   - Blanks (space, tab) at both ends of a line and around the first "=" do not count. Here
 *     GKeyFile differs: it keeps those at the end of a value.
 *   - In a value \s is a space, \t a tab, \n and \r the line ends, \\ a backslash.
 *   - A line does not continue on the next; values are not quoted.
 *
 * Further than GKeyFile: a group may appear once and a key once in its group, every error is
 * reported with its line, and what stands in groups called "X-..." is for others: lines there must
 * be lines of the dialect, and nothing else is asked of them.
 */
#pragma once

#include "daemon/policy/diagnostic.h"

#define INI_MAX_BYTES 65536

typedef struct IniGroup {
    const char *name; /* "" where the line is damaged, or entries came before any group */
    guint line;       /* of its header */
    gboolean bare;    /* the header is alone on its line, without a blank */
} IniGroup;

typedef struct IniEntry {
    const IniGroup *group; /* never NULL */
    const char *key;       /* not empty */
    const char *value;     /* NULL where it is damaged, which has been reported */
    guint line;
} IniEntry;

typedef struct IniFile {
    GPtrArray *groups;     /* element type IniGroup, in order, "X-..." groups included */
    GArray *entries;       /* element type IniEntry, in order, without those of "X-..." groups */
    GStringChunk *strings; /* owns all names, keys and values */
} IniFile;

/* Reads @text, which need not end in NUL; @file names it in diagnostics and may be NULL. Every
 * error is added to @diagnostics. What could be read is returned also when there were errors, so
 * that the caller can look for further ones; NULL only where the text is too long. */
IniFile *ini_scan(const char *text, gsize length, const char *file, Diagnostics *diagnostics);

void ini_file_free(IniFile *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IniFile, ini_file_free)

/* Whether a group of this name is for others to read. */
gboolean ini_group_is_foreign(const IniGroup *group);
