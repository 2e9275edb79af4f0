/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {
    [USB_INTERFACE_LEFT] = "left",
    [USB_INTERFACE_REFUSED] = "refused",
    [USB_INTERFACE_ALLOWING] = "allowing",
    [USB_INTERFACE_SPARED] = "spared",
};

/* Fields of a line are separated by one blank; only the last may hold blanks. */
#define MAX_FIELDS 6

static gboolean parse_id(const char *text, guint64 *ret)
{
    return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret, NULL);
}

/* hub ID ORIGINAL SHUT OPENED NAME */
static void load_hub(UsbStorageState *state, char **fields, guint n)
{
    guint64 id;

    if (n != 6 || !parse_id(fields[1], &id))
        return;
    UsbHubState *hub = usb_storage_state_add_hub(state, fields[5], id);
    hub->original = g_str_equal(fields[2], "1");
    hub->shut = g_str_equal(fields[3], "1");
    hub->opened = g_str_equal(fields[4], "1");
}

/* device ID NAME */
static void load_device(UsbStorageState *state, char **fields, guint n)
{
    guint64 id;

    if (n == 3 && parse_id(fields[1], &id))
        usb_storage_state_add_device(state, fields[2], id);
}

/* interface ID STATUS NAME [USE] */
static void load_interface(UsbStorageState *state, char **fields, guint n)
{
    guint64 id;

    if (n < 4 || !parse_id(fields[1], &id))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(status_names); i++) {
        if (g_strcmp0(fields[2], status_names[i]) != 0)
            continue;
        UsbInterfaceState *interface = usb_storage_state_add_interface(state, fields[3], id);
        interface->status = (UsbInterfaceStatus)i;
        interface->confirmed = interface->status == USB_INTERFACE_REFUSED;
        interface->use = n == 5 ? g_strdup(fields[4]) : NULL;
    }
}

/* mount ID NAME MAJOR:MINOR POINT; sorts after the interface it belongs to. */
static void load_mount(UsbStorageState *state, char **fields, guint n)
{
    guint64 id;

    if (n != 5 && n != 6)
        return;
    UsbInterfaceState *interface =
        parse_id(fields[1], &id) ? usb_storage_state_interface(state, fields[2], id) : NULL;
    if (interface)
        g_ptr_array_add(interface->mounts,
                        g_strjoin(" ", fields[3], fields[4], n == 6 ? fields[5] : NULL, NULL));
}

void usb_storage_record_load(UsbStorageState *state)
{
    g_auto(GStrv) lines = run_record_lines(state->record);

    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], " ", MAX_FIELDS);
        const guint n = g_strv_length(fields);
        if (g_str_equal(lines[i], "in-force"))
            state->in_force = TRUE;
        else if (g_str_equal(fields[0], "hub"))
            load_hub(state, fields, n);
        else if (g_str_equal(fields[0], "device"))
            load_device(state, fields, n);
        else if (g_str_equal(fields[0], "interface"))
            load_interface(state, fields, n);
        else if (g_str_equal(fields[0], "mount"))
            load_mount(state, fields, n);
        else if (g_str_equal(fields[0], "parameter") && n == 2) {
            g_free(state->parameter);
            state->parameter = g_strdup(fields[1]);
        }
    }
}

/* Takes @line. What is needed most is added first, in case there is no room for all. */
static void want(GPtrArray *lines, char *line)
{
    g_ptr_array_add(lines, line);
}

static void want_interface(GPtrArray *lines, const UsbInterfaceState *interface)
{
    want(lines, g_strdup_printf("interface %" PRIu64 " %s %s%s%s", interface->id,
                                status_names[interface->status], interface->name,
                                interface->use ? " " : "", interface->use ? interface->use : ""));
    for (guint i = 0; i < interface->mounts->len; i++)
        want(lines, g_strdup_printf("mount %" PRIu64 " %s %s", interface->id, interface->name,
                                    (const char *)g_ptr_array_index(interface->mounts, i)));
}

static void want_interfaces(GPtrArray *lines, const UsbStorageState *state, gboolean left)
{
    GHashTableIter iterator;
    gpointer value;

    g_hash_table_iter_init(&iterator, state->interfaces);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const UsbInterfaceState *interface = value;
        if (interface->status != USB_INTERFACE_NEW &&
            (interface->status == USB_INTERFACE_LEFT) == left)
            want_interface(lines, interface);
    }
}

static GPtrArray *make_lines(const UsbStorageState *state)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iterator;
    gpointer name, value;

    if (state->in_force)
        want(lines, g_strdup("in-force"));
    if (state->parameter)
        want(lines, g_strdup_printf("parameter %s", state->parameter));
    g_hash_table_iter_init(&iterator, state->hubs);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const UsbHubState *hub = value;
        want(lines, g_strdup_printf("hub %" PRIu64 " %d %d %d %s", hub->id, hub->original,
                                    hub->shut, hub->opened, hub->name));
    }
    want_interfaces(lines, state, FALSE);
    g_hash_table_iter_init(&iterator, state->devices);
    while (g_hash_table_iter_next(&iterator, &name, &value))
        want(lines,
             g_strdup_printf("device %" PRIu64 " %s", *(const guint64 *)value, (const char *)name));
    want_interfaces(lines, state, TRUE);
    return lines;
}

void usb_storage_record_update(UsbStorageState *state)
{
    g_autoptr(GPtrArray) wanted = make_lines(state);
    g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = run_record_lines(state->record);

    for (guint i = 0; i < wanted->len; i++)
        g_hash_table_add(set, g_ptr_array_index(wanted, i));
    for (guint i = 0; lines[i]; i++)
        if (!g_hash_table_contains(set, lines[i]))
            run_record_remove(state->record, lines[i]);
    for (guint i = 0; i < wanted->len; i++)
        run_record_add(state->record, g_ptr_array_index(wanted, i));
}
