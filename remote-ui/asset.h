/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that are built into the program. */
#pragma once

#include <glib.h>

typedef struct Asset {
    const char *name; /* also the path of the request, without the slash before it */
    const char *type; /* of the content */
} Asset;

/* What is handed out as it is; NULL where there is no such file. */
const Asset *asset_find(const char *name);

/* The text of any built-in file, which is there. Lives as long as the program. */
const char *asset_text(const char *name);

/* An entity tag, which changes with the content. Free with g_free(). */
char *asset_tag(const char *name);
