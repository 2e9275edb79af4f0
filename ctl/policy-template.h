/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* A valid policy document that asks for nothing and has a line for every item and parameter of the
 * catalog, with what it does. Free with g_free(). */
char *policy_template(void);
