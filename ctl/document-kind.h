/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are something else than a policy document: told apart, so that who took the wrong one
 * reads what it is instead of what is wrong with every line of it. */
#pragma once

#include <glib.h>

/* What the bytes obviously are and what to do with that, as the end of a sentence: "is a device
 * profile, ..."; NULL where they may be a policy document. */
const char *document_kind_find_other(const char *bytes, gsize length);
