/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways through the authentication of a PAM service, as pam.d(5) describes it: which module is
 * asked after which, depending on what they answer.
 */
#pragma once

#include <glib.h>

/* What becomes of the stack after an answer: a number above zero jumps over so many modules. */
enum {
    PAM_STACK_IGNORE = 0,
    PAM_STACK_OK = -1,   /* the user is in, unless somebody refuses */
    PAM_STACK_DONE = -2, /* the user is in, as far as this stack or substack goes */
    PAM_STACK_BAD = -3,  /* the user is refused in the end */
    PAM_STACK_DIE = -4,  /* the user is refused, and nobody else in this stack or substack asked */
};

typedef struct PamStep {
    char *place;  /* "/etc/pam.d/sshd:4" */
    char *module; /* as the line names it */
    GStrv arguments;
    int on_success;
    int on_failure;     /* "authentication failure": of somebody who does not know the password */
    int on_refusal;     /* "permission denied" */
    GArray *on_answers; /* element type int: any answer; each action once */
    guint end;          /* where "done" and "die" lead to: of its substack, or of the stack */
} PamStep;

/* The steps of a service in the first of these directories, as /etc/pam.d, that has it, with what
 * they include, which is all in the first one. NULL-terminated. A file that cannot be read, one
 * that includes itself, and more files or steps than any stack has are errors. Free with
 * g_ptr_array_unref(). */
GPtrArray *pam_stack_read(const char *const *directories, const char *service, GError **error);

/* A step that must not be passed by. */
typedef struct PamGuard {
    const char *module;   /* as lines name it */
    const char *argument; /* the line must have */
} PamGuard;

/* How many steps are named @module, without its directory. */
guint pam_stack_count(const GPtrArray *steps, const char *module);

/* The step that lets somebody in who then does not pass the guard; NULL: there is no such way.
 * Steps named @module are the ones that let in; the guard is a line that can refuse. */
const PamStep *pam_stack_find_way_in(const GPtrArray *steps, const char *module,
                                     const PamGuard *guard);

/* The step that takes a password for wrong and sends somebody away who does not pass the guard;
 * NULL: there is no such way. A module whose success ends the stack or jumps is taken for one that
 * lets in by its own judgement. */
const PamStep *pam_stack_find_way_out(const GPtrArray *steps, const char *module,
                                      const PamGuard *guard);

#define PAM_STACK_ERROR (pam_stack_error_quark())
GQuark pam_stack_error_quark(void);
typedef enum PamStackError {
    PAM_STACK_ERROR_DEPTH,
    PAM_STACK_ERROR_LINE,
} PamStackError;
