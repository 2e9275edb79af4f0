/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-decision.h"

#include "daemon/enforce/wireless/wireless-text.h"

typedef struct Decision {
    const WirelessSystem *system;
    const WirelessRules *rules;
    const GArray *record;
    gboolean all;       /* all switches are to be set */
    gboolean lifts_all; /* they were, and are not to be any more */
    GArray *actions;
} Decision;

static void action_clear(WirelessAction *action)
{
    g_free(action->found);
}

static void add(Decision *decision, const WirelessAction *action)
{
    g_array_append_vals(decision->actions, action, 1);
}

static gboolean has(const Decision *decision, WirelessDeed deed, guint64 object)
{
    return wireless_record_has(decision->record, deed, object);
}

static void add_memory(Decision *decision, WirelessMemory memory, const WirelessRecordEntry *entry)
{
    const WirelessAction action = {.kind = WIRELESS_RECORD, .memory = memory, .entry = *entry};
    add(decision, &action);
}

/* Switches */

static gboolean can_block(const Decision *decision, const WirelessRadio *radio)
{
    return decision->system->rfkill &&
           wireless_system_find_switch(decision->system, radio->rfkill) != NULL;
}

static gboolean is_to_block(const Decision *decision, const WirelessRadio *radio)
{
    return can_block(decision, radio) &&
           (decision->all || wireless_rules_block(decision->rules, radio));
}

static const WirelessRadio *find_radio_of_switch(const Decision *decision, guint64 index)
{
    for (guint i = 0; i < decision->system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(decision->system->radios, WirelessRadio, i);
        if (radio->rfkill >= 0 && (guint64)radio->rfkill == index)
            return radio;
    }
    return NULL;
}

static gboolean is_switch_to_block(const Decision *decision, guint64 index)
{
    const WirelessRadio *radio = find_radio_of_switch(decision, index);
    return decision->all || (radio && is_to_block(decision, radio));
}

/* As it is when all have been unblocked, where that is about to happen. What others had blocked is
 * put back then. */
static gboolean is_set(const Decision *decision, const RfkillSwitch *at)
{
    return (at->soft && !decision->lifts_all) || has(decision, WIRELESS_DEED_FOREIGN, at->index);
}

static void unblock_all(Decision *decision)
{
    const WirelessAction action = {
        .kind = WIRELESS_UNBLOCK_ALL,
        .memory = WIRELESS_FORGET,
        .entry = {.deed = WIRELESS_DEED_BLOCKED_ALL},
    };
    add(decision, &action);
}

/* What others had blocked before is blocked again at once. It may be unblocked by now: a secpold
 * that was cut short in the middle of this has left it so. */
static void restore_foreign(Decision *decision)
{
    for (guint i = 0; i < decision->record->len; i++) {
        const WirelessRecordEntry *entry = &g_array_index(decision->record, WirelessRecordEntry, i);
        if (entry->deed != WIRELESS_DEED_FOREIGN)
            continue;
        const RfkillSwitch *at =
            wireless_system_find_switch(decision->system, (gint64)entry->object);
        const WirelessAction action = {
            .kind = at ? WIRELESS_BLOCK : WIRELESS_RECORD,
            .object = entry->object,
            .memory = WIRELESS_FORGET,
            .entry = *entry,
        };
        add(decision, &action);
    }
}

/* The name that people know, or that of the switch where it is not of a radio. */
static char *describe_unblocked(const Decision *decision, const RfkillSwitch *at)
{
    const WirelessRadio *radio = find_radio_of_switch(decision, at->index);

    return radio ? g_strdup_printf("%s: was not blocked", radio->name)
                 : g_strdup_printf("rfkill%u: was not blocked", at->index);
}

static void note_foreign(Decision *decision, const RfkillSwitch *at)
{
    const WirelessRecordEntry foreign = {.deed = WIRELESS_DEED_FOREIGN, .object = at->index};
    const gboolean known = has(decision, WIRELESS_DEED_FOREIGN, at->index);
    const gboolean first = !has(decision, WIRELESS_DEED_BLOCKED_ALL, 0);

    if (!at->soft && known)
        add_memory(decision, WIRELESS_FORGET, &foreign);
    else if (at->soft && first && !known && !has(decision, WIRELESS_DEED_BLOCKED, at->index))
        add_memory(decision, WIRELESS_REMEMBER, &foreign);
}

static void block_all(Decision *decision)
{
    g_autofree char *found = NULL;

    for (guint i = 0; i < decision->system->switches->len; i++) {
        const RfkillSwitch *at = &g_array_index(decision->system->switches, RfkillSwitch, i);
        note_foreign(decision, at);
        if (!found && !at->soft)
            found = describe_unblocked(decision, at);
    }
    if (!found && has(decision, WIRELESS_DEED_BLOCKED_ALL, 0))
        return;
    const WirelessAction action = {
        .kind = WIRELESS_BLOCK_ALL,
        .uses = WIRELESS_USE_ANY,
        .memory = WIRELESS_REMEMBER,
        .entry = {.deed = WIRELESS_DEED_BLOCKED_ALL},
        .found = g_steal_pointer(&found),
    };
    add(decision, &action);
}

static void block_radios(Decision *decision)
{
    for (guint i = 0; i < decision->system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(decision->system->radios, WirelessRadio, i);
        const RfkillSwitch *at = wireless_system_find_switch(decision->system, radio->rfkill);

        if (!at || !is_to_block(decision, radio) || is_set(decision, at))
            continue;
        const WirelessAction action = {
            .kind = WIRELESS_BLOCK,
            .object = at->index,
            .uses = decision->rules->prohibited,
            .memory = WIRELESS_REMEMBER,
            .entry = {.deed = WIRELESS_DEED_BLOCKED, .object = at->index},
            .found = describe_unblocked(decision, at),
        };
        add(decision, &action);
    }
}

