/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits a text by way of Augeas: what a lens does not have to change stays as it was, byte for
 * byte, comments included. Text in, text out; no file is touched. */
#pragma once

#include "agent/binding.h"

/* The text with the edit (of kind EDIT_TREE) made; the same text where it already is. @values: as
 * template_expand() takes them. NULL where the lens cannot read the text, which is named with its
 * line, or cannot write what the edit wants: TREE_TEXT_ERROR. No error quotes the text. Free with
 * g_free(). */
char *tree_edit_apply(const BindingEdit *edit, const char *text, GVariant *const values[],
                      GError **error);

/* Whether the edit is in the text. @ret_found (not NULL) is the first value that is another than
 * the edit would write, be it that Keep= lets it stand; NULL where there is none. FALSE with @error
 * where the lens cannot read the text. */
gboolean tree_edit_holds(const BindingEdit *edit, const char *text, GVariant *const values[],
                         gboolean *ret_holds, char **ret_found, GError **error);
