/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a probe fails when no call has failed: the kernel accepts something and then does not do it,
 * or what is looked for is not there. */
#pragma once

#include <glib.h>

#define PROBE_ERROR (probe_error_quark())
GQuark probe_error_quark(void);
typedef enum ProbeError {
    PROBE_ERROR_WITHOUT_EFFECT,
    PROBE_ERROR_ABSENT,
} ProbeError;

/* Sets the error and returns FALSE. @what: "the session goes on". */
gboolean probe_without_effect(GError **error, const char *what);

/* The same. @what: "this system has none". */
gboolean probe_absent(GError **error, const char *what);
