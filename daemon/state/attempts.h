/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A limit on wrong passwords that outlives restarts and reboots. Five may be tried at once; after
 * each further one there is a wait, 30 seconds at first and then twice as long each time, an hour
 * at most. The wait is counted on the clock since boot, which nobody can set, and starts anew after
 * a reboot. Kept in a small file of the state directory.
 */
#pragma once

#include <glib.h>

#define ATTEMPTS_FREE           5
#define ATTEMPTS_FIRST_WAIT_SEC 30
#define ATTEMPTS_LAST_WAIT_SEC  3600

typedef struct Attempts Attempts;

/* @path: the file; it need not exist. A file that cannot be read counts as ATTEMPTS_FREE failures
 * in this boot. */
Attempts *attempts_new(const char *path);
void attempts_free(Attempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attempts, attempts_free)

/* To be called before a password is tried: counts it as wrong, durably, so that nothing is won by
 * cutting the power meanwhile. ATTEMPTS_ERROR_TOO_MANY while one has to wait, saying how long;
 * G_FILE_ERROR where it cannot be counted: then nothing may be tried either. */
gboolean attempts_begin(Attempts *attempts, GError **error);

/* The password was right: forget the wrong ones. */
gboolean attempts_succeeded(Attempts *attempts, GError **error);

#define ATTEMPTS_ERROR (attempts_error_quark())
GQuark attempts_error_quark(void);
typedef enum AttemptsError {
    ATTEMPTS_ERROR_TOO_MANY,
} AttemptsError;
