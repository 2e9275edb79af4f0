/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text into markup. Whatever comes from the bus or from a request goes through here. */
#pragma once

#include <glib.h>

/* Appends as g_string_append_printf() does, but every string argument is escaped, for text and for
 * quoted attribute values alike; only @format itself is markup. */
void html_add(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
