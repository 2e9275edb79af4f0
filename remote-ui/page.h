/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole page, and the report that is kept as a file. */
#pragma once

#include "remote-ui/device-watch.h"
#include "remote-ui/page-filter.h"

/* @events: what the page tells the event stream of what it shows. Free with g_free(). */
char *page_new(const DeviceStatus *status, const PageFilter *filter, const char *events);

/* All of it unfolded, with its style sheet within and without script. Free with g_free(). */
char *page_report_new(const DeviceStatus *status);

/* The source expression by which a content security policy allows the report's style sheet. Free
 * with g_free(). */
char *page_report_style_hash(void);

/* A page that says what is wrong with a request. @root: the relative way to the first page, "" or a
 * number of "../". Free with g_free(). */
char *page_error_new(guint status, const char *title, const char *advice, const char *root);
