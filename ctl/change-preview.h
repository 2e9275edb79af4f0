/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What secpold says of a document that is not in force yet, and what that means for the way by
 * which somebody works on the device. */
#pragma once

#include "ctl/manager-client.h"

#include "daemon/policy/diagnostic.h"

typedef struct ChangePreview {
    Diagnostics *diagnostics;
    JsonArray *changes;  /* of Diff; empty where the document has errors */
    JsonArray *items;    /* as of manager_client_items(), now; empty as well */
    JsonArray *warnings; /* a sentence for each way to the device that is cut */
} ChangePreview;

/* @host as in manager_client_open(). */
ChangePreview *change_preview_make(ManagerClient *client, const char *host, GBytes *document,
                                   GError **error);
void change_preview_free(ChangePreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangePreview, change_preview_free)

gboolean change_preview_is_valid(const ChangePreview *preview);

/* Changes, Warnings and Diagnostics. */
JsonObject *change_preview_to_json(const ChangePreview *preview);
