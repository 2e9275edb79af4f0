/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of port numbers, 0 to 65535, as a bitmap of 8 KiB. */
#pragma once

#include "daemon/policy/catalog.h"

typedef struct PortSet {
    guint64 words[65536 / 64];
} PortSet;

/* Both ends are included and at most 65535. Nothing happens where @last is below @first. */
void port_set_add_range(PortSet *set, guint first, guint last);
void port_set_remove_range(PortSet *set, guint first, guint last);
void port_set_union(PortSet *set, const PortSet *other);
void port_set_subtract(PortSet *set, const PortSet *other);
void port_set_intersect(PortSet *set, const PortSet *other);
gboolean port_set_contains(const PortSet *set, guint port);
gboolean port_set_equal(const PortSet *a, const PortSet *b);
gboolean port_set_is_empty(const PortSet *set);
guint port_set_count(const PortSet *set);

/* The next run of ports in ascending order, starting to look at @from (0 to 65536). FALSE, leaving
 * @ret_range, where there is none. Continue with ret_range->last + 1. */
gboolean port_set_next_range(const PortSet *set, guint from, PortRange *ret_range);

/* The notation of net.ipv4.ip_local_reserved_ports: "8080,9148-9200", empty for the empty set. */
char *port_set_to_string(const PortSet *set);

/* The same notation; blanks and a final newline are ignored. FALSE with
 * PORT_SET_ERROR on anything else, leaving @ret_set. */
gboolean port_set_from_string(const char *text, PortSet *ret_set, GError **error);

#define PORT_SET_ERROR (port_set_error_quark())
GQuark port_set_error_quark(void);
typedef enum PortSetError {
    PORT_SET_ERROR_SYNTAX,
} PortSetError;
