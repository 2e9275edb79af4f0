/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps an eye on secpold over the system bus: connects, and connects again, reads everything when
 * secpold says that something has changed, and knows since when either of them is away.
 */
#pragma once

#include <glib.h>

#include "remote-ui/device-view.h"

typedef enum DeviceLink {
    DEVICE_LINK_CONNECTING, /* not tried yet */
    DEVICE_LINK_NO_BUS,
    DEVICE_LINK_NO_SECPOLD, /* nobody owns the name */
    DEVICE_LINK_NO_ANSWER,  /* somebody does, but what is asked fails */
    DEVICE_LINK_UP,
} DeviceLink;

typedef struct DeviceStatus {
    DeviceLink link;
    gint64 since_usec; /* when the link became what it is, since 1970 */
    char *reason;      /* what went wrong, as the bus puts it; NULL where nothing did */
    DeviceView *view;  /* the last there was; never NULL */
} DeviceStatus;

typedef struct DeviceWatch DeviceWatch;

/* @changed is called in the main loop whenever the status may have changed. Never fails: what is
 * away is waited for. */
DeviceWatch *device_watch_new(void (*changed)(gpointer data), gpointer data);
void device_watch_free(DeviceWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeviceWatch, device_watch_free)

/* Borrowed, until control is back in the main loop. */
const DeviceStatus *device_watch_status(const DeviceWatch *watch);

/* Reads again what no signal tells of: counters, and when something was verified. */
void device_watch_refresh(DeviceWatch *watch);

/* Calls @ready once as soon as the status is at most a second old, or cannot be had: at once, or
 * after the present attempt to read or connect, which takes four seconds at most. Of many who wait,
 * one in each turn of the main loop, so that what comes of it can be sent before the next. */
void device_watch_when_fresh(DeviceWatch *watch, void (*ready)(gpointer data), gpointer data);
