/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tree-text.h"

#include <string.h>

/* Where the text, its tree, and the text made from it again are kept. */
#define TEXT_NODE   "/source"
#define RESULT_NODE "/result"
#define ERROR_NODE  "/augeas/text" TREE_TEXT_ROOT "/error"

G_DEFINE_QUARK(secpold_tree_text_error, tree_text_error)

/* The kind of the handle's last failure, in words that are Augeas's own. Its details, and what a
 * lens says, quote the text that they are about, which may hold secrets: they go nowhere. */
static const char *explain(augeas *aug)
{
    const char *minor = aug_error_minor_message(aug);
    return minor ? minor : aug_error_message(aug);
}

gboolean tree_text_fail_edit(TreeText *aug, const BindingEdit *edit, const char *what,
                             GError **error)
{
    g_set_error(error, TREE_TEXT_ERROR, TREE_TEXT_ERROR_EDIT, "edit %s: %s: cannot %s: %s",
                edit->name, edit->file, what, explain(aug));
    return FALSE;
}

/* Which line it is about, and of what kind it is: "parse_failed", say. */
static gboolean fail_text(augeas *aug, const BindingEdit *edit, const char *what, GError **error)
{
    const char *line = NULL;
    const char *kind = NULL;
    /* The next call forgets it. */
    g_autofree char *reason = g_strdup(explain(aug));

    aug_get(aug, ERROR_NODE "/line", &line);
    aug_get(aug, ERROR_NODE, &kind);
    g_set_error(error, TREE_TEXT_ERROR, TREE_TEXT_ERROR_TEXT, "edit %s: %s: lens %s %s%s%s: %s",
                edit->name, edit->file, edit->lens, what, line ? ", line " : "", line ? line : "",
                kind ? kind : reason);
    return FALSE;
}

/* Compiling a lens takes longer than all that is done with it; so the lenses stay, until
 * tree_text_forget_lenses(). */
static augeas *lenses;

/* Lenses are looked up by name; loading all of them would take a second. */
static augeas *open_augeas(void)
{
    if (!lenses)
        lenses = aug_init(NULL, NULL, AUG_NO_LOAD | AUG_NO_MODL_AUTOLOAD | AUG_NO_ERR_CLOSE);
    return lenses;
}

void tree_text_forget_lenses(void)
{
    if (lenses)
        aug_close(lenses);
    lenses = NULL;
}

void tree_text_close(TreeText *aug)
{
    static const char *const variables[] = {"new", "place"};
    static const char *const nodes[] = {TEXT_NODE, TREE_TEXT_ROOT, RESULT_NODE, "/augeas/text"};
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++)
        aug_defvar(aug, variables[i], NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(nodes); i++)
        aug_rm(aug, nodes[i]);
}

static gboolean store_text(augeas *aug, const char *lens, const char *text)
{
    /* Lenses want whole lines. */
    const gsize length = strlen(text);
    g_autofree char *whole =
        g_strconcat(text, length && text[length - 1] != '\n' ? "\n" : "", NULL);
    return aug_set(aug, TEXT_NODE, whole) == 0 &&
           aug_text_store(aug, lens, TEXT_NODE, TREE_TEXT_ROOT) == 0;
}

/* Augeas keeps the nodes of a tree apart with these bytes, and where they stand in a text it aborts
 * the program while it words why it cannot write it. */
#define AUGEAS_MARKS "\003\004"

static gboolean has_marks(const BindingEdit *edit, const char *text, GError **error)
{
    if (!strpbrk(text, AUGEAS_MARKS))
        return FALSE;
    g_set_error(error, TREE_TEXT_ERROR, TREE_TEXT_ERROR_TEXT,
                "edit %s: %s: a byte 3 or 4 stands in the file: take it out", edit->name,
                edit->file);
    return TRUE;
}

TreeText *tree_text_open(const BindingEdit *edit, const char *text, GError **error)
{
    if (has_marks(edit, text, error))
        return NULL;
    g_autoptr(TreeText) aug = open_augeas();
    if (!aug || aug_error(aug) != AUG_NOERROR) {
        g_set_error(error, TREE_TEXT_ERROR, TREE_TEXT_ERROR_EDIT, "Augeas cannot be used: %s",
                    aug ? explain(aug) : "out of memory");
        return NULL;
    }
    if (!store_text(aug, edit->lens, text)) {
        fail_text(aug, edit, "cannot read the file", error);
        return NULL;
    }
    return g_steal_pointer(&aug);
}

char *tree_text_retrieve(TreeText *aug, const BindingEdit *edit, GError **error)
{
    const char *result = NULL;
    if (aug_text_retrieve(aug, edit->lens, TEXT_NODE, TREE_TEXT_ROOT, RESULT_NODE) != 0) {
        fail_text(aug, edit, "cannot write what the edit makes of it", error);
        return NULL;
    }
    aug_get(aug, RESULT_NODE, &result);
    return g_strdup(result ? result : "");
}

gboolean tree_text_lens_exists(const char *lens)
{
    g_autoptr(TreeText) aug = open_augeas();
    /* An empty text is not one to every lens; that is another error. */
    return aug && (store_text(aug, lens, "") || aug_error(aug) != AUG_ENOLENS);
}
