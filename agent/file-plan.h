/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of one file: from how it is, what the agent did to it before, and what is wanted
 * now. Reads and writes nothing. */
#pragma once

#include "agent/binding.h"
#include "agent/file-record.h"

/* Between the fields of a fingerprint, of which the first is the binding's name. */
#define FILE_PLAN_SEPARATOR "\x1f"

/* One edit that is wanted in a file. */
typedef struct WantedEdit {
    const Binding *binding;
    const BindingEdit *edit; /* of kind EDIT_TREE or EDIT_CONTENT */
    char *failure;           /* set where it could not be made; NULL: it was */
    gboolean undone;         /* set where it was made before and somebody has undone it */
} WantedEdit;

typedef struct FilePlan {
    char *original; /* as the file would be without the agent; NULL: not there */
    char *text;     /* as it has to be; NULL: not there */
    GStrv
        edits;  /* fingerprints, which tell all that an edit does, of the edits that are in @text */
    guint left; /* places that are no longer wanted and that others have changed since */
    gboolean drift; /* what was done before is still wanted, and somebody has undone it */
    gboolean news;  /* something else is wanted than before */
} FilePlan;

void file_plan_clear(FilePlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FilePlan, file_plan_clear)

/* @record: NULL where the agent has not touched the file; @present: NULL where it is not there;
 * @wanted: element type WantedEdit, perhaps empty. An edit that cannot be made leaves its message
 * in its WantedEdit, and the others are made all the same. */
void file_plan_make(FilePlan *plan, const FileRecord *record, const char *present,
                    GPtrArray *wanted, GVariant *const values[]);
