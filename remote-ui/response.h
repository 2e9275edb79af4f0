/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every response carries. */
#pragma once

#include <libsoup/soup.h>

/* @policy: a content security policy; NULL for the page's own. */
void response_set_headers(SoupMessageHeaders *headers, const char *policy);

/* Takes @body. @status: 200, or what is wrong. */
void response_set(SoupServerMessage *message, guint status, const char *type, char *body);

/* @text outlives the message. */
void response_set_static(SoupServerMessage *message, const char *type, const char *text);

/* A page that says what is wrong with the request and what to do instead. */
void response_set_error(SoupServerMessage *message, guint status, const char *title,
                        const char *advice);

/* Status line, headers and the empty line of a response that ends with its connection. Free with
 * g_free(). */
char *response_stream_head(const char *type);
