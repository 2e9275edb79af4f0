/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events for the journal with fields of their own, or lines where nobody reads them there. */
#pragma once

#include <glib.h>
#include <syslog.h>

typedef struct JournalField {
    const char *name;  /* capital letters and "_"; may be there several times */
    const char *value; /* NULL: the field is left out */
} JournalField;

/* What an event tells. */
typedef struct JournalEntry {
    int priority;        /* as in syslog(3) */
    const char *id;      /* MESSAGE_ID; NULL: none */
    const char *message; /* for people; lines */
    const JournalField *fields;
    gsize n_fields;
} JournalEntry;

/* Whether stderr is the stream that systemd has connected to the journal. */
gboolean journal_has_stderr(void);

void journal_send(const JournalEntry *entry);

/* To the journal where stderr is its; otherwise "PROGRAM: MESSAGE" goes to stderr. */
void journal_record(const char *program, const JournalEntry *entry);
