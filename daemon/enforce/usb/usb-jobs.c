/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-jobs.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/enforce/usb/usb-steps.h"

/* What threads and the event loop share. A thread may outlive the UsbJobs it works for. */
typedef struct Mailbox {
    gatomicrefcount references;
    GAsyncQueue *finished; /* element type UsbJob */
    int wake;              /* eventfd */
} Mailbox;

/* What a thread is given. */
typedef struct Run {
    Mailbox *mailbox;
    UsbJob *job;
} Run;

struct UsbJobs {
    Mailbox *mailbox;
    sd_event_source *source;
    UsbJobDone done;
    gpointer data;
    GQueue urgent;  /* element type UsbJob: those that take something away */
    GQueue waiting; /* element type UsbJob: the others */
    guint n_running;
};

static void clear_step(UsbStep *step)
{
    g_free(step->name);
    g_free(step->label);
    g_clear_error(&step->error);
}

UsbJob *usb_job_new(const char *key)
{
    UsbJob *job = g_new0(UsbJob, 1);

    job->key = g_strdup(key);
    job->steps = g_array_new(FALSE, FALSE, sizeof(UsbStep));
    g_array_set_clear_func(job->steps, (GDestroyNotify)clear_step);
    return job;
}

void usb_job_free(UsbJob *job)
{
    if (!job)
        return;
    g_free(job->key);
    g_array_unref(job->steps);
    g_free(job);
}

void usb_job_add(UsbJob *job, UsbStepKind kind, const char *name, guint64 id)
{
    const UsbStep step = {.kind = kind, .name = g_strdup(name), .id = id};
    g_array_append_val(job->steps, step);
}

static Mailbox *mailbox_ref(Mailbox *mailbox)
{
    g_atomic_ref_count_inc(&mailbox->references);
    return mailbox;
}

static void mailbox_unref(Mailbox *mailbox)
{
    if (!g_atomic_ref_count_dec(&mailbox->references))
        return;
    g_async_queue_unref(mailbox->finished);
    if (mailbox->wake >= 0)
        close(mailbox->wake);
    g_free(mailbox);
}

static gpointer run_steps(gpointer data)
{
    Run *run = data;
    Mailbox *mailbox = run->mailbox;

    for (guint i = 0; i < run->job->steps->len; i++)
        usb_step_run(&g_array_index(run->job->steps, UsbStep, i));
    g_async_queue_push(mailbox->finished, run->job);
    eventfd_write(mailbox->wake, 1);
    mailbox_unref(mailbox);
    g_free(run);
    return NULL;
}

/* Where there can be no thread, the job is done here and now: late is better than never. */
static void start(UsbJobs *jobs, UsbJob *job)
{
    Run *run = g_new0(Run, 1);
    run->mailbox = mailbox_ref(jobs->mailbox);
    run->job = job;
    jobs->n_running++;

    GThread *thread = g_thread_try_new("usb-job", run_steps, run, NULL);
    if (thread)
        g_thread_unref(thread);
    else
        run_steps(run);
}

static gboolean is_urgent(const UsbJob *job)
{
    for (guint i = 0; i < job->steps->len; i++)
        if (g_array_index(job->steps, UsbStep, i).kind == USB_STEP_REFUSE)
            return TRUE;
    return FALSE;
}

static void start_waiting(UsbJobs *jobs)
{
    while (jobs->n_running < USB_JOBS_MAX_RUNNING + 1 && !g_queue_is_empty(&jobs->urgent))
        start(jobs, g_queue_pop_head(&jobs->urgent));
    while (jobs->n_running < USB_JOBS_MAX_RUNNING && !g_queue_is_empty(&jobs->waiting))
        start(jobs, g_queue_pop_head(&jobs->waiting));
}

static int on_finished(sd_event_source *source, int fd, uint32_t events, void *data)
{
    UsbJobs *jobs = data;
    eventfd_t count;
    UsbJob *job;

    eventfd_read(fd, &count);
    while ((job = g_async_queue_try_pop(jobs->mailbox->finished))) {
        jobs->n_running--;
        jobs->done(job, jobs->data);
        usb_job_free(job);
    }
    start_waiting(jobs);
    return 0;
}

UsbJobs *usb_jobs_new(sd_event *event, UsbJobDone done, gpointer data, GError **error)
{
    g_autoptr(UsbJobs) jobs = g_new0(UsbJobs, 1);

    jobs->done = done;
    jobs->data = data;
    g_queue_init(&jobs->urgent);
    g_queue_init(&jobs->waiting);
    jobs->mailbox = g_new0(Mailbox, 1);
    g_atomic_ref_count_init(&jobs->mailbox->references);
    jobs->mailbox->finished = g_async_queue_new_full((GDestroyNotify)usb_job_free);
    jobs->mailbox->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = jobs->mailbox->wake < 0 ? -errno
                                    : sd_event_add_io(event, &jobs->source, jobs->mailbox->wake,
                                                      EPOLLIN, on_finished, jobs);
    if (r >= 0)
        r = sd_event_source_set_priority(jobs->source, SD_EVENT_PRIORITY_IMPORTANT);
    if (r >= 0)
        return g_steal_pointer(&jobs);
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(-r),
                "Cannot wait for work on USB devices: %s", g_strerror(-r));
    return NULL;
}

void usb_jobs_free(UsbJobs *jobs)
{
    if (!jobs)
        return;
    sd_event_source_disable_unref(jobs->source);
    g_queue_clear_full(&jobs->urgent, (GDestroyNotify)usb_job_free);
    g_queue_clear_full(&jobs->waiting, (GDestroyNotify)usb_job_free);
    mailbox_unref(jobs->mailbox);
    g_free(jobs);
}

void usb_jobs_submit(UsbJobs *jobs, UsbJob *job)
{
    g_queue_push_tail(is_urgent(job) ? &jobs->urgent : &jobs->waiting, job);
    start_waiting(jobs);
}
