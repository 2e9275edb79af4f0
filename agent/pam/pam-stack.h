/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways through the authentication of a PAM service, as pam.d(5) describes it: which module is
 * asked after which, depending on what they answer.
 */
#pragma once

#include <glib.h>

/* What becomes of the stack after an answer: a number above zero jumps over so many modules. */
enum {
    PAM_STACK_GO_ON = 0,
    PAM_STACK_DONE = -1, /* the user is in, as far as this stack or substack goes */
    PAM_STACK_FAIL = -2, /* now or in the end the user is refused */
};

typedef struct PamStep {
    char *place;  /* "/etc/pam.d/sshd:4" */
    char *module; /* as the line names it */
    GStrv arguments;
    int on_success;
    int on_refusal;     /* "permission denied" */
    GArray *on_answers; /* element type int: any answer; each action once */
    guint end;          /* where "done" leads to: the end of its substack, or of the stack */
} PamStep;

/* The steps of a service in a directory like /etc/pam.d, with what they include. A directory or
 * file that cannot be read and one that includes itself are errors. Free with g_ptr_array_unref().
 */
GPtrArray *pam_stack_read(const char *directory, const char *service, GError **error);

/* A step that must not be passed by. */
typedef struct PamGuard {
    const char *module;   /* as lines name it */
    const char *argument; /* the line must have */
} PamGuard;

/* The step that lets somebody in who then does not pass the guard; NULL: there is no such way.
 * Steps named @module (without its directory) are the ones that let in; the guard is a line that
 * can refuse. *ret_n_modules: how many there are. */
const PamStep *pam_stack_find_way_around(const GPtrArray *steps, const char *module,
                                         const PamGuard *guard, guint *ret_n_modules);

#define PAM_STACK_ERROR (pam_stack_error_quark())
GQuark pam_stack_error_quark(void);
typedef enum PamStackError {
    PAM_STACK_ERROR_DEPTH,
    PAM_STACK_ERROR_LINE,
} PamStackError;
