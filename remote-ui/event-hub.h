/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the page that change, and everybody who is told of it. A part is an element with an
 * id; it is sent as markup, and the page's script puts it in place. Each edition of a part has a
 * number, so that a page that was cut off gets what it missed and no more.
 */
#pragma once

#include <gio/gio.h>

#include "remote-ui/device-watch.h"

/* Who comes beyond that is told what it missed, and to come again. */
#define EVENT_HUB_MAX_STREAMS 512

typedef struct EventHub EventHub;

EventHub *event_hub_new(void);
void event_hub_free(EventHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventHub, event_hub_free)

/* Compares with the parts as they were and tells everybody of the difference. */
void event_hub_update(EventHub *hub, const DeviceStatus *status);

/* What identifies the present edition of all parts. Free with g_free(). */
char *event_hub_edition(const EventHub *hub);

/* Takes over a connection. @edition: what its page shows; NULL or anything else: unknown. @head:
 * the response up to the empty line. */
void event_hub_add(EventHub *hub, GIOStream *connection, GSocket *socket, const char *head,
                   const char *edition);

/* The body of a whole response for who finds no place: what it missed, and when that was so.
 * @edition as above. Free with g_free(). */
char *event_hub_full(EventHub *hub, const char *edition);

guint event_hub_n_streams(const EventHub *hub);

/* A sign of life for every page, every few seconds; also looks for those who do not read. */
void event_hub_beat(EventHub *hub);
