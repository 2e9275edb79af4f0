/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: what has to be true on this device, worked out from a policy and the device profile.
 * Pure and immutable; enforcers compare it with what is.
 */
#pragma once

#include "daemon/policy/device-profile.h"

/* A run of ports of one protocol; profiles and policies know TCP and UDP only. */
typedef struct ProtocolPorts {
    guint8 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
    PortRange range;
} ProtocolPorts;

typedef struct PlanItem {
    gboolean requested;   /* the policy asks for it */
    gboolean available;   /* the device has its function */
    gboolean active;      /* both: the item has an effect */
    GVariant *value;      /* as policy_item_value() */
    GVariant *parameters; /* as policy_item_parameters() */
    char *narrowed;       /* why it is only partly enforced, or NULL */
    GArray *ports;        /* element type ProtocolPorts, by protocol, then first port, no overlap:
                             what the item closes while active, by its own list; empty where it
                             has no ports */
} PlanItem;

/* A run of ports that one item closes. Within a plan no two closures overlap: a port that several
 * active items close belongs to the first of them that closes it wholly (ProhibitSnmpV1 only
 * filters, so RestrictSnmpPort goes before it). */
typedef struct PlanClosure {
    ProtocolPorts ports;
    guint item; /* index of the item whose chain refuses and counts */
} PlanClosure;

typedef struct PlanSetting {
    gboolean available;        /* the device has its function */
    gboolean locked;           /* at least one active item forces it, and it is available */
    GVariant *value;           /* of the setting's type; false, 0 or "" while not locked */
    GPtrArray *required_by;    /* element type const CatalogItem, in catalog order */
    const char *const *agents; /* bus names that must confirm, or NULL; owned by the plan */
} PlanSetting;

typedef struct Plan {
    gatomicrefcount references;
    PlanItem items[CATALOG_N_ITEMS];
    PlanSetting settings[CATALOG_N_SETTINGS];
    GArray *closures;        /* element type PlanClosure, by protocol, then first port */
    GStrv exempt_interfaces; /* never NULL; nor are the following, for hardware_name_matches() */
    GStrv exempt_udcs;       /* USB device controllers on which gadgets are left alone */
    GStrv exempt_usb_ports;  /* USB ports at which storage is left alone */
    GStrv exempt_radios;     /* left alone, whatever else the radio counts as */
    GStrv direct_radios;     /* every use counts as direct connection, ... */
    GStrv lan_radios;        /* ... or as wireless LAN; as both where a radio is in both */
    guint log_group;
    gboolean table_owner;
} Plan;

/* @lock_settings is FALSE for the fallback policy, which locks no setting. */
Plan *plan_new(const Policy *policy, const DeviceProfile *profile, gboolean lock_settings);

/* A plan in which nothing is asked for. */
Plan *plan_new_empty(const DeviceProfile *profile);

Plan *plan_ref(Plan *plan);
void plan_unref(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_unref)

/* Appends the runs of ports of @set to @ports, whose element type is ProtocolPorts. */
void protocol_ports_append(GArray *ports, guint8 protocol, const PortSet *set);

/* What the item closes of the protocol while it is active. */
void plan_item_ports(const PlanItem *item, guint8 protocol, PortSet *ret_ports);

/* All ports the plan closes for the protocol, by whichever item. */
void plan_closed_ports(const Plan *plan, guint8 protocol, PortSet *ret_ports);
