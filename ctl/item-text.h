/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items, settings and their states in words and colours. */
#pragma once

#include "ctl/json-output.h"
#include "ctl/table.h"

/* A value of an item, a parameter or a setting, @key naming it: "yes", "no", "8 characters". An
 * item's number reads "no" at 0; an empty text reads "-". Also takes what Diff tells of an item
 * with parameters: "yes, LockoutThreshold 5 attempts". Free with g_free(). */
char *item_value_to_text(const char *key, JsonNode *value);

/* What the policy asks of an item, parameters included: "yes, LockoutThreshold 5 attempts". Free
 * with g_free(). */
char *item_request_to_text(JsonObject *item);

/* The colour of an item's, a setting's or the manager's state; COLOR_NONE where nothing stands out.
 */
Color state_to_color(const char *state);

/* Whether an item in this state asks for somebody's attention. */
gboolean state_needs_attention(const char *state);

/* "17 enforced, 1 violated, 27 off": the states of which there are any, the good ones first. Free
 * with g_free(). */
char *compliance_to_text(JsonObject *compliance);

/* How many items of @compliance are in @state. */
gint64 compliance_count(JsonObject *compliance, const char *state);

/* "515/tcp 515/udp 9011-9015/tcp". Free with g_free(). */
char *ports_to_text(JsonArray *ports);

/* A moment in microseconds since 1970 as local time: "Sun 2026-11-22 17:09:21 UTC". Free with
 * g_free(). */
char *moment_to_text(gint64 usec);

/* The same without day and zone, for columns: "2026-11-22 17:09:21". Free with g_free(). */
char *moment_to_short_text(gint64 usec);

/* Prints "● NAME - LABEL" for an item or a setting, the dot filled where @on and in the colour of
 * @state. */
void title_print(const Terminal *terminal, const char *name, const char *label, const char *state,
                 gboolean on);

/* A block of lines "Name: value", names right-aligned; values are wrapped. */
Table *fields_new(void);
void fields_add(Table *fields, const char *name, Color color, const char *value);
