/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time spans as people write them. */
#pragma once

#include <glib.h>

#define TIME_SPAN_MIN_SECONDS 1
#define TIME_SPAN_MAX_SECONDS 86400

/* "60", "60s", "5min", "1h 30min": whole numbers, seconds where no unit is named, added up; units
 * are those of systemd.time(7) from seconds to days. TIME_SPAN_ERROR_INVALID for anything else, and
 * for what is below TIME_SPAN_MIN_SECONDS or above TIME_SPAN_MAX_SECONDS. */
gboolean time_span_parse(const char *text, guint *ret_seconds, GError **error);

#define TIME_SPAN_ERROR (time_span_error_quark())
GQuark time_span_error_quark(void);
typedef enum TimeSpanError {
    TIME_SPAN_ERROR_INVALID,
} TimeSpanError;
