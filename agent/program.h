/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of bindings that do something, of which only failures are told. */
#pragma once

#include <glib.h>

/* @input: as for command_run(). NULL, or what went wrong; that never quotes what the program
 * prints, as it may have quoted files with secrets. Free with g_free(). */
char *program_run(const char *const *words, const char *input);

/* Likewise; @ret_output is what it prints on its standard output. */
char *program_ask(const char *const *words, char **ret_output);
