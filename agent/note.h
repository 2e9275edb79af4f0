/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent tells its administrator, in the journal or on standard error. */
#pragma once

#include "agent/binding.h"
#include "agent/message-ids.h"
#include "daemon/files/journal-entry.h"

/* What an event is about; what is NULL is not told. */
typedef struct NoteSubject {
    const char *object; /* path of a file, or name of a unit */
    const Binding *binding;
    const BindingEdit *edit; /* whose settings are concerned */
    const GPtrArray *edits;  /* likewise, several; element type BindingEdit */
    const char *detail;      /* what is wrong */
} NoteSubject;

/* One line, whatever is in it, and cut where it is long. @priority as in syslog(3); @id of
 * message-ids.h. */
void note_event(int priority, const char *id, const NoteSubject *subject, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Likewise what is no event to search for. */
void note(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);
