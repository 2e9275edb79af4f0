/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/site.h"

#include <string.h>

#include "remote-ui/asset.h"
#include "remote-ui/page.h"
#include "remote-ui/report-json.h"
#include "remote-ui/response.h"

struct Site {
    SoupServer *server;
    Connections *connections;
    DeviceWatch *watch;
    EventHub *hub;
};

typedef void (*Answer)(Site *site, SoupServerMessage *message);

static void answer_page(Site *site, SoupServerMessage *message)
{
    g_auto(PageFilter) filter = {0};
    g_autofree char *edition = event_hub_edition(site->hub);
    page_filter_parse(&filter, g_uri_get_query(soup_server_message_get_uri(message)));
    response_set(message, SOUP_STATUS_OK, "text/html; charset=utf-8",
                 page_new(device_watch_status(site->watch), &filter, edition));
}

/* Report files of several devices, or of one over time, are to have names of their own. */
static void name_file(SoupServerMessage *message, const char *extension)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *moment = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *host =
        g_strcanon(g_strdup(g_get_host_name()), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-.", '-');
    g_autofree char *value = g_strdup_printf("attachment; filename=\"security-policy-%s-%s.%s\"",
                                             host, moment, extension);
    soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                 "Content-Disposition", value);
}

static void answer_report_json(Site *site, SoupServerMessage *message)
{
    name_file(message, "json");
    response_set(message, SOUP_STATUS_OK, "application/json",
                 report_json_new(device_watch_status(site->watch)));
}

static void answer_report_html(Site *site, SoupServerMessage *message)
{
    g_autofree char *hash = page_report_style_hash();
    g_autofree char *policy =
        g_strdup_printf("default-src 'none'; style-src %s; base-uri 'none'; form-action 'none'; "
                        "frame-ancestors 'none'",
                        hash);
    response_set_headers(soup_server_message_get_response_headers(message), policy);
    name_file(message, "html");
    response_set(message, SOUP_STATUS_OK, "text/html; charset=utf-8",
                 page_report_new(device_watch_status(site->watch)));
}

static void answer_busy(SoupServerMessage *message)
{
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Retry-After",
                                 "3");
    response_set_error(message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Too many readers at once",
                       "This device is well, but has more requests to answer at this moment than "
                       "it can. Load the page again in a few seconds.");
}

/* What the page shows, from the address; a browser that comes back says it in a header. */
static char *edition_asked_for(SoupServerMessage *message)
{
    const char *last = soup_message_headers_get_one(
        soup_server_message_get_request_headers(message), "Last-Event-ID");
    if (last)
        return g_strdup(last);
    const char *query = g_uri_get_query(soup_server_message_get_uri(message));
    return query && g_str_has_prefix(query, "since=") ? g_strdup(query + strlen("since=")) : NULL;
}

static void answer_events(Site *site, SoupServerMessage *message)
{
    static const char type[] = "text/event-stream; charset=utf-8";
    if (soup_server_message_get_method(message) == SOUP_METHOD_HEAD) {
        response_set(message, SOUP_STATUS_OK, type, g_strdup(""));
        return;
    }
    g_autofree char *edition = edition_asked_for(message);
    if (event_hub_n_streams(site->hub) >= EVENT_HUB_MAX_STREAMS) {
        if (connections_begin_answer(site->connections, message))
            response_set(message, SOUP_STATUS_OK, type, event_hub_full(site->hub, edition));
        else
            answer_busy(message);
        return;
    }
    GSocket *socket;
    g_autofree char *head = response_stream_head(type);
    GIOStream *connection = connections_steal(site->connections, message, &socket);
    if (connection)
        event_hub_add(site->hub, connection, socket, head, edition);
}

static void answer_asset(SoupServerMessage *message, const Asset *asset)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    const char *known = soup_message_headers_get_list(
        soup_server_message_get_request_headers(message), "If-None-Match");
    g_autofree char *tag = asset_tag(asset->name);
    soup_message_headers_replace(headers, "Cache-Control", "no-cache");
    soup_message_headers_replace(headers, "ETag", tag);
    if (known && strstr(known, tag))
        soup_server_message_set_status(message, SOUP_STATUS_NOT_MODIFIED, NULL);
    else
        response_set_static(message, asset->type, asset_text(asset->name));
}

/* fresh: secpold is asked first. */
static const struct {
    const char *path;
    Answer answer;
    gboolean fresh;
} places[] = {
    {"/", answer_page, TRUE},
    {"/report.json", answer_report_json, TRUE},
    {"/report.html", answer_report_html, TRUE},
    {"/events", answer_events, FALSE},
};

typedef struct Waiting {
    Site *site;
    SoupServerMessage *message;
    Answer answer;
} Waiting;

static void on_fresh(gpointer data)
{
    g_autofree Waiting *waiting = data;
    g_autoptr(SoupServerMessage) message = waiting->message;
    if (connections_begin_answer(waiting->site->connections, message))
        waiting->answer(waiting->site, message);
    else
        answer_busy(message);
    soup_server_message_unpause(message);
}

static void answer_when_fresh(Site *site, SoupServerMessage *message, Answer answer)
{
    Waiting *waiting = g_new0(Waiting, 1);
    *waiting = (Waiting){site, g_object_ref(message), answer};
    soup_server_message_pause(message);
    device_watch_when_fresh(site->watch, on_fresh, waiting);
}

static void refuse_method(SoupServerMessage *message)
{
    soup_message_headers_replace(soup_server_message_get_response_headers(message), "Allow",
                                 "GET, HEAD");
    response_set_error(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "Nothing can be changed here",
                       "This page shows the security policy and changes nothing: it answers GET "
                       "and HEAD. Another policy is imported with secpolctl import on the device.");
}

static void refuse_path(SoupServerMessage *message)
{
    response_set_error(message, SOUP_STATUS_NOT_FOUND, "There is no such page",
                       "There is one page with all policy items, and two reports to download: "
                       "report.html and report.json.");
}

static gboolean may_use(SoupServerMessage *message)
{
    const char *method = soup_server_message_get_method(message);
    return method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD;
}

static void on_request(SoupServer *server, SoupServerMessage *message, const char *path,
                       GHashTable *query, gpointer data)
{
    Site *site = data;
    response_set_headers(soup_server_message_get_response_headers(message), NULL);
    /* Parts of a page are of no use, and overlapping ones would cost more than the whole. */
    soup_message_headers_remove(soup_server_message_get_request_headers(message), "Range");
    if (!may_use(message)) {
        refuse_method(message);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        if (g_strcmp0(places[i].path, path) != 0)
            continue;
        if (places[i].fresh)
            answer_when_fresh(site, message, places[i].answer);
        else
            places[i].answer(site, message);
        return;
    }
    const Asset *asset = path && *path == '/' ? asset_find(path + 1) : NULL;
    if (asset)
        answer_asset(message, asset);
    else
        refuse_path(message);
}

Site *site_new(SoupServer *server, Connections *connections, DeviceWatch *watch, EventHub *hub)
{
    Site *site = g_new0(Site, 1);
    *site = (Site){g_object_ref(server), connections, watch, hub};
    soup_server_add_handler(server, NULL, on_request, site, NULL);
    return site;
}

void site_free(Site *site)
{
    if (!site)
        return;
    soup_server_remove_handler(site->server, NULL);
    g_object_unref(site->server);
    g_free(site);
}
