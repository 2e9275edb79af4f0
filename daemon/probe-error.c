/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/probe-error.h"

G_DEFINE_QUARK(secpold_probe_error, probe_error)

gboolean probe_without_effect(GError **error, const char *what)
{
    g_set_error_literal(error, PROBE_ERROR, PROBE_ERROR_WITHOUT_EFFECT, what);
    return FALSE;
}

gboolean probe_absent(GError **error, const char *what)
{
    g_set_error_literal(error, PROBE_ERROR, PROBE_ERROR_ABSENT, what);
    return FALSE;
}
