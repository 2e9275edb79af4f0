/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binding: what one service has to do with settings, as a file describes it. secpold.binding(5)
 * explains the file; here is what it is read into. Nothing here looks at the system.
 */
#pragma once

#include "agent/template.h"
#include "daemon/policy/catalog.h"

/* Edits, and checks, in one file. */
#define BINDING_MAX_GROUPS 64
/* Words in one value. */
#define BINDING_MAX_WORDS 32

/* A setting as an edit waits for it. */
typedef struct BindingDemand {
    guint setting;   /* index in catalog_settings */
    GVariant *value; /* NULL: locked at whatever value */
} BindingDemand;

typedef enum EditKind {
    EDIT_TREE,    /* a value in a file, by way of a lens of Augeas */
    EDIT_CONTENT, /* a whole file */
    EDIT_MASK,    /* units stopped and masked */
    EDIT_STOP,    /* units stopped */
    EDIT_START,   /* units started */
    EDIT_COMMAND, /* a program that does it, and one that takes it back */
} EditKind;

/* A node below the one that an edit is about. */
typedef struct BindingChild {
    char *path;
    char *value; /* template */
} BindingChild;

typedef struct BindingEdit {
    char *name;
    guint line;
    GArray *when;     /* element type BindingDemand: all of them; not empty */
    GStrv conditions; /* NULL: none */
    EditKind kind;
    char *file; /* EDIT_TREE, EDIT_CONTENT */

    char *lens;          /* EDIT_TREE: "Module.lns" */
    char *each;          /* nodes that each get the value; NULL: the file itself */
    char *path;          /* the node, seen from there */
    char *create;        /* label of the node to make where none matches; NULL: @path says it */
    char *before;        /* where to make it; NULL: see @after */
    char *after;         /* where to make it; both NULL: last */
    char *value;         /* template; NULL: none */
    GPtrArray *children; /* element type BindingChild */
    gboolean remove;     /* take the nodes away */
    char *keep;          /* words and ranges: values found there that stay; NULL: none */

    char *content; /* EDIT_CONTENT: template */

    GStrv units; /* EDIT_MASK, EDIT_STOP, EDIT_START: in the order in which to do it */

    GStrv apply; /* EDIT_COMMAND: each word a template; the first is an absolute path */
    GStrv undo;  /* likewise, without templates */
    GStrv was;   /* tells @undo by its standard input how it was; without templates; NULL: none */

    guint least; /* numbers below it cannot be expressed */
    guint most;  /* numbers above it cannot be expressed */
} BindingEdit;

typedef enum CheckKind {
    CHECK_COMMAND,  /* what a program says */
    CHECK_PROPERTY, /* a property on the system bus */
    CHECK_UNITS,    /* state of units */
    CHECK_LISTENER, /* whether anybody waits on a port */
    CHECK_EDIT,     /* the file of an edit, read again */
} CheckKind;

/* Which words stand for a value of the setting. */
typedef struct BindingMeaning {
    GVariant *value; /* of the settings' type */
    char *words;     /* words and ranges */
} BindingMeaning;

typedef struct BindingCheck {
    char *name;
    guint line;
    GArray *settings; /* element type guint, index in catalog_settings; all of one type */
    GStrv conditions; /* NULL: none */
    CheckKind kind;

    GStrv command;      /* CHECK_COMMAND: each word a template */
    char *input;        /* template for its standard input; NULL: nothing */
    gboolean by_status; /* the result is its exit status, not what it prints */

    GStrv property; /* CHECK_PROPERTY: service, object, interface, property */

    GStrv units; /* CHECK_UNITS */

    guint8 protocol; /* CHECK_LISTENER: IPPROTO_TCP or IPPROTO_UDP */
    guint16 port;

    guint edit;   /* CHECK_EDIT: index among the binding's edits; of kind TREE or CONTENT */
    GStrv loaded; /* CHECK_EDIT: units that have read the file since it changed; NULL: none */

    GRegex *match;       /* cuts the result out of a longer text; NULL: all of it */
    GPtrArray *meanings; /* element type BindingMeaning */
    char *accept;        /* template of words and ranges that are as good; NULL: none */
    guint scale;         /* the result is so many times the setting's number; at least 1 */
} BindingCheck;

typedef struct Binding {
    char *name;       /* of the file, without directory and ".binding" */
    char *service;    /* what people call it */
    GStrv conditions; /* paths and units that have to be there; NULL: none */
    GStrv reload;     /* units to tell when a file has changed; NULL: none */
    GStrv restart;    /* units to start again when a file has changed; NULL: none */
    GStrv run;        /* program to run when a file has changed, before the units; NULL: none */
    GStrv watch;      /* further files and directories to look again after; NULL: none */
    GStrv writes;     /* directories and files that its programs write to; NULL: none */
    GPtrArray *edits; /* element type BindingEdit */
    GPtrArray *checks;
} Binding;

/* Without edits and checks. */
Binding *binding_new(const char *name);
void binding_free(Binding *binding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Binding, binding_free)

BindingEdit *binding_edit_new(const char *name, guint line);
void binding_edit_free(BindingEdit *edit);

BindingCheck *binding_check_new(const char *name, guint line);
void binding_check_free(BindingCheck *check);

/* -1 where there is no edit of the name. */
gint binding_find_edit(const Binding *binding, const char *name);

/* Whether the edit waits for the setting, with whatever value. */
gboolean binding_edit_waits_for(const BindingEdit *edit, guint setting);

/* Whether any edit waits for the setting. */
gboolean binding_edits_setting(const Binding *binding, guint setting);

gboolean binding_check_tells(const BindingCheck *check, guint setting);

/* Whether any check tells the setting. */
gboolean binding_checks_setting(const Binding *binding, guint setting);

/* Whether a setting that is locked at @values[setting] (NULL: not locked) makes the edit wanted. */
gboolean binding_edit_is_wanted(const BindingEdit *edit, GVariant *const values[]);
