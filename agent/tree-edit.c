/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tree-edit.h"

#include <stdlib.h>

#include "agent/tree-text.h"

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

/* Paths of the nodes that match, NULL-terminated; NULL where the expression is wrong. */
static GStrv match(TreeText *aug, const BindingEdit *edit, const char *expression, GError **error)
{
    char **found = NULL;
    const int n = aug_match(aug, expression, &found);
    if (n < 0) {
        tree_text_fail_edit(aug, edit, "look for its nodes", error);
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

static GStrv find_bases(TreeText *aug, const BindingEdit *edit, GError **error)
{
    if (!edit->each)
        return g_strdupv((char *[]){(char *)TREE_TEXT_ROOT, NULL});
    g_autofree char *expression = g_strconcat(TREE_TEXT_ROOT "/", edit->each, NULL);
    return match(aug, edit, expression, error);
}

static gboolean is_as_wanted(TreeText *aug, const char *path, const char *value, const char *keep)
{
    const char *present = NULL;
    if (aug_get(aug, path, &present) != 1)
        return FALSE;
    return g_strcmp0(present, value) == 0 || (present && keep && word_list_contains(keep, present));
}

static gboolean set_value(TreeText *aug, const Wanted *wanted, const char *path, const char *value)
{
    return is_as_wanted(aug, path, value, wanted->keep) || aug_set(aug, path, value) == 0;
}

static gboolean write_node(TreeText *aug, const Wanted *wanted, const char *node, GError **error)
{
    const BindingEdit *edit = wanted->edit;
    if (wanted->value && !set_value(aug, wanted, node, wanted->value))
        return tree_text_fail_edit(aug, edit, "set the value", error);
    for (guint i = 0; i < edit->children->len; i++) {
        const BindingChild *child = g_ptr_array_index(edit->children, i);
        g_autofree char *path = g_strconcat(node, "/", child->path, NULL);
        if (!set_value(aug, wanted, path, wanted->children[i]))
            return tree_text_fail_edit(aug, edit, "set a node below", error);
    }
    return TRUE;
}

/* Makes the node beside another one and lets the variable $new stand for it. FALSE where there is
 * no such node, without an error. */
static gboolean insert_beside(TreeText *aug, const BindingEdit *edit, const char *base)
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

static gboolean append(TreeText *aug, const BindingEdit *edit, const char *base)
{
    g_autofree char *next = g_strconcat(base, "/", edit->create, "[last()+1]", NULL);
    g_autofree char *last = g_strconcat(base, "/", edit->create, "[last()]", NULL);
    return aug_set(aug, next, NULL) == 0 && aug_defvar(aug, "new", last) == 1;
}

static gboolean make_node(TreeText *aug, const Wanted *wanted, const char *base, GError **error)
{
    const BindingEdit *edit = wanted->edit;
    if (!edit->create) {
        g_autofree char *path = g_strconcat(base, "/", edit->path, NULL);
        return write_node(aug, wanted, path, error);
    }
    const gboolean beside = edit->before || edit->after;
    if (!(beside && insert_beside(aug, edit, base)) && !append(aug, edit, base))
        return tree_text_fail_edit(aug, edit, "make the node", error);
    return write_node(aug, wanted, "$new", error);
}

static gboolean edit_base(TreeText *aug, const Wanted *wanted, const char *base, GError **error)
{
    g_autofree char *expression = g_strconcat(base, "/", wanted->edit->path, NULL);
    if (wanted->edit->remove)
        return aug_rm(aug, expression) >= 0 ||
               tree_text_fail_edit(aug, wanted->edit, "remove nodes", error);

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

/* Keeps the first value that is told. */
static void tell_once(char **ret_found, const char *value)
{
    if (!*ret_found)
        *ret_found = g_strdup(value);
}

static gboolean differs(TreeText *aug, const Wanted *wanted, const char *path, const char *value,
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

static gboolean node_holds(TreeText *aug, const Wanted *wanted, const char *node, char **ret_found)
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

static gboolean base_holds(TreeText *aug, const Wanted *wanted, const char *base, char **ret_found,
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

static gboolean all_hold(TreeText *aug, const Wanted *wanted, char *const *bases, char **ret_found,
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
    g_autoptr(TreeText) aug = tree_text_open(edit, text, error);
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
    return tree_text_retrieve(aug, edit, error);
}

gboolean tree_edit_holds(const BindingEdit *edit, const char *text, GVariant *const values[],
                         gboolean *ret_holds, char **ret_found, GError **error)
{
    g_autoptr(TreeText) aug = tree_text_open(edit, text, error);
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
