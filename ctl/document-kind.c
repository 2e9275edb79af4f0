/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/document-kind.h"

#include <string.h>

#define NEW_HINT "secpolctl new writes a policy to start from"

static gboolean starts_with(const char *bytes, gsize length, const char *magic, gsize magic_length)
{
    return length >= magic_length && memcmp(bytes, magic, magic_length) == 0;
}

static gboolean is_utf16(const char *bytes, gsize length)
{
    return starts_with(bytes, length, "\xff\xfe", 2) || starts_with(bytes, length, "\xfe\xff", 2);
}

/* A bracket alone may begin a group as well. */
static gboolean is_json(const char *bytes, gsize length)
{
    gsize i = 0;
    while (i < length && g_ascii_isspace(bytes[i])) {
        i++;
    }
    if (i >= length || bytes[i] == '{') {
        return i < length;
    }
    if (bytes[i] != '[') {
        return FALSE;
    }
    for (i++; i < length && g_ascii_isspace(bytes[i]);) {
        i++;
    }
    return i < length && (bytes[i] == '{' || bytes[i] == '[' || bytes[i] == '"');
}

/* Whether a line begins like that. */
static gboolean has_line(const char *bytes, gsize length, const char *start)
{
    gsize start_length = strlen(start);
    for (const char *line = bytes; line;) {
        gsize left = length - (gsize)(line - bytes);
        if (starts_with(line, left, start, start_length)) {
            return TRUE;
        }
        line = memchr(line, '\n', left);
        line = line ? line + 1 : NULL;
    }
    return FALSE;
}

/* Files of the same dialect with a purpose of their own, by a group that only they have. */
static const struct {
    const char *group;
    const char *verdict;
} relatives[] = {
    {"[Binding]", "is a binding of secpol-agent, see secpold.binding(5); " NEW_HINT},
    {"[Device]", "is a device profile, which belongs in /etc/secpold/device.conf, see "
                 "secpold.device(5); " NEW_HINT},
    {"[Functions]", "is a device profile, which belongs in /etc/secpold/device.conf, see "
                    "secpold.device(5); " NEW_HINT},
    {"[Unit]", "is a systemd unit; " NEW_HINT},
};

const char *document_kind_find_other(const char *bytes, gsize length)
{
    if (is_utf16(bytes, length)) {
        return "is text in UTF-16; save it as UTF-8";
    }
    if (length > 0 && memchr(bytes, '\0', length)) {
        return "is a binary file, not a policy document; " NEW_HINT;
    }
    if (starts_with(bytes, length, "untrusted comment:", strlen("untrusted comment:"))) {
        return "is a key or signature of minisign; name the document it belongs to";
    }
    if (is_json(bytes, length)) {
        return "is JSON; a policy document is made of [GROUP] and KEY=VALUE lines, and secpolctl "
               "export gives the one in force";
    }
    for (gsize i = 0; i < G_N_ELEMENTS(relatives) && !has_line(bytes, length, "[Policy]"); i++) {
        if (has_line(bytes, length, relatives[i].group)) {
            return relatives[i].verdict;
        }
    }
    return NULL;
}
