/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/password-input.h"

#include "daemon/files/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

G_DEFINE_QUARK(secpolctl_password_input_error, password_input_error)

/* What would end the program and leave a terminal that shows nothing. */
static const int deadly_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* For the signals, which know nothing else. */
static int terminal_fd;
static struct termios terminal_before;

/* SA_RESETHAND lets the signal do afterwards what it would have done before. */
static void give_terminal_back(int number)
{
    tcsetattr(terminal_fd, TCSAFLUSH, &terminal_before);
    raise(number);
}

typedef struct Actions {
    struct sigaction deadly[G_N_ELEMENTS(deadly_signals)];
    struct sigaction stop;
} Actions;

static void take_signals(Actions *ret_before)
{
    struct sigaction restore = {.sa_handler = give_terminal_back, .sa_flags = SA_RESETHAND};
    for (gsize i = 0; i < G_N_ELEMENTS(deadly_signals); i++) {
        sigaction(deadly_signals[i], NULL, &ret_before->deadly[i]);
        if (ret_before->deadly[i].sa_handler != SIG_IGN) {
            sigaction(deadly_signals[i], &restore, NULL);
        }
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTSTP, &ignore, &ret_before->stop);
}

static void give_signals_back(const Actions *before)
{
    for (gsize i = 0; i < G_N_ELEMENTS(deadly_signals); i++) {
        sigaction(deadly_signals[i], &before->deadly[i], NULL);
    }
    sigaction(SIGTSTP, &before->stop, NULL);
}

static Password *ask(const char *prompt, GError **error)
{
    struct termios silent = terminal_before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ECHONL | ICANON;
    Actions before;
    take_signals(&before);
    tcsetattr(terminal_fd, TCSAFLUSH, &silent);
    dprintf(terminal_fd, "%s: ", prompt);
    Password *password = password_read_line(terminal_fd, error);
    /* What was typed beyond a line's limit is thrown away, lest it become a command. */
    tcsetattr(terminal_fd, TCSAFLUSH, &terminal_before);
    give_signals_back(&before);
    return password;
}

static gboolean open_terminal(void)
{
    terminal_fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal_fd < 0) {
        return FALSE;
    }
    if (tcgetattr(terminal_fd, &terminal_before) == 0) {
        return TRUE;
    }
    close(terminal_fd);
    return FALSE;
}

Password *password_input_ask(const char *prompt, GError **error)
{
    prctl(PR_SET_DUMPABLE, 0);
    if (!open_terminal()) {
        g_set_error_literal(error, PASSWORD_INPUT_ERROR, PASSWORD_INPUT_ERROR_NO_TERMINAL,
                            "there is no terminal to ask for the password; give it in a file, with "
                            "--password-file=");
        return NULL;
    }
    Password *password = ask(prompt, error);
    close(terminal_fd);
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
        Password *password = password_read_line(STDIN_FILENO, error);
        if (!password) {
            g_prefix_error(error, "<stdin>: ");
        }
        return password;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        file_error_set(error, path, "cannot open", errno);
        return NULL;
    }
    Password *password = password_read_line(fd, error);
    close(fd);
    if (!password) {
        g_prefix_error(error, "%s: ", path);
    }
    return password;
}
