/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What families of objects on the bus have in common: PREFIX/NAME, with properties that change. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* The NAME of PREFIX/NAME, or NULL where @path is not of that form. */
const char *bus_object_name(const char *path, const char *prefix);

/* The paths of all PREFIX/NAME, as a node enumerator returns them: 1, or -ENOMEM. */
int bus_object_nodes(const char *prefix, const char *const *names, gsize n_names,
                     char ***ret_nodes);

/* Adds the property's name (a literal) to @changed where @differs. */
void bus_object_note(GPtrArray *changed, const char *property, gboolean differs);

/* One PropertiesChanged for all of @changed; nothing where it is empty or @bus is NULL. */
void bus_object_emit_changed(sd_bus *bus, const char *path, const char *interface,
                             GPtrArray *changed);
