/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States, values and moments in the words of the page. */
#pragma once

#include <glib.h>

#include "remote-ui/device-watch.h"

typedef struct StateWords {
    const char *state; /* as on D-Bus; "" for an item of which nothing is known */
    const char *word;
    const char *explanation; /* a sentence for the legend */
} StateWords;

/* Item states in the order in which they matter to the reader; the last one is "". */
#define WORDS_N_ITEM_STATES 7
extern const StateWords words_item_states[WORDS_N_ITEM_STATES];

/* Never NULL: a state that is not known reads as it is called. */
const char *words_item_state(const char *state);
const char *words_setting_state(const char *state);

/* Who verified: "Kernel", "Agent", "Kernel and agent"; "" where nobody did. */
const char *words_verified_by(const char *verified_by);

/* A value of an item, a parameter or a setting, @key naming it: "Yes", "14 characters". Free with
 * g_free(). */
char *words_value(const char *key, GVariant *value);

/* A parameter as displayed: "Lockout period". */
const char *words_parameter(const char *key);

/* Local time with its zone: "2026-11-22 17:09:21 UTC"; "never" at 0. Free with g_free(). */
char *words_moment(gint64 usec);

/* The same for attribute datetime: "2026-11-22T17:09:21Z". Free with g_free(). */
char *words_moment_iso(gint64 usec);

/* How the device stands, in one word or two and in a sentence. */
typedef struct Verdict {
    const char *kind; /* "compliant", "open", "violated" or "unknown" */
    const char *word;
    char *sentence;
} Verdict;

void verdict_clear(Verdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Verdict, verdict_clear)

/* Compliant is what secpolctl is-compliant takes for it: enforcing, nothing pending or violated. */
Verdict verdict_of(const DeviceStatus *status);

/* What is away and since when, as a sentence; NULL while all is there. Free with g_free(). */
char *words_absence(const DeviceStatus *status);
