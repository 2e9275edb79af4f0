/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent did to units and by programs, so that it can take it back. Kept on disk, written
 * before anything is done. */
#pragma once

#include <glib.h>

/* Taking back failed, and is tried again ever more rarely. Not kept on disk. */
typedef struct DeedRetry {
    guint tries;
    gint64 due; /* CLOCK_MONOTONIC microseconds */
} DeedRetry;

typedef struct UnitDeed {
    char *unit;
    gboolean masked;     /* by the agent; somebody else's mask is not taken off */
    gboolean was_active; /* is started again */
    gboolean started;    /* by the agent; is stopped again */
    DeedRetry retry;
} UnitDeed;

typedef struct CommandDeed {
    char *edit;  /* "BINDING/EDIT" */
    GStrv apply; /* as it was run */
    GStrv undo;
    char *was; /* what Was= printed before the first time; NULL: there is no Was= */
    DeedRetry retry;
} CommandDeed;

typedef struct DeedRecord {
    char *file;
    GPtrArray *units;    /* element type UnitDeed, in the order they were stopped in */
    GPtrArray *commands; /* element type CommandDeed */
} DeedRecord;

/* An empty one where the file is not there. */
DeedRecord *deed_record_load(const char *file, GError **error);
void deed_record_free(DeedRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeedRecord, deed_record_free)

/* Durable when it returns TRUE. */
gboolean deed_record_save(const DeedRecord *record, GError **error);

/* NULL where there is none. */
UnitDeed *deed_record_find_unit(const DeedRecord *record, const char *unit);
CommandDeed *deed_record_find_command(const DeedRecord *record, const char *edit);

UnitDeed *deed_record_add_unit(DeedRecord *record, const char *unit);
CommandDeed *deed_record_add_command(DeedRecord *record, const char *edit);

/* Puts the next try off. */
void deed_retry_fail(DeedRetry *retry, gint64 now);

/* When the first of those that failed is due; G_MAXINT64 where none did. */
gint64 deed_record_next_retry(const DeedRecord *record);
