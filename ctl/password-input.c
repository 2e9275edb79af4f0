/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/password-input.h"

#include "daemon/state/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

G_DEFINE_QUARK(secpolctl - password - input - error - quark, password_input_error)

/* What would end or stop the program and leave a terminal that shows nothing. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number;
}

typedef struct Hush {
    struct termios terminal;
    struct sigaction actions[G_N_ELEMENTS(signals)];
} Hush;

static gboolean hush(int fd, Hush *ret_hush)
{
    Hush before;
    if (tcgetattr(fd, &before.terminal) < 0) {
        return FALSE;
    }
    caught = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        /* Without SA_RESTART, so that reading ends. */
        struct sigaction action = {.sa_handler = note_signal};
        sigaction(signals[i], NULL, &before.actions[i]);
        if (before.actions[i].sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
    struct termios silent = before.terminal;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ECHONL | ICANON;
    *ret_hush = before;
    return tcsetattr(fd, TCSAFLUSH, &silent) == 0;
}

/* What was typed beyond a line's limit is thrown away, lest it become a command. */
static void unhush(int fd, const Hush *before)
{
    tcsetattr(fd, TCSAFLUSH, &before->terminal);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], &before->actions[i], NULL);
    }
}

static Password *ask_once(int fd, const char *prompt, GError **error)
{
    Hush before;
    if (!hush(fd, &before)) {
        file_error_set(error, "/dev/tty", "cannot be made silent", errno);
        return NULL;
    }
    dprintf(fd, "%s: ", prompt);
    Password *password = password_read_line(fd, error);
    unhush(fd, &before);
    if (caught) {
        dprintf(fd, "\n");
        raise(caught);
    }
    return password;
}

Password *password_input_ask(const char *prompt, GError **error)
{
    prctl(PR_SET_DUMPABLE, 0);
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        g_set_error_literal(error, PASSWORD_INPUT_ERROR, PASSWORD_INPUT_ERROR_NO_TERMINAL,
                            "there is no terminal to ask for the password; give it in a file, with "
                            "--password-file=");
        return NULL;
    }
    Password *password = ask_once(fd, prompt, error);
    while (!password && caught == SIGTSTP) {
        g_clear_error(error);
        password = ask_once(fd, prompt, error);
    }
    close(fd);
    return password;
}

Password *password_input_ask_new(const char *prompt, GError **error)
{
    g_autoptr(Password) password = password_input_ask(prompt, error);
    g_autoptr(Password) again = password ? password_input_ask("Once more", error) : NULL;
    if (!again) {
        return NULL;
    }
    if (!password_equal(password, again)) {
        g_set_error_literal(error, PASSWORD_INPUT_ERROR, PASSWORD_INPUT_ERROR_DIFFERENT,
                            "the two passwords differ");
        return NULL;
    }
    return g_steal_pointer(&password);
}

Password *password_input_read(const char *path, GError **error)
{
    prctl(PR_SET_DUMPABLE, 0);
    if (strcmp(path, "-") == 0) {
        return password_read_line(STDIN_FILENO, error);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        file_error_set(error, path, "cannot open", errno);
        return NULL;
    }
    Password *password = password_read_line(fd, error);
    close(fd);
    return password;
}
