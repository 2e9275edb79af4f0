/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packets that were refused lately, counted by who sent them where. */
#pragma once

#include "ctl/json-member.h"

/*
 * @packets: objects with USec, Item, Protocol, Source, SourcePort, Destination, DestinationPort and
 * Interface, newest first. @items: as of manager_client_items(). @key: only of this item; NULL: of
 * all. Returns an array of objects, the one that was refused last first: Item, Packets, Direction
 * ("in", "out"), Source, Destination (of outgoing packets; else ""), Port (the closed one),
 * Protocol, Interface (of incoming packets; else ""), FirstUSec and LastUSec.
 */
JsonArray *blocked_packets_count(JsonArray *packets, JsonArray *items, const char *key);
