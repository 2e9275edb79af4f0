/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/asset.h"

#include <string.h>

#include <gio/gio.h>

#define TAG_DIGITS 16

static const Asset assets[] = {
    {"page.css", "text/css; charset=utf-8"},
    {"page.js", "text/javascript; charset=utf-8"},
    {"favicon.svg", "image/svg+xml"},
};

const Asset *asset_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(assets); i++)
        if (strcmp(assets[i].name, name) == 0)
            return &assets[i];
    return NULL;
}

const char *asset_text(const char *name)
{
    g_autofree char *path = g_strconcat("/org/secpold1/remote-ui/", name, NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(bytes);
    /* Uncompressed resources lie in the program itself, with a zero byte after each. */
    return g_bytes_get_data(bytes, NULL);
}

char *asset_tag(const char *name)
{
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, asset_text(name), -1);
    return g_strdup_printf("\"%.*s\"", TAG_DIGITS, digest);
}
