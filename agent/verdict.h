/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what a check found to what is reported: the setting's value in force, and why it is not the
 * demanded one. Pure. */
#pragma once

#include "agent/binding.h"

typedef struct Verdict {
    GVariant *value; /* of the setting's type; NULL: nothing found out */
    char *reason;    /* "" where there is nothing to say */
    gboolean good;   /* the value is the demanded one */
    gboolean final;  /* it is not, and never will be: the service cannot */
} Verdict;

void verdict_clear(Verdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Verdict, verdict_clear)

/* What the check is asked for. */
typedef struct VerdictQuestion {
    const Binding *binding;
    const BindingCheck *check;
    guint setting;           /* one of the check's */
    GVariant *const *values; /* of all settings that are locked, this one among them */
} VerdictQuestion;

/* "Service: text" for people: displayable, and cut where it is long. Free with g_free(). */
char *verdict_reason(const Binding *binding, const char *text);

/* The check's result was @text. */
Verdict verdict_from_text(const VerdictQuestion *question, const char *text);

/* The edit that the check reads again is in its file, or is not. @found is a value there that is
 * another than the edit would write; NULL: there is none. */
Verdict verdict_from_edit(const VerdictQuestion *question, gboolean holds, const char *found);

/* Nothing could be found out, or it counts for nothing: the value is another than the demanded. */
Verdict verdict_from_failure(const VerdictQuestion *question, const char *reason);
