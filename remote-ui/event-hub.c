/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/event-hub.h"

#include <string.h>

#include "remote-ui/event-stream.h"
#include "remote-ui/page-item.h"
#include "remote-ui/page-summary.h"
#include "remote-ui/words.h"

/* How soon a browser comes back, in milliseconds. */
#define RETRY      "retry: 3000\n\n"
#define RETRY_FULL "retry: 30000\n\n"
/* A page that missed more changes than these gets all parts. */
#define MAX_CHANGES 32

typedef struct Part {
    char *markup;
    guint64 edition; /* when it became what it is */
} Part;

struct EventHub {
    guint32 instance;  /* other numbers than before a restart */
    guint64 edition;   /* the latest of all parts */
    GHashTable *parts; /* id -> Part */
    GPtrArray *order;  /* ids, borrowed from the table */
    GPtrArray *streams;
    GBytes *everything; /* all parts as events, made when first asked for; NULL: not yet */
    GQueue changes;     /* of GBytes: the latest editions as they were sent, the present one last */
};

static void part_free(gpointer data)
{
    Part *part = data;
    g_free(part->markup);
    g_free(part);
}

EventHub *event_hub_new(void)
{
    EventHub *hub = g_new0(EventHub, 1);
    hub->instance = g_random_int();
    hub->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, part_free);
    hub->order = g_ptr_array_new();
    g_queue_init(&hub->changes);
    hub->streams = g_ptr_array_new_with_free_func((GDestroyNotify)event_stream_free);
    return hub;
}

void event_hub_free(EventHub *hub)
{
    if (!hub)
        return;
    g_ptr_array_unref(hub->streams);
    g_ptr_array_unref(hub->order);
    g_hash_table_unref(hub->parts);
    g_clear_pointer(&hub->everything, g_bytes_unref);
    g_queue_clear_full(&hub->changes, (GDestroyNotify)g_bytes_unref);
    g_free(hub);
}

char *event_hub_edition(const EventHub *hub)
{
    return g_strdup_printf("%08x-%" G_GUINT64_FORMAT, hub->instance, hub->edition);
}

/* The format of an event has a field for each line. */
static void add_data(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    for (char **line = lines; *line; line++)
        g_string_append_printf(out, "data: %s\n", *line);
}

/* The parts that changed after @edition, as events. */
static GBytes *parts_since(const EventHub *hub, guint64 edition)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < hub->order->len; i++) {
        const char *id = hub->order->pdata[i];
        const Part *part = g_hash_table_lookup(hub->parts, id);
        if (part->edition <= edition)
            continue;
        g_string_append_printf(out, "event: part\ndata: %s\n", id);
        add_data(out, part->markup);
        g_string_append_c(out, '\n');
    }
    /* Last, so that a page that got only some of the parts asks for all of them again. */
    if (out->len > 0) {
        g_autofree char *now = event_hub_edition(hub);
        g_string_append_printf(out, "id: %s\nevent: edition\ndata: %s\n\n", now, now);
    }
    return g_string_free_to_bytes(out);
}

static void set_part(EventHub *hub, const char *id, GString *markup)
{
    g_autofree char *text = g_string_free(markup, FALSE);
    Part *part = g_hash_table_lookup(hub->parts, id);
    if (part && strcmp(part->markup, text) == 0)
        return;
    if (!part) {
        char *key = g_strdup(id);
        part = g_new0(Part, 1);
        g_hash_table_insert(hub->parts, key, part);
        g_ptr_array_add(hub->order, key);
    }
    g_free(part->markup);
    part->markup = g_steal_pointer(&text);
    part->edition = hub->edition;
}

static void set_counts(EventHub *hub, const DeviceView *view)
{
    for (guint i = 0; *words_item_states[i].state; i++) {
        const char *state = words_item_states[i].state;
        g_autofree char *id = g_strconcat("count-", state, NULL);
        GString *markup = g_string_new(NULL);
        g_string_append_printf(markup, "<span class=\"count\" id=\"%s\">%u</span>", id,
                               device_view_count(view, state));
        set_part(hub, id, markup);
    }
}

static void set_parts(EventHub *hub, const DeviceStatus *status)
{
    GString *absence = g_string_new(NULL);
    GString *summary = g_string_new(NULL);
    page_absence_add(absence, status);
    page_summary_add(summary, status);
    set_part(hub, "absence", absence);
    set_part(hub, "summary", summary);
    set_counts(hub, status->view);
    for (guint i = 0; i < status->view->items->len; i++) {
        GVariant *item = status->view->items->pdata[i];
        GString *row = g_string_new(NULL);
        page_item_add(row, status->view, item, PAGE_ITEM_PLAIN);
        set_part(hub, facts_string(item, "Key"), row);
    }
}

