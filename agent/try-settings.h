/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "secpol-agent --try": what the bindings would do, without doing it. */
#pragma once

#include <glib.h>

/* For every binding, whether its service is here, which of its edits settings that are locked as in
 * @words ("NAME=VALUE", NULL: none) would ask for and what they would change, and what its checks
 * say now. Changes nothing. FALSE where a word is none. */
gboolean try_settings(const char *const *words, const char *const directories[], GError **error);
