/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/pending-wait.h"

#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/manager-call.h"

/* Of any object: an item may change its state while the manager's numbers stay. */
#define MATCH                                                                                      \
    "type='signal',sender='" MANAGER_BUS_NAME "',path_namespace='" MANAGER_PATH "',"               \
    "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged'"

static int on_change(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    gboolean *changed = data;
    *changed = TRUE;
    return 0;
}

/* Until secpold says that something has changed, or the deadline; negative errno. */
static int await_change(sd_bus *bus, const gboolean *changed, gint64 deadline)
{
    for (;;) {
        int result = sd_bus_process(bus, NULL);
        if (result < 0) {
            return result;
        }
        if (result > 0) {
            continue;
        }
        gint64 now = g_get_monotonic_time();
        if (*changed || now >= deadline) {
            return 0;
        }
        result = sd_bus_wait(bus, (uint64_t)(deadline - now));
        if (result < 0) {
            return result;
        }
    }
}

static gboolean look(ManagerClient *client, guint64 generation, PendingWait *ret_result,
                     GError **error)
{
    g_autoptr(JsonObject) manager = manager_client_properties(client, error);
    g_autoptr(JsonArray) items = manager ? manager_client_items(client, error) : NULL;
    if (!items) {
        return FALSE;
    }
    g_autoptr(JsonObject) compliance = item_list_compliance(items);
    if (json_get_integer(manager, "Generation") != (gint64)generation) {
        *ret_result = PENDING_WAIT_REPLACED;
    } else if (compliance_count(compliance, "pending") > 0) {
        *ret_result = PENDING_WAIT_TIMEOUT;
    } else {
        *ret_result = PENDING_WAIT_NONE;
    }
    return TRUE;
}

gboolean pending_wait(ManagerClient *client, guint64 generation, guint seconds,
                      PendingWait *ret_result, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    gboolean changed = FALSE;
    sd_bus *bus = manager_client_bus(client);
    __attribute__((cleanup(sd_bus_slot_unrefp))) sd_bus_slot *slot = NULL;
    if (!manager_call_check(client, sd_bus_add_match(bus, &slot, MATCH, on_change, &changed),
                            error)) {
        return FALSE;
    }
    for (;;) {
        changed = FALSE;
        PendingWait result;
        if (!look(client, generation, &result, error)) {
            return FALSE;
        }
        if (result != PENDING_WAIT_TIMEOUT || g_get_monotonic_time() >= deadline) {
            *ret_result = result;
            return TRUE;
        }
        if (!manager_call_check(client, await_change(bus, &changed, deadline), error)) {
            return FALSE;
        }
    }
}
