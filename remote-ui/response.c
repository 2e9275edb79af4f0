/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/response.h"

#include <string.h>

#include "remote-ui/page.h"

/* Nothing from elsewhere, nothing inline, in nobody's frame. What the script puts into the page
 * goes through one function, the policy named "part". */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'; trusted-types part"

static const struct {
    const char *name;
    const char *value;
} common[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    {"Cache-Control", "no-store"},
    /* One request for each connection: the server closes those that it did not accept itself. */
    {"Connection", "close"},
};

void response_set_headers(SoupMessageHeaders *headers, const char *policy)
{
    soup_message_headers_replace(headers, "Content-Security-Policy", policy ? policy : PAGE_POLICY);
    for (gsize i = 0; i < G_N_ELEMENTS(common); i++)
        soup_message_headers_replace(headers, common[i].name, common[i].value);
}

void response_set(SoupServerMessage *message, guint status, const char *type, char *body)
{
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, type, SOUP_MEMORY_TAKE, body, strlen(body));
}

void response_set_static(SoupServerMessage *message, const char *type, const char *text)
{
    soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response(message, type, SOUP_MEMORY_STATIC, text, strlen(text));
}

/* Deeper than anybody goes astray: a request is not to be answered by more than it is itself. */
#define MAX_WAY 32

/* From /a/b/c the first page is at ../../, wherever a web server has put it. */
static char *way_to_root(SoupServerMessage *message)
{
    GString *way = g_string_new("./");
    GUri *uri = soup_server_message_get_uri(message);
    const char *path = uri ? g_uri_get_path(uri) : "";
    guint depth = 0;
    for (const char *c = *path ? path + 1 : path; *c && depth < MAX_WAY; c++)
        if (*c == '/') {
            g_string_append(way, "../");
            depth++;
        }
    return g_string_free(way, FALSE);
}

void response_set_error(SoupServerMessage *message, guint status, const char *title,
                        const char *advice)
{
    g_autofree char *root = way_to_root(message);
    response_set(message, status, "text/html; charset=utf-8",
                 page_error_new(status, title, advice, root));
}

char *response_stream_head(const char *type)
{
    GString *head = g_string_new("HTTP/1.1 200 OK\r\n");
    /* Without this, nginx holds events back until a buffer is full. */
    g_string_append(head, "X-Accel-Buffering: no\r\n");
    g_string_append_printf(head, "Content-Type: %s\r\n", type);
    for (gsize i = 0; i < G_N_ELEMENTS(common); i++)
        g_string_append_printf(head, "%s: %s\r\n", common[i].name, common[i].value);
    g_string_append_printf(head, "Content-Security-Policy: %s\r\n\r\n", PAGE_POLICY);
    return g_string_free(head, FALSE);
}
