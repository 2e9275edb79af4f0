/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device profile is made of: for device-profile*.c alone. */
#pragma once

#include "daemon/policy/device-profile.h"
#include "daemon/policy/port-list.h"

struct DeviceProfile {
    char *model;                              /* never NULL */
    GPtrArray *absent_functions;              /* element type char */
    GArray *added_ports[CATALOG_N_ITEMS];     /* element type PortListEntry; NULL: none */
    GArray *narrowed_ports[CATALOG_N_ITEMS];  /* element type PortListEntry; NULL: not narrowed */
    GStrv exempt_interfaces;                  /* NULL: none */
    GStrv hardware[HARDWARE_LIST_LAST + 1];   /* NULL: none */
    GStrv setting_agents[CATALOG_N_SETTINGS]; /* NULL: whoever reports */
    guint log_group;
    gboolean table_owner;
    gboolean require_signature;
    gboolean allow_older_serial;
    char *trusted_keys; /* never NULL */
};

/* The ports of an item before anything is narrowed away. */
void device_profile_full_ports(const DeviceProfile *profile, const CatalogItem *item,
                               PortSet *ret_tcp, PortSet *ret_udp);
