/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at the system: whether a binding's conditions hold, and what its checks find. */
#pragma once

#include "agent/unit-control.h"
#include "agent/verdict.h"

/* Whether all paths and units are there, or are not where the word begins with "!". @control may be
 * NULL: there are no units then. */
gboolean conditions_hold(const char *const *conditions, UnitControl *control);

/* What a check found, before it is known which of its settings is asked for. */
typedef struct CheckFinding {
    char *failure;  /* nothing could be found out; NULL: something was */
    char *text;     /* the result; for CHECK_EDIT what is in the file, or NULL */
    gboolean holds; /* CHECK_EDIT: the edit is in its file */
} CheckFinding;

void check_finding_clear(CheckFinding *finding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckFinding, check_finding_clear)

/* @values: what is locked. */
CheckFinding check_run(const Binding *binding, const BindingCheck *check, GVariant *const values[],
                       UnitControl *control);

Verdict check_finding_judge(const CheckFinding *finding, const VerdictQuestion *question);
