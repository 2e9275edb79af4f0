/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What D-Bus tells of one object: a dictionary a{sv} of properties. A property that is not there,
 * or is of another type, reads as empty, false or 0, so that a newer or older secpold shows what it
 * has.
 */
#pragma once

#include <glib.h>

/* Borrowed from @facts. */
const char *facts_string(GVariant *facts, const char *name);

gboolean facts_boolean(GVariant *facts, const char *name);

/* An unsigned number of 32 or 64 bits. */
guint64 facts_number(GVariant *facts, const char *name);

/* The value, which for a property that is a variant itself is what is in it; NULL where @type, if
 * given, does not fit. Free with g_variant_unref(). */
GVariant *facts_value(GVariant *facts, const char *name, const char *type);

/* Elements borrowed from @facts. Free with g_free(). */
const char **facts_strings(GVariant *facts, const char *name);
