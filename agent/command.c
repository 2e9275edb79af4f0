/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/files/file-io.h"

void command_result_clear(CommandResult *result)
{
    g_free(result->output);
}

/* The input as a file in memory: however much of it the program reads, nobody waits. */
static int open_input(const char *input)
{
    const gsize length = input ? strlen(input) : 0;
    const int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd >= 0 && length && write(fd, input, length) != (ssize_t)length) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* What the program gets: its three descriptors, no blocked signals, a group of its own so that it
 * can be ended with all it started. */
static int spawn(const char *const *words, const int streams[3], pid_t *ret_pid)
{
    static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                              "HOME=/root", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, streams[i], i);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    const int code = posix_spawn(ret_pid, words[0], &actions, &attributes, (char *const *)words,
                                 (char *const *)environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Whether there was more to read. One byte more than is kept tells that there was more. */
static gboolean read_some(int fd, GString *output)
{
    char buffer[4096];
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    g_string_append_len(output, buffer, MIN(n, (gssize)(COMMAND_MAX_BYTES + 1 - output->len)));
    return n > 0;
}

static int wait_milliseconds(gint64 deadline)
{
    const gint64 left = deadline - g_get_monotonic_time();
    return (int)(MAX(left, 0) / 1000);
}

/* Reads until the program has ended; a child that it leaves behind may keep the pipe open, and may
 * write to it without end, as the program itself may. */
static gboolean follow(int output, int pidfd, gint64 deadline, GString *text)
{
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = output, .events = POLLIN}};

    while (!(fds[0].revents & POLLIN)) {
        const int left = wait_milliseconds(deadline);
        const int n = left > 0 ? poll(fds, G_N_ELEMENTS(fds), left) : 0;
        if (n == 0)
            return FALSE;
        if (n > 0 && fds[1].revents && !read_some(output, text))
            fds[1].fd = -1;
    }
    struct pollfd rest = {.fd = output, .events = POLLIN};
    while (fds[1].fd >= 0 && text->len <= COMMAND_MAX_BYTES && poll(&rest, 1, 0) > 0 &&
           read_some(output, text))
        continue;
    return TRUE;
}

static gboolean finish(pid_t pid, int output, gint64 deadline, GString *text, int *ret_status)
{
    const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    const gboolean ended = pidfd >= 0 && follow(output, pidfd, deadline, text);
    int status = 0;
    if (!ended)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (pidfd >= 0)
        close(pidfd);
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
}

/* Starts the program; what it writes comes out of @ret_output. */
static gboolean start(const CommandCall *call, int input, pid_t *ret_pid, int *ret_output,
                      GError **error)
{
    const char *const *words = call->words;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return file_error_set(error, words[0], "cannot make a pipe", errno);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const int streams[] = {input, ends[1], call->drops_errors ? nowhere : ends[1]};
    const int code = nowhere < 0 ? errno : spawn(words, streams, ret_pid);
    close(ends[1]);
    if (nowhere >= 0)
        close(nowhere);
    if (code != 0) {
        close(ends[0]);
        return file_error_set(error, words[0], "cannot run", code);
    }
    *ret_output = ends[0];
    return TRUE;
}

static gboolean run_with(const CommandCall *call, int input, CommandResult *result, GError **error)
{
    const guint seconds = call->seconds ? call->seconds : COMMAND_MAX_SEC;
    const gint64 deadline = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    g_autoptr(GString) text = g_string_new(NULL);
    pid_t pid = 0;
    int output = -1;
    if (!start(call, input, &pid, &output, error))
        return FALSE;
    const gboolean ended = finish(pid, output, deadline, text, &result->status);
    close(output);
    if (!ended)
        return file_error_set(error, call->words[0], "took too long and was ended", ETIMEDOUT);
    result->cut = text->len > COMMAND_MAX_BYTES;
    g_string_truncate(text, COMMAND_MAX_BYTES);
    result->output = g_utf8_make_valid(text->str, -1);
    return TRUE;
}

gboolean command_run(const CommandCall *call, CommandResult *ret_result, GError **error)
{
    const int fd = open_input(call->input);
    if (fd < 0)
        return file_error_set(error, call->words[0], "cannot keep its input", errno);
    const gboolean good = run_with(call, fd, ret_result, error);
    close(fd);
    return good;
}
