/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/words.h"

#include <string.h>

#include "daemon/policy/catalog.h"

const StateWords words_item_states[WORDS_N_ITEM_STATES] = {
    {"violated", "Violated", "Contradicted, or cannot be made true. Its detail says why."},
    {"pending", "Pending", "Asked for, but not yet confirmed by whoever has to."},
    {"partial", "Partial",
     "In force, except for what the device profile spares or what the device itself runs from."},
    {"enforced", "Enforced", "Read back from the kernel or confirmed by an agent, and true."},
    {"off", "Off", "The policy does not ask for it."},
    {"not-available", "Not available", "This device does not have the function."},
    {"", "Not known", "secpold has not been heard yet."},
};

static const StateWords setting_states[] = {
    {"confirmed", "Confirmed", NULL},         {"unconfirmed", "Not confirmed", NULL},
    {"contradicted", "Contradicted", NULL},   {"free", "Free", NULL},
    {"not-available", "Not available", NULL},
};

static const struct {
    const char *name;
    const char *words;
} verifiers[] = {{"kernel", "Kernel"}, {"agent", "Agent"}, {"both", "Kernel and agent"}},
  parameters[] = {
      {"AutoLogoutSec", "Time until logout"},
      {"LockoutThreshold", "Lockout threshold"},
      {"LockoutPeriodMin", "Lockout period"},
      {"SntpServer", "Server"},
};

static const char *find_state(const StateWords *states, gsize n_states, const char *state)
{
    for (gsize i = 0; i < n_states; i++)
        if (strcmp(states[i].state, state) == 0)
            return states[i].word;
    return state;
}

const char *words_item_state(const char *state)
{
    return find_state(words_item_states, WORDS_N_ITEM_STATES, state);
}

const char *words_setting_state(const char *state)
{
    return find_state(setting_states, G_N_ELEMENTS(setting_states), state);
}

const char *words_verified_by(const char *verified_by)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verifiers); i++)
        if (strcmp(verifiers[i].name, verified_by) == 0)
            return verifiers[i].words;
    return verified_by;
}

const char *words_parameter(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parameters); i++)
        if (strcmp(parameters[i].name, key) == 0)
            return parameters[i].words;
    return key;
}

char *words_value(const char *key, GVariant *value)
{
    if (!value)
        return g_strdup("");
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return g_strdup(g_variant_get_boolean(value) ? "Yes" : "No");
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return catalog_quantity(key, g_variant_get_uint32(value));
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
        return g_variant_dup_string(value, NULL);
    return g_variant_print(value, FALSE);
}

static char *format_moment(GDateTime *moment, const char *format)
{
    g_autoptr(GDateTime) owned = moment;
    return owned ? g_date_time_format(owned, format) : g_strdup("never");
}

char *words_moment(gint64 usec)
{
    if (usec <= 0)
        return g_strdup("never");
    return format_moment(g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC),
                         "%Y-%m-%d %H:%M:%S %Z");
}

char *words_moment_iso(gint64 usec)
{
    return format_moment(g_date_time_new_from_unix_utc(usec / G_USEC_PER_SEC),
                         "%Y-%m-%dT%H:%M:%SZ");
}

char *words_absence(const DeviceStatus *status)
{
    static const char *const away[] = {
        [DEVICE_LINK_CONNECTING] = "The system bus has not answered yet",
        [DEVICE_LINK_NO_BUS] = "The system bus cannot be reached",
        [DEVICE_LINK_NO_SECPOLD] = "secpold is not running",
        [DEVICE_LINK_NO_ANSWER] = "secpold does not answer",
    };
    if (status->link == DEVICE_LINK_UP)
        return NULL;
    g_autofree char *since = words_moment(status->since_usec);
    g_autofree char *last = words_moment(status->view->read_usec);
    g_autofree char *shown =
        status->view->read_usec > 0
            ? g_strdup_printf("What is shown below was last known at %s.", last)
            : g_strdup("What is shown below are the items there are, not how they stand.");
    /* Before the first look nobody knows. */
    return g_strdup_printf("%s, %s %s%s%s. %s", away[status->link],
                           status->view->read_usec > 0 ? "since" : "at least since", since,
                           status->reason ? ": " : "", status->reason ? status->reason : "", shown);
}
