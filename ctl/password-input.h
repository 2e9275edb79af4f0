/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a password gets into secpolctl: never by its arguments or environment, which others see. */
#pragma once

#include "daemon/state/password.h"

/* The first line of a file; "-" is standard input. Cuts off the way into a core file. */
Password *password_input_read(const char *path, GError **error);

/* Typed on the terminal, which does not show it. PASSWORD_INPUT_ERROR_NO_TERMINAL where there is
 * none. */
Password *password_input_ask(const char *prompt, GError **error);

/* Asks twice; PASSWORD_INPUT_ERROR_DIFFERENT where the two differ. */
Password *password_input_ask_new(const char *prompt, GError **error);

#define PASSWORD_INPUT_ERROR (password_input_error_quark())
GQuark password_input_error_quark(void);
typedef enum PasswordInputError {
    PASSWORD_INPUT_ERROR_NO_TERMINAL,
    PASSWORD_INPUT_ERROR_DIFFERENT,
} PasswordInputError;
