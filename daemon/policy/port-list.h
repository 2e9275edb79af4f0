/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notation of ports in a device profile: PORT, PORT-PORT, either with /tcp or /udp. */
#pragma once

#include "daemon/policy/port-set.h"

typedef struct PortListEntry {
    PortRange range;
    gboolean tcp;
    gboolean udp;
} PortListEntry;

/* Reads one word, "8000-8999/tcp"; without a protocol both are meant. FALSE with INI_VALUE_ERROR,
 * leaving @ret_entry, where it is something else. */
gboolean port_list_parse_entry(const char *word, PortListEntry *ret_entry, GError **error);

/* Adds the ports of all entries to the sets. @entries, with element type PortListEntry, may be
 * NULL. */
void port_list_add_to(const GArray *entries, PortSet *tcp, PortSet *udp);

/* "137-139, 445/tcp". Free with g_free(). */
char *port_list_to_string(const GArray *entries);
char *port_list_entry_to_string(const PortListEntry *entry);
