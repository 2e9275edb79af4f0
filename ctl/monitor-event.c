/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/monitor-event.h"

#include "ctl/item-text.h"

#include <stdio.h>
#include <string.h>

JsonObject *monitor_event_new(const char *event)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "Time", g_get_real_time());
    json_object_set_string_member(object, "Event", event);
    return object;
}

static char *change_to_text(JsonObject *event)
{
    const char *kind = json_get_string(event, "Event");
    const char *key = json_get_string(event, strcmp(kind, "item") == 0 ? "Key" : "Name");
    const char *detail = json_get_string(event, "Detail");
    const char *subject = strcmp(kind, "state") == 0 ? "secpold" : kind;
    return g_strdup_printf("%s%s%s: %s -> %s%s%s", subject, *key ? " " : "", key,
                           json_get_string(event, "From"), json_get_string(event, "To"),
                           *detail ? ": " : "", detail);
}

static char *incident_to_text(JsonObject *event)
{
    const char *kind = json_get_string(event, "Event");
    g_autofree char *time =
        strcmp(kind, "repaired") == 0
            ? g_strdup_printf(" in %.3f ms", (double)json_get_integer(event, "USec") / 1000)
            : g_strdup("");
    return g_strdup_printf("%s %s (%s)%s: %s", kind, json_get_string(event, "Item"),
                           json_get_string(event, "Effect"), time,
                           json_get_string(event, "Detail"));
}

static char *policy_to_text(JsonObject *event)
{
    return g_strdup_printf("policy changed: generation %" G_GINT64_FORMAT ", digest %.12s",
                           json_get_integer(event, "Generation"), json_get_string(event, "Digest"));
}

static char *presence_to_text(JsonObject *event)
{
    gboolean gone = strcmp(json_get_string(event, "Event"), "gone") == 0;
    return g_strdup(gone ? "secpold has left the bus; what it enforced stays"
                         : "secpold is on the bus");
}

static const struct {
    const char *event;
    char *(*to_text)(JsonObject *event);
} kinds[] = {
    {"item", change_to_text},       {"setting", change_to_text},
    {"state", change_to_text},      {"violation", incident_to_text},
    {"repaired", incident_to_text}, {"policy-changed", policy_to_text},
    {"gone", presence_to_text},     {"back", presence_to_text},
};

static char *event_to_text(JsonObject *event)
{
    const char *kind = json_get_string(event, "Event");
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].event, kind) == 0) {
            return kinds[i].to_text(event);
        }
    }
    return g_strdup(kind);
}

static Color event_color(JsonObject *event)
{
    const char *kind = json_get_string(event, "Event");
    if (strcmp(kind, "violation") == 0 || strcmp(kind, "gone") == 0) {
        return COLOR_RED;
    }
    return state_to_color(json_get_string(event, "To"));
}

static void print_text(const Context *context, JsonObject *event)
{
    const Terminal *terminal = &context->terminal;
    g_autoptr(GDateTime) moment =
        g_date_time_new_from_unix_local(json_get_integer(event, "Time") / G_USEC_PER_SEC);
    g_autofree char *time = moment ? g_date_time_format(moment, "%H:%M:%S") : g_strdup("-");
    g_autofree char *raw = event_to_text(event);
    g_autofree char *text = terminal_escape(raw);
    Color color = event_color(event);
    printf("%s %s%s%s\n", time, terminal_color_begin(terminal, color), text,
           terminal_color_end(terminal, color));
}

void monitor_event_print(const Context *context, JsonObject *event)
{
    if (context->json != JSON_FORMAT_OFF) {
        json_print_object(event, JSON_FORMAT_SHORT);
    } else {
        print_text(context, event);
    }
    (void)fflush(stdout);
}
