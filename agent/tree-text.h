/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text as the tree that a lens of Augeas makes of it, and back. No error quotes the text, which
 * may hold secrets. */
#pragma once

#include <augeas.h>

#include "agent/binding.h"

/* Where the tree is, and what expressions of XPath begin with. The variables $new and $place are
 * the edit's. */
#define TREE_TEXT_ROOT "/tree"

/* One is open at a time; of a text that is closed nothing stays behind. */
typedef augeas TreeText;

/* By the edit's lens. NULL where that cannot read the text; the line is named. */
TreeText *tree_text_open(const BindingEdit *edit, const char *text, GError **error);
void tree_text_close(TreeText *aug);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TreeText, tree_text_close)

/* NULL where the lens cannot write the tree. Free with g_free(). */
char *tree_text_retrieve(TreeText *aug, const BindingEdit *edit, GError **error);

/* Sets what Augeas failed by when it was to do @what with the tree; returns FALSE. */
gboolean tree_text_fail_edit(TreeText *aug, const BindingEdit *edit, const char *what,
                             GError **error);

/* Lenses that were used stay in memory until then. */
void tree_text_forget_lenses(void);

/* Whether Augeas has the lens here. */
gboolean tree_text_lens_exists(const char *lens);

#define TREE_TEXT_ERROR (tree_text_error_quark())
GQuark tree_text_error_quark(void);
typedef enum TreeTextError {
    TREE_TEXT_ERROR_TEXT, /* not as the lens has it */
    TREE_TEXT_ERROR_EDIT, /* the edit does not fit the tree */
} TreeTextError;
