/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a device as a document, in three forms that tell the same. */
#pragma once

#include "ctl/terminal.h"

#include "ctl/json-member.h"

typedef struct Report {
    gint64 usec;      /* when it was made, since 1970 */
    const char *host; /* whose it is */
    JsonObject *manager;
    JsonArray *items;    /* as of manager_client_items() */
    JsonArray *settings; /* as of manager_client_settings() */
    char *reason;        /* why it is not compliant; NULL where it is */
} Report;

/* Time (ISO 8601), Host, Compliant, Reason, Manager, Items and Settings; the last three with names
 * and values of org.secpold1(5). */
JsonObject *report_to_json(const Report *report);

/* Title and column headings only where @legend. Free with g_free(). */
char *report_to_text(const Report *report, const Terminal *terminal, gboolean legend);

/* A page that needs nothing besides itself: no script, no other file. Free with g_free(). */
char *report_to_html(const Report *report);

/* Of @item: "kernel, since Sun 2026-11-22 18:06:06 UTC", "" where nobody was asked. Free with
 * g_free(). */
char *report_evidence(JsonObject *item);

/* Of @setting: "webui.service: yes; cups.service: no (not before the next start)", "no report"
 * where there is none. Free with g_free(). */
char *report_answers(JsonObject *setting);

/* The lines above the tables. */
#define REPORT_HEAD_LINES 9
typedef struct ReportHead {
    const char *names[REPORT_HEAD_LINES];
    char *values[REPORT_HEAD_LINES];
} ReportHead;
void report_head_fill(const Report *report, ReportHead *ret_head);
void report_head_clear(ReportHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportHead, report_head_clear)
