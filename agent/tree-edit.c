/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tree-edit.h"

#include <augeas.h>
#include <stdlib.h>
#include <string.h>

/* Where the text, its tree, and the text made from it again are kept. */
#define TEXT_NODE   "/source"
#define TREE_NODE   "/tree"
#define RESULT_NODE "/result"
#define ERROR_NODE  "/augeas/text" TREE_NODE "/error"

G_DEFINE_QUARK(secpold_tree_edit_error, tree_edit_error)

/* What an edit comes to while the settings have these values. */
typedef struct Wanted {
    const BindingEdit *edit;
    char *value;    /* NULL: the node has none */
    GStrv children; /* values, as edit->children has the paths */
    char *keep;     /* NULL: nothing */
} Wanted;

static void wanted_clear(Wanted *wanted)
{
    g_free(wanted->value);
    g_strfreev(wanted->children);
    g_free(wanted->keep);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

/* A template whose setting is not locked was refused by the parser. */
static char *expand(const BindingEdit *edit, const char *text, GVariant *const values[])
{
    return text ? template_expand(text, values, (TemplateLimits){edit->least, edit->most}) : NULL;
}

static Wanted wanted_new(const BindingEdit *edit, GVariant *const values[])
{
    Wanted wanted = {
        .edit = edit,
        .value = expand(edit, edit->value, values),
        .children = g_new0(char *, edit->children->len + 1),
        .keep = expand(edit, edit->keep, values),
    };
    for (guint i = 0; i < edit->children->len; i++)
        wanted.children[i] =
            expand(edit, ((BindingChild *)g_ptr_array_index(edit->children, i))->value, values);
    return wanted;
}

/* The kind of the handle's last failure, in words that are Augeas's own. Its details, and what a
 * lens says, quote the text that they are about, which may hold secrets: they go nowhere. */
static const char *explain(augeas *aug)
{
    const char *minor = aug_error_minor_message(aug);
    return minor ? minor : aug_error_message(aug);
}

static gboolean fail_edit(augeas *aug, const BindingEdit *edit, const char *what, GError **error)
{
    g_set_error(error, TREE_EDIT_ERROR, TREE_EDIT_ERROR_EDIT, "edit %s: %s: cannot %s: %s",
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
    g_set_error(error, TREE_EDIT_ERROR, TREE_EDIT_ERROR_TEXT, "edit %s: %s: lens %s %s%s%s: %s",
                edit->name, edit->file, edit->lens, what, line ? ", line " : "", line ? line : "",
                kind ? kind : reason);
    return FALSE;
}

/* Compiling a lens takes longer than all that is done with it; so the lenses stay, until
 * tree_edit_forget_lenses(). */
static augeas *lenses;

/* Lenses are looked up by name; loading all of them would take a second. */
static augeas *open_augeas(void)
{
    if (!lenses)
        lenses = aug_init(NULL, NULL, AUG_NO_LOAD | AUG_NO_MODL_AUTOLOAD | AUG_NO_ERR_CLOSE);
    return lenses;
}

void tree_edit_forget_lenses(void)
{
    if (lenses)
        aug_close(lenses);
    lenses = NULL;
}

/* An open text: nothing of it stays behind. */
typedef augeas Tree;

static void tree_close(Tree *aug)
{
    static const char *const variables[] = {"new", "place"};
    static const char *const nodes[] = {TEXT_NODE, TREE_NODE, RESULT_NODE, "/augeas/text"};
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++)
        aug_defvar(aug, variables[i], NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(nodes); i++)
        aug_rm(aug, nodes[i]);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_close)

static gboolean store_text(augeas *aug, const char *lens, const char *text)
{
    /* Lenses want whole lines. */
    const gsize length = strlen(text);
    g_autofree char *whole =
        g_strconcat(text, length && text[length - 1] != '\n' ? "\n" : "", NULL);
    return aug_set(aug, TEXT_NODE, whole) == 0 &&
           aug_text_store(aug, lens, TEXT_NODE, TREE_NODE) == 0;
}

/* Augeas keeps the nodes of a tree apart with these bytes, and where they stand in a text it aborts
 * the program while it words why it cannot write it. */
#define AUGEAS_MARKS "\003\004"

static gboolean has_marks(const BindingEdit *edit, const char *text, GError **error)
{
    if (!strpbrk(text, AUGEAS_MARKS))
        return FALSE;
    g_set_error(error, TREE_EDIT_ERROR, TREE_EDIT_ERROR_TEXT,
                "edit %s: %s: a byte 3 or 4 stands in the file: take it out", edit->name,
                edit->file);
    return TRUE;
}

static Tree *open_text(const BindingEdit *edit, const char *text, GError **error)
{
    if (has_marks(edit, text, error))
        return NULL;
    g_autoptr(Tree) aug = open_augeas();
    if (!aug || aug_error(aug) != AUG_NOERROR) {
        g_set_error(error, TREE_EDIT_ERROR, TREE_EDIT_ERROR_EDIT, "Augeas cannot be used: %s",
                    aug ? explain(aug) : "out of memory");
        return NULL;
    }
    if (!store_text(aug, edit->lens, text)) {
        fail_text(aug, edit, "cannot read the file", error);
        return NULL;
    }
    return g_steal_pointer(&aug);
}

/* Paths of the nodes that match, NULL-terminated; NULL where the expression is wrong. */
static GStrv match(augeas *aug, const BindingEdit *edit, const char *expression, GError **error)
{
    char **found = NULL;
    const int n = aug_match(aug, expression, &found);
    if (n < 0) {
        fail_edit(aug, edit, "look for its nodes", error);
        return NULL;
    }
    GStrv paths = g_new0(char *, (gsize)n + 1);
    for (int i = 0; i < n; i++) {
        paths[i] = g_strdup(found[i]);
        free(found[i]);
    }
    free(found);
    return paths;
}

static GStrv find_bases(augeas *aug, const BindingEdit *edit, GError **error)
{
    if (!edit->each)
        return g_strdupv((char *[]){(char *)TREE_NODE, NULL});
    g_autofree char *expression = g_strconcat(TREE_NODE "/", edit->each, NULL);
    return match(aug, edit, expression, error);
}

static gboolean is_as_wanted(augeas *aug, const char *path, const char *value, const char *keep)
{
    const char *present = NULL;
    if (aug_get(aug, path, &present) != 1)
        return FALSE;
    return g_strcmp0(present, value) == 0 || (present && keep && word_list_contains(keep, present));
}

static gboolean set_value(augeas *aug, const Wanted *wanted, const char *path, const char *value)
{
    return is_as_wanted(aug, path, value, wanted->keep) || aug_set(aug, path, value) == 0;
}

static gboolean write_node(augeas *aug, const Wanted *wanted, const char *node, GError **error)
{
    const BindingEdit *edit = wanted->edit;
    if (wanted->value && !set_value(aug, wanted, node, wanted->value))
        return fail_edit(aug, edit, "set the value", error);
    for (guint i = 0; i < edit->children->len; i++) {
        const BindingChild *child = g_ptr_array_index(edit->children, i);
        g_autofree char *path = g_strconcat(node, "/", child->path, NULL);
        if (!set_value(aug, wanted, path, wanted->children[i]))
            return fail_edit(aug, edit, "set a node below", error);
    }
    return TRUE;
}

/* Makes the node beside another one and lets the variable $new stand for it. FALSE where there is
 * no such node, without an error. */
static gboolean insert_beside(augeas *aug, const BindingEdit *edit, const char *base)
{
    const gboolean before = edit->before != NULL;
    g_autofree char *places = g_strconcat(base, "/", before ? edit->before : edit->after, NULL);
    g_autofree char *place = g_strdup_printf("(%s)[%s]", places, before ? "1" : "last()");

    return aug_defvar(aug, "place", place) == 1 &&
           aug_insert(aug, "$place", edit->create, before) == 0 &&
           aug_defvar(aug, "new",
                      before ? "$place/preceding-sibling::*[1]"
                             : "$place/following-sibling::*[1]") == 1;
}

static gboolean append(augeas *aug, const BindingEdit *edit, const char *base)
{
    g_autofree char *next = g_strconcat(base, "/", edit->create, "[last()+1]", NULL);
    g_autofree char *last = g_strconcat(base, "/", edit->create, "[last()]", NULL);
    return aug_set(aug, next, NULL) == 0 && aug_defvar(aug, "new", last) == 1;
}

static gboolean make_node(augeas *aug, const Wanted *wanted, const char *base, GError **error)
{
    const BindingEdit *edit = wanted->edit;
    if (!edit->create) {
        g_autofree char *path = g_strconcat(base, "/", edit->path, NULL);
        return write_node(aug, wanted, path, error);
    }
    const gboolean beside = edit->before || edit->after;
    if (!(beside && insert_beside(aug, edit, base)) && !append(aug, edit, base))
        return fail_edit(aug, edit, "make the node", error);
    return write_node(aug, wanted, "$new", error);
}

static gboolean edit_base(augeas *aug, const Wanted *wanted, const char *base, GError **error)
{
    g_autofree char *expression = g_strconcat(base, "/", wanted->edit->path, NULL);
    if (wanted->edit->remove)
        return aug_rm(aug, expression) >= 0 || fail_edit(aug, wanted->edit, "remove nodes", error);

    g_auto(GStrv) nodes = match(aug, wanted->edit, expression, error);
    if (!nodes)
        return FALSE;
    if (!*nodes)
        return make_node(aug, wanted, base, error);
    for (char **node = nodes; *node; node++)
        if (!write_node(aug, wanted, *node, error))
            return FALSE;
    return TRUE;
}

static char *retrieve_text(augeas *aug, const BindingEdit *edit, GError **error)
{
    const char *result = NULL;
    if (aug_text_retrieve(aug, edit->lens, TEXT_NODE, TREE_NODE, RESULT_NODE) != 0) {
        fail_text(aug, edit, "cannot write what the edit makes of it", error);
        return NULL;
    }
    aug_get(aug, RESULT_NODE, &result);
    return g_strdup(result ? result : "");
}

/* Keeps the first value that is told. */
static void tell_once(char **ret_found, const char *value)
{
    if (!*ret_found)
        *ret_found = g_strdup(value);
}

static gboolean differs(augeas *aug, const Wanted *wanted, const char *path, const char *value,
                        char **ret_found)
{
    const char *present = NULL;
    aug_get(aug, path, &present);
    if (is_as_wanted(aug, path, value, wanted->keep)) {
        if (g_strcmp0(present, value) != 0)
            tell_once(ret_found, present);
        return FALSE;
    }
    g_free(*ret_found);
    *ret_found = g_strdup(present);
    return TRUE;
}

static gboolean node_holds(augeas *aug, const Wanted *wanted, const char *node, char **ret_found)
{
    const BindingEdit *edit = wanted->edit;
    if (wanted->value && differs(aug, wanted, node, wanted->value, ret_found))
        return FALSE;
    for (guint i = 0; i < edit->children->len; i++) {
        const BindingChild *child = g_ptr_array_index(edit->children, i);
        g_autofree char *path = g_strconcat(node, "/", child->path, NULL);
        if (differs(aug, wanted, path, wanted->children[i], ret_found))
            return FALSE;
    }
    return TRUE;
}

static gboolean base_holds(augeas *aug, const Wanted *wanted, const char *base, char **ret_found,
                           gboolean *ret_holds, GError **error)
{
    g_autofree char *expression = g_strconcat(base, "/", wanted->edit->path, NULL);
    g_auto(GStrv) nodes = match(aug, wanted->edit, expression, error);
    if (!nodes)
        return FALSE;
    *ret_holds = wanted->edit->remove ? !*nodes : *nodes != NULL;
    for (char **node = nodes; *node && !wanted->edit->remove && *ret_holds; node++)
        *ret_holds = node_holds(aug, wanted, *node, ret_found);
    return TRUE;
}

static gboolean all_hold(augeas *aug, const Wanted *wanted, char *const *bases, char **ret_found,
                         gboolean *ret_holds, GError **error)
{
    *ret_holds = TRUE;
    for (char *const *base = bases; *base && *ret_holds; base++)
        if (!base_holds(aug, wanted, *base, ret_found, ret_holds, error))
            return FALSE;
    return TRUE;
}

char *tree_edit_apply(const BindingEdit *edit, const char *text, GVariant *const values[],
                      GError **error)
{
    gboolean holds;
    g_autofree char *found = NULL;
    g_autoptr(Tree) aug = open_text(edit, text, error);
    if (!aug)
        return NULL;
    g_auto(GStrv) bases = find_bases(aug, edit, error);
    if (!bases)
        return NULL;
    g_auto(Wanted) wanted = wanted_new(edit, values);
    if (!all_hold(aug, &wanted, bases, &found, &holds, error))
        return NULL;
    if (holds)
        return g_strdup(text);
    for (char **base = bases; *base; base++)
        if (!edit_base(aug, &wanted, *base, error))
            return NULL;
    return retrieve_text(aug, edit, error);
}

gboolean tree_edit_holds(const BindingEdit *edit, const char *text, GVariant *const values[],
                         gboolean *ret_holds, char **ret_found, GError **error)
{
    g_autoptr(Tree) aug = open_text(edit, text, error);
    if (!aug)
        return FALSE;
    g_auto(GStrv) bases = find_bases(aug, edit, error);
    if (!bases)
        return FALSE;
    g_auto(Wanted) wanted = wanted_new(edit, values);
    g_autofree char *found = NULL;
    if (!all_hold(aug, &wanted, bases, &found, ret_holds, error))
        return FALSE;
    *ret_found = g_steal_pointer(&found);
    return TRUE;
}

gboolean tree_edit_lens_exists(const char *lens)
{
    g_autoptr(Tree) aug = open_augeas();
    /* An empty text is not one to every lens; that is another error. */
    return aug && (store_text(aug, lens, "") || aug_error(aug) != AUG_ENOLENS);
}
