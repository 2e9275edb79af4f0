/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backslash in values; see ini-scanner.h. */
#pragma once

/* Writes a value so that it reads back the same. Free with g_free(). */
char *ini_escape(const char *value);

/* The character that a backslash and @letter stand for; NUL where they mean nothing. */
char ini_unescape(char letter);
