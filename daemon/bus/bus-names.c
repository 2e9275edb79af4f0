/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-names.h"

#include <string.h>

struct BusNames {
    sd_bus *bus;
    GHashTable *followed; /* name to FollowedName */
};

typedef struct FollowedName {
    char *name;
    char *owner; /* unique name, "" where nobody owns it */
    sd_bus_slot *match;
    sd_bus_slot *question;
} FollowedName;

static void followed_name_free(FollowedName *followed)
{
    sd_bus_slot_unref(followed->question);
    sd_bus_slot_unref(followed->match);
    g_free(followed->owner);
    g_free(followed->name);
    g_free(followed);
}

BusNames *bus_names_new(sd_bus *bus)
{
    BusNames *names = g_new0(BusNames, 1);

    names->bus = bus;
    names->followed =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)followed_name_free);
    return names;
}

void bus_names_free(BusNames *names)
{
    if (!names)
        return;
    g_hash_table_unref(names->followed);
    g_free(names);
}

static void set_owner(FollowedName *followed, const char *owner)
{
    g_free(followed->owner);
    followed->owner = g_strdup(owner);
}

static int on_owner_changed(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    const char *owner;

    if (sd_bus_message_read(signal, "sss", NULL, NULL, &owner) >= 0)
        set_owner(data, owner);
    return 0;
}

static int on_owner_told(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const char *owner;

    /* An error says that nobody owns the name, which is what it starts with. */
    if (!sd_bus_message_is_method_error(reply, NULL) &&
        sd_bus_message_read(reply, "s", &owner) >= 0)
        set_owner(data, owner);
    return 0;
}

/* The match goes out before the question, so that no change between them is missed. */
static int follow(BusNames *names, const char *name)
{
    g_autofree char *match =
        g_strdup_printf("type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='%s'",
                        name);
    FollowedName *followed = g_new0(FollowedName, 1);
    followed->name = g_strdup(name);
    followed->owner = g_strdup("");
    g_hash_table_insert(names->followed, followed->name, followed);

    const int r = sd_bus_add_match_async(names->bus, &followed->match, match, on_owner_changed,
                                         NULL, followed);
    if (r < 0)
        return r;
    return sd_bus_call_method_async(names->bus, &followed->question, "org.freedesktop.DBus",
                                    "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                                    on_owner_told, followed, "s", name);
}

/* Names without a dot are units, not bus names. */
static GHashTable *wanted_names(const Plan *plan)
{
    GHashTable *wanted = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < CATALOG_N_SETTINGS; i++) {
        const char *const *agents = plan->settings[i].agents;
        for (gsize j = 0; agents && agents[j]; j++)
            if (strchr(agents[j], '.') && sd_bus_service_name_is_valid(agents[j]))
                g_hash_table_add(wanted, (gpointer)agents[j]);
    }
    return wanted;
}

static gboolean is_unwanted(gpointer name, gpointer followed, gpointer wanted)
{
    return !g_hash_table_contains(wanted, name);
}

int bus_names_follow(BusNames *names, const Plan *plan)
{
    g_autoptr(GHashTable) wanted = wanted_names(plan);
    GHashTableIter iterator;
    gpointer name;

    g_hash_table_foreach_remove(names->followed, is_unwanted, wanted);
    g_hash_table_iter_init(&iterator, wanted);
    while (g_hash_table_iter_next(&iterator, &name, NULL)) {
        if (g_hash_table_contains(names->followed, name))
            continue;
        const int r = follow(names, name);
        if (r < 0)
            return r;
    }
    return 0;
}

GStrv bus_names_owned_by(const BusNames *names, const char *connection)
{
    g_autoptr(GStrvBuilder) owned = g_strv_builder_new();
    GHashTableIter iterator;
    gpointer followed;

    g_hash_table_iter_init(&iterator, names->followed);
    while (g_hash_table_iter_next(&iterator, NULL, &followed))
        if (g_str_equal(((FollowedName *)followed)->owner, connection))
            g_strv_builder_add(owned, ((FollowedName *)followed)->name);
    return g_strv_builder_end(owned);
}
