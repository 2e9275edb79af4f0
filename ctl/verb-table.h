/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every verb that secpolctl knows: what runs, helps and completes is read from this one table. */
#pragma once

#include "ctl/verb.h"

/* What the argument of a verb names. */
typedef enum VerbArgument {
    VERB_ARGUMENT_NONE,
    VERB_ARGUMENT_FILE,
    VERB_ARGUMENT_ITEM,
    VERB_ARGUMENT_SETTING,
    VERB_ARGUMENT_ITEM_OR_SETTING,
    VERB_ARGUMENT_GENERATION,
} VerbArgument;

typedef enum VerbGroup {
    VERB_GROUP_VIEW,
    VERB_GROUP_CHANGE,
    VERB_GROUP_DOCUMENT, /* works on files of this machine and asks no secpold */
    VERB_GROUP_LAST = VERB_GROUP_DOCUMENT,
} VerbGroup;

typedef struct Verb {
    const char *name;
    const char *argument; /* "FILE", "[KEY]" where it may be left out, NULL for none */
    VerbArgument kind;
    VerbGroup group;
    guint options;  /* VERB_OPTION_BIT of each that it takes besides the general ones */
    guint refused;  /* VERB_OPTION_BIT of general ones that it could do nothing with */
    gboolean paged; /* its output may go through a pager */
    const char *summary;
    const char *help; /* more than the summary says; a paragraph, to be wrapped */
    VerbRun run;
} Verb;

extern const Verb verb_table[];
extern const gsize verb_table_length;

/* NULL where there is none of that name. */
const Verb *verb_find(const char *name);

/* VERB_OPTION_BIT of all that the verb takes. */
guint verb_takes(const Verb *verb);

/* What to say of a name that no verb has: "; did you mean status?". Free with g_free(). */
char *verb_hint(const char *name);
