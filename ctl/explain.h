/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl explain: what items and settings do on the device, in words. */
#pragma once

#include "ctl/table.h"
#include "ctl/verb.h"

#include "ctl/listeners.h"

/* All that is asked before anything is told. */
typedef struct Facts {
    JsonObject *manager;
    JsonArray *items;
    JsonArray *settings;
} Facts;

ExitCode explain_item(const Context *context, const Facts *facts, JsonObject *item);
ExitCode explain_setting(const Context *context, const Facts *facts, JsonObject *setting);

/* One column that is wrapped, under headings. */
Table *explain_table_new(void);
void explain_add_heading(Table *table, const char *title);
void explain_add_line(Table *table, Color color, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A line for each agent that has said what it has in force for the setting, or that none has. */
void explain_add_reports(Table *table, JsonObject *setting);
