/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has become of a policy that was imported. */
#pragma once

#include "ctl/change-preview.h"
#include "ctl/verb.h"

typedef struct ImportResult {
    ManagerClient *client;
    const ChangePreview *preview;
    const char *path;
    guint64 generation;
    guint timeout_seconds; /* how long --wait waits */
} ImportResult;

/* Waits, where --wait was given, and prints how the items stand. */
ExitCode import_result_report(const Context *context, const ImportResult *result);

/* A line for each way to the device that is cut. */
void import_result_print_warnings(const Context *context, const ChangePreview *preview);
