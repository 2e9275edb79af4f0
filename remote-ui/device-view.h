/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What secpold tells of the device at one moment, in the order in which it is displayed. Immutable
 * and counted.
 */
#pragma once

#include <glib.h>

#include "remote-ui/facts.h"

typedef struct DeviceView {
    GVariant *manager;    /* facts of org.secpold1.Manager; empty while secpold was never read */
    GPtrArray *items;     /* facts of the items, in display order */
    GHashTable *settings; /* name -> facts of the setting */
    GHashTable *counts;   /* state -> how many items are in it; borrowed from the items */
    gint64 read_usec;     /* since 1970; 0: never, this is the catalog */
} DeviceView;

/* From the answers of GetAll, (a{sv}), ListItems, (a(sssvs)), and GetManagedObjects. The answers
 * have these types. An item or setting beyond the limits of 256 and 512 is left out. */
DeviceView *device_view_new(GVariant *manager, GVariant *list, GVariant *objects, gint64 now_usec);

/* What is known of the items without having asked anybody: their labels, not their states. */
DeviceView *device_view_new_from_catalog(void);

DeviceView *device_view_ref(DeviceView *view);
void device_view_unref(DeviceView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeviceView, device_view_unref)

/* Borrowed; NULL where there is none of that name. */
GVariant *device_view_setting(const DeviceView *view, const char *name);

/* How many items are in @state. */
guint device_view_count(const DeviceView *view, const char *state);

/* How many items the policy asks for, of those that this device has. */
guint device_view_count_requested(const DeviceView *view);
