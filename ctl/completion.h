/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a shell may offer for the word its user is typing; for the scripts of bash and zsh. */
#pragma once

/* The first word of a command line that asks for this; the words so far follow, the last of them
 * being the one to complete. */
#define COMPLETION_OPTION "--complete"

/* Prints one candidate a line: the word, a tab, what it means. Where the last word is
 * --OPTION=VALUE, candidates are for VALUE alone. In the place of candidates, a line ":files",
 * ":directories" or ":hosts" leaves it to the shell. @words is NULL-terminated. */
void completion_print(char *const *words);
