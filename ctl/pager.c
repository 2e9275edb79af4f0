/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/pager.h"

#include "ctl/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-login.h>
#include <unistd.h>

/* What systemd gives less(1): quit if all fits, colours, no wrapping, no clearing, prompt, quit on
 * interrupt. */
#define LESS_OPTIONS "FRSXMK"

static int terminal_output = -1;
static int kept_output = -1;

static void add_unless_seen(GPtrArray *candidates, const char *command)
{
    if (!g_ptr_array_find_with_equal_func(candidates, command, g_str_equal, NULL)) {
        g_ptr_array_add(candidates, g_strdup(command));
    }
}

GPtrArray *pager_candidates(const char *systemd_pager, const char *pager, gboolean secure,
                            gboolean secure_set)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);
    const char *wanted = systemd_pager ? systemd_pager : pager;
    if (wanted && (*wanted == '\0' || strcmp(wanted, "cat") == 0)) {
        return candidates;
    }
    /* Of the usual ones only less keeps to LESSSECURE. */
    gboolean trusted = !secure || secure_set;
    if (wanted && trusted) {
        add_unless_seen(candidates, wanted);
    }
    if (!secure) {
        add_unless_seen(candidates, "pager");
    }
    add_unless_seen(candidates, "less");
    if (!secure) {
        add_unless_seen(candidates, "more");
    }
    return candidates;
}

/* As systemd: whoever has got more rights than the owner of the session must not hand them on. */
static gboolean detect_secure(gboolean *ret_set)
{
    gboolean secure;
    const char *text = g_getenv("SYSTEMD_PAGERSECURE");
    *ret_set = text && terminal_parse_boolean(text, &secure);
    if (*ret_set) {
        return secure;
    }
    uid_t owner;
    if (sd_pid_get_owner_uid(0, &owner) >= 0) {
        return owner != geteuid();
    }
    return text || getuid() != geteuid() || g_getenv("SUDO_UID") || g_getenv("PKEXEC_UID");
}

static void set_environment(gboolean secure)
{
    const char *less = g_getenv("SYSTEMD_LESS");
    const char *charset = g_getenv("SYSTEMD_LESSCHARSET");
    g_setenv("LESS", less ? less : LESS_OPTIONS, TRUE);
    if (charset || g_get_charset(NULL)) {
        g_setenv("LESSCHARSET", charset ? charset : "utf-8", TRUE);
    }
    if (secure) {
        g_setenv("LESSSECURE", "1", TRUE);
    } else {
        g_unsetenv("LESSSECURE");
    }
}

/* What is left where no pager can be started. */
static void copy(int from, int to)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0) {
        if (write(to, buffer, (gsize)n) < 0) {
            return;
        }
    }
}

static G_NORETURN void run_pager(const GPtrArray *candidates)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)dup2(kept_output, STDIN_FILENO);
    for (guint i = 0; i < candidates->len; i++) {
        g_auto(GStrv) words = NULL;
        if (g_shell_parse_argv(g_ptr_array_index(candidates, i), NULL, &words, NULL)) {
            execvp(words[0], words);
        }
    }
    copy(STDIN_FILENO, STDOUT_FILENO);
    _exit(EXIT_SUCCESS);
}

static GPtrArray *detect_candidates(gboolean *ret_secure)
{
    gboolean secure_set;
    *ret_secure = detect_secure(&secure_set);
    return pager_candidates(g_getenv("SYSTEMD_PAGER"), g_getenv("PAGER"), *ret_secure, secure_set);
}

void pager_open(void)
{
    gboolean secure;
    g_autoptr(GPtrArray) candidates = detect_candidates(&secure);
    if (!isatty(STDOUT_FILENO) || terminal_is_dumb(g_getenv("TERM")) || candidates->len == 0) {
        return;
    }
    kept_output = memfd_create("secpolctl-output", MFD_CLOEXEC);
    terminal_output = kept_output < 0 ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (terminal_output >= 0) {
        dup2(kept_output, STDOUT_FILENO);
    }
}

static void show(void)
{
    gboolean secure;
    g_autoptr(GPtrArray) candidates = detect_candidates(&secure);
    set_environment(secure);
    /* An interrupt is for the pager. */
    (void)signal(SIGINT, SIG_IGN);
    pid_t process = fork();
    if (process == 0) {
        run_pager(candidates);
    }
    if (process < 0) {
        copy(kept_output, STDOUT_FILENO);
        return;
    }
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
    }
}

void pager_close(void)
{
    if (terminal_output < 0) {
        return;
    }
    (void)fflush(stdout);
    dup2(terminal_output, STDOUT_FILENO);
    if (lseek(kept_output, 0, SEEK_END) > 0 && lseek(kept_output, 0, SEEK_SET) == 0) {
        show();
    }
}
