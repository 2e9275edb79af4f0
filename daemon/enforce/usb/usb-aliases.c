/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-aliases.h"

#include <fnmatch.h>
#include <string.h>

#include "daemon/enforce/usb/usb-storage-drivers.h"

#define LIST_PREFIX    "alias usb:"
#define PATTERN_PREFIX "usb:"
#define BUILTIN_INFIX  ".alias=usb:"

typedef struct Alias {
    const char *pattern;
    const char *module;
} Alias;

struct UsbAliases {
    GStringChunk *strings;
    GArray *aliases; /* element type Alias */
};

UsbAliases *usb_aliases_new(void)
{
    UsbAliases *aliases = g_new0(UsbAliases, 1);

    aliases->strings = g_string_chunk_new(4096);
    aliases->aliases = g_array_new(FALSE, FALSE, sizeof(Alias));
    return aliases;
}

void usb_aliases_free(UsbAliases *aliases)
{
    if (!aliases)
        return;
    g_string_chunk_free(aliases->strings);
    g_array_unref(aliases->aliases);
    g_free(aliases);
}

static void add(UsbAliases *aliases, const char *pattern, gsize pattern_length, const char *module,
                gsize module_length)
{
    g_autofree char *name = g_strndup(module, module_length);

    if (aliases->aliases->len >= USB_ALIASES_MAX || !usb_storage_driver_is(name))
        return;
    const Alias alias = {
        .pattern = g_string_chunk_insert_len(aliases->strings, pattern, (gssize)pattern_length),
        .module = g_string_chunk_insert_const(aliases->strings, name),
    };
    g_array_append_val(aliases->aliases, alias);
}

static void add_line(UsbAliases *aliases, const char *line, gsize length)
{
    if (length <= strlen(LIST_PREFIX) || memcmp(line, LIST_PREFIX, strlen(LIST_PREFIX)) != 0)
        return;
    const char *pattern = line + strlen("alias ");
    const char *blank = memchr(pattern, ' ', length - strlen("alias "));
    if (!blank)
        return;
    add(aliases, pattern, (gsize)(blank - pattern), blank + 1, length - (gsize)(blank + 1 - line));
}

static void add_entry(UsbAliases *aliases, const char *entry, gsize length)
{
    const char *infix = memmem(entry, length, BUILTIN_INFIX, strlen(BUILTIN_INFIX));
    if (!infix)
        return;
    const char *pattern = infix + strlen(BUILTIN_INFIX) - strlen(PATTERN_PREFIX);
    add(aliases, pattern, length - (gsize)(pattern - entry), entry, (gsize)(infix - entry));
}

static void split(UsbAliases *aliases, const char *text, gsize length, char separator,
                  void (*take)(UsbAliases *, const char *, gsize))
{
    while (length > 0) {
        const char *end = memchr(text, separator, length);
        const gsize size = end ? (gsize)(end - text) : length;
        take(aliases, text, size);
        if (!end)
            return;
        text += size + 1;
        length -= size + 1;
    }
}

void usb_aliases_add_list(UsbAliases *aliases, const char *text, gsize length)
{
    split(aliases, text, length, '\n', add_line);
}

void usb_aliases_add_builtin(UsbAliases *aliases, const char *text, gsize length)
{
    split(aliases, text, length, '\0', add_entry);
}

const char *usb_aliases_find(const UsbAliases *aliases, const char *modalias)
{
    for (guint i = 0; i < aliases->aliases->len; i++) {
        const Alias *alias = &g_array_index(aliases->aliases, Alias, i);
        if (fnmatch(alias->pattern, modalias, 0) == 0)
            return alias->module;
    }
    return NULL;
}

gboolean usb_aliases_has_module(const UsbAliases *aliases, const char *module)
{
    for (guint i = 0; i < aliases->aliases->len; i++)
        if (strcmp(g_array_index(aliases->aliases, Alias, i).module, module) == 0)
            return TRUE;
    return FALSE;
}