static void unblock_radios(Decision *decision)
{
    /* Without switches to see, what was blocked may still be so. */
    for (guint i = 0; decision->system->rfkill && i < decision->record->len; i++) {
        const WirelessRecordEntry *entry = &g_array_index(decision->record, WirelessRecordEntry, i);
        if (entry->deed != WIRELESS_DEED_BLOCKED || is_switch_to_block(decision, entry->object))
            continue;
        const RfkillSwitch *at =
            wireless_system_find_switch(decision->system, (gint64)entry->object);
        const WirelessAction action = {
            .kind = at && is_set(decision, at) ? WIRELESS_UNBLOCK : WIRELESS_RECORD,
            .object = entry->object,
            .memory = WIRELESS_FORGET,
            .entry = *entry,
        };
        add(decision, &action);
    }
}

/* Interfaces */

/* Blocked by the hardware, or by somebody else. */
static gboolean stays_blocked(const Decision *decision, const WirelessRadio *radio)
{
    const RfkillSwitch *at = wireless_system_find_switch(decision->system, radio->rfkill);

    if (!at)
        return FALSE;
    return at->hard || is_to_block(decision, radio) ||
           (is_set(decision, at) && !has(decision, WIRELESS_DEED_BLOCKED, at->index));
}

static void set_down(Decision *decision, const WirelessInterface *interface, WirelessUse uses)
{
    const WirelessAction action = {
        .kind = WIRELESS_LINK_DOWN,
        .object = interface->interface,
        .uses = uses,
        .memory = WIRELESS_REMEMBER,
        .entry = {WIRELESS_DEED_LINK_DOWN, interface->wdev, interface->type},
        .found = wireless_text_of_use(decision->system, interface),
    };
    add(decision, &action);
}

static void remove_device(Decision *decision, const WirelessInterface *interface, WirelessUse uses)
{
    const WirelessAction action = {
        .kind = WIRELESS_DELETE,
        .object = interface->wdev,
        .uses = uses,
        .found = wireless_text_of_use(decision->system, interface),
    };
    add(decision, &action);
}

static void stop_interfaces(Decision *decision)
{
    for (guint i = 0; i < decision->system->interfaces->len; i++) {
        const WirelessInterface *at =
            &g_array_index(decision->system->interfaces, WirelessInterface, i);
        const WirelessUse uses = wireless_rules_prohibited(decision->rules, decision->system, at);

        if (uses == WIRELESS_USE_NONE)
            continue;
        const WirelessRadio *radio = wireless_system_find_radio(decision->system, at->radio);
        if (at->interface == 0 && !is_to_block(decision, radio))
            remove_device(decision, at, uses);
        else if (at->interface != 0 && at->up)
            set_down(decision, at, uses);
    }
}

/* An interface whose radio is here and that is not has been deleted. One that is elsewhere may come
 * back while it is still prohibited. */
static void forget_absent(Decision *decision, const WirelessRecordEntry *entry)
{
    const guint32 radio = (guint32)(entry->object >> 32);

    if (decision->rules->prohibited == WIRELESS_USE_NONE ||
        wireless_system_find_radio(decision->system, radio))
        add_memory(decision, WIRELESS_FORGET, entry);
}

static void restore_link(Decision *decision, const WirelessRecordEntry *entry)
{
    const WirelessInterface *interface =
        wireless_system_find_interface(decision->system, entry->object);

    if (!interface) {
        forget_absent(decision, entry);
        return;
    }
    if (wireless_rules_prohibited(decision->rules, decision->system, interface) != 0)
        return;
    const WirelessRadio *radio = wireless_system_find_radio(decision->system, interface->radio);
    const gboolean ours = interface->interface != 0 && !interface->up &&
                          interface->type == entry->type &&
                          !(radio && stays_blocked(decision, radio));
    const WirelessAction action = {
        .kind = ours ? WIRELESS_LINK_UP : WIRELESS_RECORD,
        .object = interface->interface,
        .memory = WIRELESS_FORGET,
        .entry = *entry,
    };
    add(decision, &action);
}

static void restore_links(Decision *decision)
{
    for (guint i = 0; i < decision->record->len; i++) {
        const WirelessRecordEntry *entry = &g_array_index(decision->record, WirelessRecordEntry, i);
        if (entry->deed == WIRELESS_DEED_LINK_DOWN)
            restore_link(decision, entry);
    }
}

GArray *wireless_decide(const WirelessSystem *system, const WirelessRules *rules,
                        const GArray *record)
{
    Decision decision = {
        .system = system,
        .rules = rules,
        .record = record,
        .all = system->rfkill && wireless_rules_block_all(rules),
        .actions = g_array_new(FALSE, FALSE, sizeof(WirelessAction)),
    };
    g_array_set_clear_func(decision.actions, (GDestroyNotify)action_clear);
    decision.lifts_all =
        system->rfkill && !decision.all && has(&decision, WIRELESS_DEED_BLOCKED_ALL, 0);

    if (decision.lifts_all)
        unblock_all(&decision);
    if (system->rfkill && !decision.all)
        restore_foreign(&decision);
    if (decision.all)
        block_all(&decision);
    else
        block_radios(&decision);
    stop_interfaces(&decision);
    unblock_radios(&decision);
    restore_links(&decision);
    return decision.actions;
}
