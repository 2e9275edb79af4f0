/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-caller.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>

#define MAX_LOOK_UPS 64
/* Every caller that is remembered costs a match, of which the bus daemon allows 512 to a connection
 * unless told otherwise; nobody may use up another one's. Who is not remembered is looked up again
 * at the next call. */
typedef struct Room {
    guint all;
    guint of_user;
} Room;
static const Room room_of_root = {128, 128};
static const Room room_of_members = {64, 16};
static const Room room_of_others = {96, 8};

struct BusCallers {
    sd_bus *bus;
    gid_t group; /* (gid_t)-1: there is none of that name */
    BusCallerGone gone;
    gpointer data;
    GHashTable *known;   /* unique name to Entry */
    GHashTable *pending; /* set of LookUp */
};

typedef struct Entry {
    BusCaller caller;
    BusCallers *callers;
    sd_bus_slot *leaving; /* the match that tells when the connection goes */
} Entry;

typedef struct LookUp {
    BusCallers *callers;
    Entry *entry; /* moves to the known ones when the answer is good and there is room */
    sd_bus_message *message;
    BusCallerKnown known;
    gpointer data;
    sd_bus_slot *slot;
} LookUp;

static void entry_free(Entry *entry)
{
    if (!entry)
        return;
    sd_bus_slot_unref(entry->leaving);
    g_free(entry->caller.connection);
    g_free(entry->caller.unit);
    g_free(entry);
}

static void look_up_free(LookUp *look_up)
{
    sd_bus_slot_unref(look_up->slot);
    entry_free(look_up->entry);
    sd_bus_message_unref(look_up->message);
    g_free(look_up);
}

BusCallers *bus_callers_new(sd_bus *bus, const char *group, BusCallerGone gone, gpointer data)
{
    BusCallers *callers = g_new0(BusCallers, 1);

    callers->bus = bus;
    const struct group *found = getgrnam(group);
    callers->group = found ? found->gr_gid : (gid_t)-1;
    callers->gone = gone;
    callers->data = data;
    callers->known =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)entry_free);
    callers->pending =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, (GDestroyNotify)look_up_free, NULL);
    return callers;
}

void bus_callers_free(BusCallers *callers)
{
    if (!callers)
        return;
    g_hash_table_unref(callers->pending);
    g_hash_table_unref(callers->known);
    g_free(callers);
}

static int on_leaving(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    const Entry *entry = data;
    BusCallers *callers = entry->callers;

    if (g_hash_table_lookup(callers->known, entry->caller.connection) != entry)
        return 0;
    g_autofree char *connection = g_strdup(entry->caller.connection);
    g_hash_table_remove(callers->known, connection);
    callers->gone(connection, callers->data);
    return 0;
}

static gboolean is_member(gid_t group, const guint32 *gids, gsize n_gids)
{
    for (gsize i = 0; group != (gid_t)-1 && i < n_gids; i++)
        if (gids[i] == group)
            return TRUE;
    return FALSE;
}

typedef struct Credentials {
    gboolean has_uid;
    guint32 uid;
    guint32 pid;
    const guint32 *gids;
    gsize n_gids;
} Credentials;

static int read_credential(sd_bus_message *reply, const char *key, Credentials *credentials)
{
    if (strcmp(key, "UnixUserID") == 0) {
        credentials->has_uid = TRUE;
        return sd_bus_message_read(reply, "v", "u", &credentials->uid);
    }
    if (strcmp(key, "ProcessID") == 0)
        return sd_bus_message_read(reply, "v", "u", &credentials->pid);
    if (strcmp(key, "UnixGroupIDs") != 0)
        return sd_bus_message_skip(reply, "v");

    int r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_VARIANT, "au");
    if (r < 0)
        return r;
    const void *gids;
    size_t size;
    r = sd_bus_message_read_array(reply, SD_BUS_TYPE_UINT32, &gids, &size);
    if (r < 0)
        return r;
    credentials->gids = gids;
    credentials->n_gids = size / sizeof(guint32);
    return sd_bus_message_exit_container(reply);
}

static int read_credentials(sd_bus_message *reply, Credentials *credentials)
{
    int r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "{sv}");

    while (r >= 0) {
        const char *key;
        r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_DICT_ENTRY, "sv");
        if (r <= 0)
            break;
        r = sd_bus_message_read(reply, "s", &key);
        if (r >= 0)
            r = read_credential(reply, key, credentials);
        if (r >= 0)
            r = sd_bus_message_exit_container(reply);
    }
    if (r >= 0 && !credentials->has_uid)
        return -ENODATA;
    return r;
}

