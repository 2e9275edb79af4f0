/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells when any process writes to one of a set of attributes in sysfs. The kernel has no message
 * for that, but inotify(7) does work there for what processes write. Not seen: a write by way of
 * another mount of sysfs, as a network namespace has.
 */
#pragma once

#include <systemd/sd-event.h>

#include <glib.h>

/* More are not watched; the limit of the user counts too. */
#define ATTRIBUTE_WATCH_MAX 1024

typedef struct AttributeWatch AttributeWatch;

typedef void (*AttributeWritten)(gpointer data);

/* Where the kernel has no inotify, nothing is ever told. */
AttributeWatch *attribute_watch_new(sd_event *event, AttributeWritten written, gpointer data);
void attribute_watch_free(AttributeWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AttributeWatch, attribute_watch_free)

/* Watches exactly @paths (NULL-terminated) from now on. Those that are gone are left out. Call it
 * again when things of the same name have been replaced. */
void attribute_watch_set(AttributeWatch *watch, const char *const *paths);