static void send_all(EventHub *hub, GBytes *bytes)
{
    for (guint i = 0; i < hub->streams->len; i++)
        event_stream_send(hub->streams->pdata[i], bytes);
}

void event_hub_update(EventHub *hub, const DeviceStatus *status)
{
    hub->edition++;
    set_parts(hub, status);
    g_autoptr(GBytes) changed = parts_since(hub, hub->edition - 1);
    if (g_bytes_get_size(changed) == 0) {
        hub->edition--;
        return;
    }
    g_clear_pointer(&hub->everything, g_bytes_unref);
    g_queue_push_tail(&hub->changes, g_bytes_ref(changed));
    if (hub->changes.length > MAX_CHANGES)
        g_bytes_unref(g_queue_pop_head(&hub->changes));
    send_all(hub, changed);
}

static void on_closed(EventStream *stream, gpointer data)
{
    EventHub *hub = data;
    g_ptr_array_remove_fast(hub->streams, stream);
}

/* Made once: after a restart everybody needs it, at the same time. */
static GBytes *everything(EventHub *hub)
{
    if (!hub->everything)
        hub->everything = parts_since(hub, 0);
    return hub->everything;
}

/* How many editions are later than @edition; more than there are where it is none of these. */
static guint64 editions_since(const EventHub *hub, const char *edition)
{
    char *end = NULL;
    const guint64 instance = edition ? g_ascii_strtoull(edition, &end, 16) : 0;
    if (!edition || *end != '-' || instance != hub->instance)
        return G_MAXUINT64;
    const guint64 number = g_ascii_strtoull(end + 1, &end, 10);
    return *end || number > hub->edition ? G_MAXUINT64 : hub->edition - number;
}

/* What a page missed that shows @edition: elements of GBytes, all of which are shared with others.
 */
static GPtrArray *missed(EventHub *hub, const char *edition)
{
    g_autoptr(GPtrArray) bytes = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const guint64 n = editions_since(hub, edition);
    gsize size = 0;
    for (guint64 i = n; i > 0 && n <= hub->changes.length; i--) {
        GBytes *change = g_queue_peek_nth(&hub->changes, hub->changes.length - (guint)i);
        g_ptr_array_add(bytes, g_bytes_ref(change));
        size += g_bytes_get_size(change);
    }
    if (n <= hub->changes.length && (n == 0 || size < g_bytes_get_size(everything(hub))))
        return g_steal_pointer(&bytes);
    g_ptr_array_set_size(bytes, 0);
    g_ptr_array_add(bytes, g_bytes_ref(everything(hub)));
    return g_steal_pointer(&bytes);
}

static GBytes *beat(void)
{
    g_autofree char *moment = words_moment(g_get_real_time());
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "event: beat\ndata: %s\n\n", moment);
    return g_string_free_to_bytes(out);
}

void event_hub_add(EventHub *hub, GIOStream *connection, GSocket *socket, const char *head,
                   const char *edition)
{
    EventStream *stream = event_stream_new(connection, socket, on_closed, hub);
    g_autofree char *start = g_strconcat(head, RETRY, NULL);
    g_autoptr(GBytes) first = g_bytes_new(start, strlen(start));
    g_autoptr(GPtrArray) parts = missed(hub, edition);
    g_autoptr(GBytes) life = beat();
    g_ptr_array_add(hub->streams, stream);
    event_stream_send(stream, first);
    for (guint i = 0; i < parts->len; i++)
        event_stream_send(stream, parts->pdata[i]);
    event_stream_send(stream, life);
}

char *event_hub_full(EventHub *hub, const char *edition)
{
    g_autoptr(GPtrArray) parts = missed(hub, edition);
    g_autofree char *moment = words_moment(g_get_real_time());
    GString *out = g_string_new(RETRY_FULL);
    for (guint i = 0; i < parts->len; i++) {
        gsize size;
        const char *text = g_bytes_get_data(parts->pdata[i], &size);
        g_string_append_len(out, text, (gssize)size);
    }
    g_string_append_printf(out, "event: full\ndata: %s\n\n", moment);
    return g_string_free(out, FALSE);
}

guint event_hub_n_streams(const EventHub *hub)
{
    return hub->streams->len;
}

void event_hub_beat(EventHub *hub)
{
    g_autoptr(GBytes) bytes = beat();
    const gint64 now = g_get_monotonic_time();
    for (guint i = 0; i < hub->streams->len; i++)
        event_stream_check(hub->streams->pdata[i], now);
    send_all(hub, bytes);
}