static char *unit_of(pid_t pid)
{
    char *unit = NULL;

    if (pid <= 0 || sd_pid_get_unit(pid, &unit) < 0)
        return g_strdup("");
    char *copy = g_strdup(unit);
    free(unit);
    return copy;
}

static const Room *room_of(const BusCaller *caller)
{
    if (caller->uid == 0)
        return &room_of_root;
    return caller->privileged ? &room_of_members : &room_of_others;
}

static gboolean has_room(const BusCallers *callers, const BusCaller *caller)
{
    const Room *room = room_of(caller);
    GHashTableIter iterator;
    gpointer entry;
    guint n_alike = 0;
    guint n_of_user = 0;

    g_hash_table_iter_init(&iterator, callers->known);
    while (g_hash_table_iter_next(&iterator, NULL, &entry)) {
        const BusCaller *other = &((const Entry *)entry)->caller;
        n_alike += room_of(other) == room;
        n_of_user += other->uid == caller->uid;
    }
    return n_alike < room->all && n_of_user < room->of_user;
}

static const BusCaller *remember(LookUp *look_up, const Credentials *credentials)
{
    BusCallers *callers = look_up->callers;
    Entry *entry = look_up->entry;

    entry->caller.uid = credentials->uid;
    entry->caller.privileged =
        credentials->uid == 0 || is_member(callers->group, credentials->gids, credentials->n_gids);
    entry->caller.unit = unit_of((pid_t)credentials->pid);
    entry->caller.remembered = has_room(callers, &entry->caller);
    if (entry->caller.remembered) {
        look_up->entry = NULL;
        g_hash_table_replace(callers->known, entry->caller.connection, entry);
    }
    return &entry->caller;
}

static int answer(LookUp *look_up, sd_bus_message *reply)
{
    const sd_bus_error *failure = sd_bus_message_get_error(reply);
    Credentials credentials = {0};

    if (failure)
        return look_up->known(look_up->message, NULL, failure, look_up->data);

    int r = read_credentials(reply, &credentials);
    if (r >= 0)
        return look_up->known(look_up->message, remember(look_up, &credentials), NULL,
                              look_up->data);

    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_error_set_errno(&error, r);
    r = look_up->known(look_up->message, NULL, &error, look_up->data);
    sd_bus_error_free(&error);
    return r;
}

static int on_credentials(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    LookUp *look_up = data;
    const int r = answer(look_up, reply);

    g_hash_table_remove(look_up->callers->pending, look_up);
    return r < 0 ? r : 0;
}

static Entry *entry_new(BusCallers *callers, const char *connection)
{
    Entry *entry = g_new0(Entry, 1);

    entry->callers = callers;
    entry->caller.connection = g_strdup(connection);
    return entry;
}

/* The match goes out before the question: whoever is answered for was there when it was in place,
 * so that its leaving cannot be missed. */
static int ask(LookUp *look_up)
{
    Entry *entry = look_up->entry;
    sd_bus *bus = look_up->callers->bus;
    g_autofree char *match = g_strdup_printf(
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s',arg2=''",
        entry->caller.connection);

    const int r = sd_bus_add_match_async(bus, &entry->leaving, match, on_leaving, NULL, entry);
    if (r < 0)
        return r;
    return sd_bus_call_method_async(bus, &look_up->slot, "org.freedesktop.DBus",
                                    "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                    "GetConnectionCredentials", on_credentials, look_up, "s",
                                    entry->caller.connection);
}

int bus_callers_look_up(BusCallers *callers, sd_bus_message *message, BusCallerKnown known,
                        gpointer data)
{
    static const sd_bus_error too_many = SD_BUS_ERROR_MAKE_CONST(
        SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many others call at this moment; try again");
    const char *sender = sd_bus_message_get_sender(message);
    const Entry *entry = g_hash_table_lookup(callers->known, sender);
    if (entry)
        return known(message, &entry->caller, NULL, data);
    if (g_hash_table_size(callers->pending) >= MAX_LOOK_UPS)
        return known(message, NULL, &too_many, data);

    LookUp *look_up = g_new0(LookUp, 1);
    look_up->callers = callers;
    look_up->entry = entry_new(callers, sender);
    look_up->message = sd_bus_message_ref(message);
    look_up->known = known;
    look_up->data = data;
    const int r = ask(look_up);
    if (r < 0) {
        look_up_free(look_up);
        return r;
    }
    g_hash_table_add(callers->pending, look_up);
    return 1;
}
