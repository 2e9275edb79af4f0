/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/polkit-agent.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#define AGENT "/usr/bin/pkttyagent"

static pid_t agent;

static gboolean has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0 && isatty(STDIN_FILENO);
}

/* What it prints belongs on the terminal, not into what is written to standard output. */
static G_NORETURN void run_agent(int ready)
{
    char number[16];
    g_snprintf(number, sizeof number, "%d", ready);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY);
    /* Where the session has an agent of its own, that one is asked. Outside of any session polkit
     * never comes to a fallback. */
    char *session = NULL;
    const char *fallback = sd_pid_get_session(0, &session) >= 0 ? "--fallback" : NULL;
    if (terminal >= 0 && dup2(terminal, STDOUT_FILENO) >= 0 && fcntl(ready, F_SETFD, 0) == 0) {
        execl(AGENT, AGENT, "--notify-fd", number, fallback, NULL);
    }
    _exit(EXIT_FAILURE);
}

/* The other end is closed when it is ready, or has ended. */
static void wait_for_close(int fd)
{
    char byte;
    while (read(fd, &byte, 1) < 0 && errno == EINTR) {
    }
    close(fd);
}

void polkit_agent_open(void)
{
    int ends[2];
    if (agent > 0 || geteuid() == 0 || access(AGENT, X_OK) < 0 || !has_terminal() ||
        pipe2(ends, O_CLOEXEC) < 0) {
        return;
    }
    agent = fork();
    if (agent == 0) {
        run_agent(ends[1]);
    }
    close(ends[1]);
    if (agent > 0) {
        wait_for_close(ends[0]);
    } else {
        close(ends[0]);
    }
}

void polkit_agent_close(void)
{
    if (agent <= 0) {
        return;
    }
    kill(agent, SIGTERM);
    kill(agent, SIGCONT);
    while (waitpid(agent, NULL, 0) < 0 && errno == EINTR) {
    }
    agent = 0;
}
