/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page with gaps, each written {{name}}. */
#pragma once

#include <glib.h>

/* Appends @template to @out, calling @fill for each gap. */
void template_fill(GString *out, const char *template,
                   void (*fill)(GString *out, const char *name, gpointer data), gpointer data);
