/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bus_object_name(const char *path, const char *prefix)
{
    const size_t length = strlen(prefix);

    if (strncmp(path, prefix, length) != 0 || path[length] != '/' || path[length + 1] == '\0')
        return NULL;
    return path + length + 1;
}

/* sd-bus frees list and paths with free(), so they have to come from malloc(). */
int bus_object_nodes(const char *prefix, const char *const *names, gsize n_names, char ***ret_nodes)
{
    char **nodes = calloc(n_names + 1, sizeof(char *));

    for (gsize i = 0; nodes && i < n_names; i++) {
        if (asprintf(&nodes[i], "%s/%s", prefix, names[i]) >= 0)
            continue;
        while (i > 0)
            free(nodes[--i]);
        g_clear_pointer(&nodes, free);
    }
    if (!nodes)
        return -ENOMEM;
    *ret_nodes = nodes;
    return 1;
}

void bus_object_note(GPtrArray *changed, const char *property, gboolean differs)
{
    if (differs)
        g_ptr_array_add(changed, (gpointer)property);
}

void bus_object_emit_changed(sd_bus *bus, const char *path, const char *interface,
                             GPtrArray *changed)
{
    if (!bus || changed->len == 0)
        return;
    g_ptr_array_add(changed, NULL);
    sd_bus_emit_properties_changed_strv(bus, path, interface, (char **)changed->pdata);
}
