/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/password-job.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct PasswordJob {
    PasswordTrial trials[PASSWORD_JOB_MAX_TRIALS];
    gsize n_trials;
    PasswordJobDone done;
    gpointer data;
    GThread *thread;
    int finished; /* eventfd: the thread has its result */
    sd_event_source *source;
    gboolean opened; /* of the thread until it is joined, as is error */
    GError *error;
};

static gpointer run(gpointer data)
{
    PasswordJob *job = data;
    gboolean opened = TRUE;

    for (gsize i = 0; i < job->n_trials && !job->error; i++)
        if (!seal_key_opens(&job->trials[i].key, job->trials[i].password, &job->error))
            opened = FALSE;
    job->opened = opened && !job->error;
    eventfd_write(job->finished, 1);
    return NULL;
}

static void join(PasswordJob *job)
{
    g_clear_pointer(&job->thread, g_thread_join);
}

static int on_finished(sd_event_source *source, int fd, uint32_t events, void *data)
{
    PasswordJob *job = data;

    join(job);
    sd_event_source_set_enabled(source, SD_EVENT_OFF);
    job->done(job->opened, job->error, job->data);
    return 0;
}

static gboolean watch(PasswordJob *job, sd_event *event, GError **error)
{
    job->finished = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const int r = job->finished < 0 ? -errno
                                    : sd_event_add_io(event, &job->source, job->finished, EPOLLIN,
                                                      on_finished, job);
    if (r >= 0)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(-r),
                "Cannot wait for a password to be checked: %s", g_strerror(-r));
    return FALSE;
}

PasswordJob *password_job_start(sd_event *event, const PasswordTrial *trials, gsize n_trials,
                                PasswordJobDone done, gpointer data, GError **error)
{
    g_autoptr(PasswordJob) job = g_new0(PasswordJob, 1);

    job->n_trials = MIN(n_trials, PASSWORD_JOB_MAX_TRIALS);
    memcpy(job->trials, trials, job->n_trials * sizeof(*trials));
    job->done = done;
    job->data = data;
    if (!watch(job, event, error))
        return NULL;
    job->thread = g_thread_try_new("password", run, job, error);
    return job->thread ? g_steal_pointer(&job) : NULL;
}

void password_job_free(PasswordJob *job)
{
    if (!job)
        return;
    join(job);
    sd_event_source_disable_unref(job->source);
    if (job->finished >= 0)
        close(job->finished);
    g_clear_error(&job->error);
    g_free(job);
}
