/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which characters a text from outside may hold. */
#pragma once

#include <glib.h>

/* Whether a name shown to people and sent over D-Bus may hold the character: no control characters,
 * no line or paragraph separators, no noncharacters (GLib counts those as valid UTF-8, D-Bus does
 * not). */
gboolean text_is_displayable(gunichar character);

/* A copy of at most @max_bytes bytes with everything that is not displayable or not UTF-8 replaced
 * by U+FFFD; what is cut ends in "...". Free with g_free(). */
char *text_sanitize(const char *text, gsize max_bytes);
