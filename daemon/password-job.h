/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trying passwords on seals takes a while by design, so a thread does it and the event loop goes
 * on. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/state/seal.h"

/* One lock and the key that is tried on it. */
typedef struct PasswordTrial {
    SealKey key;
    const Password *password; /* borrowed: has to live until the job is done */
} PasswordTrial;

#define PASSWORD_JOB_MAX_TRIALS 2

typedef struct PasswordJob PasswordJob;

/* @opened: whether every trial succeeded; @error: set where that could not be found out. The job is
 * over; free it from here or later. */
typedef void (*PasswordJobDone)(gboolean opened, const GError *error, gpointer data);

/* Tries at most PASSWORD_JOB_MAX_TRIALS. All are tried, whatever the first one says, so that the
 * time taken does not tell which of them failed. Borrows @event. */
PasswordJob *password_job_start(sd_event *event, const PasswordTrial *trials, gsize n_trials,
                                PasswordJobDone done, gpointer data, GError **error);

/* Waits for the thread where it still runs; @done is not called any more. */
void password_job_free(PasswordJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PasswordJob, password_job_free)
