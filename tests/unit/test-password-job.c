/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/password-job.h"

#include <string.h>

#define HEAD "[Policy]\nFormatVersion=1\nName=test\nSerial=1\n"

typedef struct Result {
    sd_event *event;
    gboolean opened;
    guint calls;
} Result;

static Password *password(const char *text)
{
    return password_new(text, strlen(text), NULL);
}

static SealKey key_of(const char *text)
{
    g_autoptr(Password) secret = password(text);
    gsize length;
    g_autofree char *document = seal_make(HEAD, strlen(HEAD), secret, NULL, &length, NULL);
    gboolean sealed;
    SealKey key;

    g_assert_true(seal_check(document, length, &sealed, &key, NULL));
    g_assert_true(sealed);
    return key;
}

static void on_done(gboolean opened, const GError *error, gpointer data)
{
    Result *result = data;

    g_assert_no_error(error);
    result->opened = opened;
    result->calls++;
    sd_event_exit(result->event, 0);
}

/* Runs a job of one trial, or of two. */
static gboolean try(const PasswordTrial *trials, gsize n_trials)
{
    g_autoptr(GError) error = NULL;
    Result result = {0};

    g_assert_cmpint(sd_event_new(&result.event), >=, 0);
    g_autoptr(PasswordJob) job =
        password_job_start(result.event, trials, n_trials, on_done, &result, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result.calls, ==, 0);
    g_assert_cmpint(sd_event_loop(result.event), ==, 0);
    g_assert_cmpuint(result.calls, ==, 1);
    g_clear_pointer(&job, password_job_free);
    sd_event_unref(result.event);
    return result.opened;
}

static void test_one(void)
{
    g_autoptr(Password) right = password("right");
    g_autoptr(Password) wrong = password("wrong");
    const SealKey key = key_of("right");

    g_assert_true(try(&(PasswordTrial){key, right}, 1));
    g_assert_false(try(&(PasswordTrial){key, wrong}, 1));
}

static void test_both_have_to_open(void)
{
    g_autoptr(Password) first = password("first");
    g_autoptr(Password) second = password("second");
    const SealKey keys[] = {key_of("first"), key_of("second")};

    for (guint i = 0; i < 4; i++) {
        const PasswordTrial trials[] = {{keys[0], i & 1 ? first : second},
                                        {keys[1], i & 2 ? second : first}};
        g_assert_cmpint(try(trials, 2), ==, i == 3);
    }
}

/* The event loop goes on while the thread works. */
static int on_idle(sd_event_source *source, void *data)
{
    guint *rounds = data;
    ++*rounds;
    return 0;
}

static void test_loop_goes_on(void)
{
    g_autoptr(Password) right = password("right");
    const PasswordTrial trial = {key_of("right"), right};
    Result result = {0};
    guint rounds = 0;
    sd_event_source *idle = NULL;

    g_assert_cmpint(sd_event_new(&result.event), >=, 0);
    g_assert_cmpint(sd_event_add_defer(result.event, &idle, on_idle, &rounds), >=, 0);
    sd_event_source_set_priority(idle, SD_EVENT_PRIORITY_IDLE);
    sd_event_source_set_enabled(idle, SD_EVENT_ON);
    g_autoptr(PasswordJob) job =
        password_job_start(result.event, &trial, 1, on_done, &result, NULL);
    sd_event_loop(result.event);
    g_assert_true(result.opened);
    g_assert_cmpuint(rounds, >, 10);
    g_clear_pointer(&job, password_job_free);
    sd_event_source_disable_unref(idle);
    sd_event_unref(result.event);
}

static void test_given_up(void)
{
    g_autoptr(Password) right = password("right");
    const PasswordTrial trial = {key_of("right"), right};
    Result result = {0};

    g_assert_cmpint(sd_event_new(&result.event), >=, 0);
    PasswordJob *job = password_job_start(result.event, &trial, 1, on_done, &result, NULL);
    g_assert_nonnull(job);
    password_job_free(job);
    g_assert_cmpint(sd_event_run(result.event, 0), ==, 0);
    g_assert_cmpuint(result.calls, ==, 0);
    sd_event_unref(result.event);
    password_job_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/password-job/one", test_one);
    g_test_add_func("/password-job/both-have-to-open", test_both_have_to_open);
    g_test_add_func("/password-job/loop-goes-on", test_loop_goes_on);
    g_test_add_func("/password-job/given-up", test_given_up);
    return g_test_run();
}
