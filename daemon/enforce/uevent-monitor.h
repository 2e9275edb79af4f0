/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listens to what the kernel itself says about devices (netlink, NETLINK_KOBJECT_UEVENT), which is
 * before udev has seen it. A message from any process is not listened to. One monitor serves all
 * enforcers; a flood costs a bounded share of a processor.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/uevent.h"

typedef struct UeventMonitor UeventMonitor;

/* @uevent is borrowed; NULL: messages were lost, so look at everything again. Must neither block
 * nor add or remove handlers. */
typedef void (*UeventHandler)(const Uevent *uevent, gpointer data);

/* Borrows @event, which has to outlive the monitor. Fails where the kernel has no such netlink or
 * the process may not use it. */
UeventMonitor *uevent_monitor_new(sd_event *event, GError **error);
void uevent_monitor_free(UeventMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UeventMonitor, uevent_monitor_free)

/* Has @handler called for each message whose subsystem is exactly @subsystem, a string that
 * outlives the monitor. One user may add several. @monitor NULL, which stands for a system without:
 * nothing is done. */
void uevent_monitor_add(UeventMonitor *monitor, const char *subsystem, UeventHandler handler,
                        gpointer data);

/* Takes all handlers with this @data away. NULL-safe as above. */
void uevent_monitor_remove(UeventMonitor *monitor, gpointer data);
