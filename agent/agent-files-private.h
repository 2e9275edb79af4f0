/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For agent-files.c and agent-records.c alone. */
#pragma once

#include "agent/agent-private.h"
#include "agent/file-plan.h"

/* What a pass knows of a file. */
typedef struct Target {
    const char *path;
    const char *stamp; /* from before it was read */
    const char *present;
    GPtrArray *wanted; /* element type WantedEdit */
} Target;

/* What there is to remember where the plan is carried out. Free with file_record_free(). */
FileRecord *record_from_plan(const Agent *agent, const Target *target, const FilePlan *plan);

/* Takes away the directories that the agent made for the file, where they are empty. */
void record_remove_directories(const FileRecord *record);

/* Takes the record over in place of the one of the same file, and has it on disk when it returns
 * TRUE. */
gboolean agent_keep_record(Agent *agent, FileRecord *record, GError **error);

/* The file could not be changed, so the record becomes what it was; NULL: there was none. Takes
 * @earlier over. */
void agent_take_back_record(Agent *agent, const char *path, FileRecord *earlier);
