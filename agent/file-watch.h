/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hears when files come, go or change, also such as are not there yet. */
#pragma once

#include <systemd/sd-event.h>

#include <glib.h>

typedef struct FileWatch FileWatch;

/* @on_event is called when something happened in a directory on the way to a watched file; it says
 * no more than that it is time to look. */
FileWatch *file_watch_new(sd_event *event, void (*on_event)(gpointer data), gpointer data,
                          GError **error);
void file_watch_free(FileWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileWatch, file_watch_free)

/* Watches these and no others. Element type char, absolute paths; of a directory all that is right
 * in it. Events that nobody has heard yet are kept. */
void file_watch_set(FileWatch *watch, const GPtrArray *paths);
