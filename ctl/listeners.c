/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/listeners.h"

#include "ctl/socket-owners.h"
#include "daemon/enforce/consequences/listener-survey.h"

#include <string.h>

/* The rest of a server's workers says nothing new. */
#define MAX_NAMED 3

struct Listeners {
    GPtrArray *found;   /* element type Listener */
    GHashTable *owners; /* as of socket_owners_find() */
};

static const char *protocol_name(const Listener *listener)
{
    return listener->protocol == IPPROTO_TCP ? "tcp" : "udp";
}

static GHashTable *find_owners(GPtrArray *listeners)
{
    g_autoptr(GHashTable) inodes = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(listeners, i);
        g_hash_table_add(inodes, GUINT_TO_POINTER(listener->inode));
    }
    return socket_owners_find(inodes);
}

static JsonArray *owners_to_json(GHashTable *owners, guint32 inode)
{
    JsonArray *array = json_array_new();
    GPtrArray *list = g_hash_table_lookup(owners, GUINT_TO_POINTER(inode));
    for (guint i = 0; list && i < list->len; i++) {
        const SocketOwner *owner = g_ptr_array_index(list, i);
        g_autofree char *name = g_utf8_make_valid(owner->name, -1);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "Pid", owner->process);
        json_object_set_string_member(object, "Name", name);
        json_array_add_object_element(array, object);
    }
    return array;
}

static JsonObject *listener_to_json(const Listener *listener, GHashTable *owners)
{
    char address[INET6_ADDRSTRLEN];
    listener_address(listener, address);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "Protocol", protocol_name(listener));
    json_object_set_string_member(object, "Address", address);
    json_object_set_int_member(object, "Port", listener->port);
    json_object_set_string_member(object, "Unit", listener->unit);
    json_object_set_int_member(object, "User", listener->uid);
    json_object_set_boolean_member(object, "Loopback", listener_is_loopback(listener));
    json_object_set_array_member(object, "Processes", owners_to_json(owners, listener->inode));
    return object;
}

Listeners *listeners_survey(const ClosingPorts *ports, GError **error)
{
    GPtrArray *found = listener_survey(&ports->tcp, &ports->udp, error);
    if (!found) {
        return NULL;
    }
    Listeners *listeners = g_new0(Listeners, 1);
    listeners->found = found;
    listeners->owners = find_owners(found);
    return listeners;
}

void listeners_free(Listeners *listeners)
{
    if (!listeners) {
        return;
    }
    g_ptr_array_unref(listeners->found);
    g_hash_table_unref(listeners->owners);
    g_free(listeners);
}

JsonArray *listeners_on(const Listeners *listeners, const ClosingPorts *ports)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < listeners->found->len; i++) {
        const Listener *listener = g_ptr_array_index(listeners->found, i);
        const PortSet *set = listener->protocol == IPPROTO_TCP ? &ports->tcp : &ports->udp;
        if (port_set_contains(set, listener->port)) {
            json_array_add_object_element(array, listener_to_json(listener, listeners->owners));
        }
    }
    return array;
}

static void append_owner(GString *text, JsonObject *owner, const char *unit)
{
    g_string_append_printf(text, "%s%s (pid %" G_GINT64_FORMAT "%s%s)", text->len ? ", " : "",
                           json_get_string(owner, "Name"), json_get_integer(owner, "Pid"),
                           *unit ? ", " : "", unit);
}

char *listener_to_text(JsonObject *listener)
{
    const char *unit = json_get_string(listener, "Unit");
    JsonArray *owners = json_get_array(listener, "Processes");
    guint count = owners ? json_array_get_length(owners) : 0;
    if (count == 0) {
        return NULL;
    }
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < count && i < MAX_NAMED; i++) {
        append_owner(text, json_object_at(owners, i), unit);
    }
    if (count > MAX_NAMED) {
        g_string_append_printf(text, " and %u more", count - MAX_NAMED);
    }
    g_string_append_printf(text, " %s on %" G_GINT64_FORMAT "/%s", count > 1 ? "listen" : "listens",
                           json_get_integer(listener, "Port"),
                           json_get_string(listener, "Protocol"));
    return g_string_free(text, FALSE);
}
