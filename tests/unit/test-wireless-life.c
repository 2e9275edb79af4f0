/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies that come and go over radios as a kernel has them, at random: what is prohibited ends in
 * one go, nothing is left to do then, and after the last policy everything is as it was before the
 * first. */
#include <string.h>

#include "tests/unit/wireless-maker.h"

#define LIVES  2000u
#define STAGES 6u

static const char *const none[] = {NULL};
static const char *const phy0[] = {"phy0", NULL};
static const char *const phy1[] = {"phy1", NULL};

static WirelessSystem *make_any(void)
{
    static const char *const types[] = {"2", "3", "6", "7", "9"};
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 3; i++)
        g_string_append_printf(text, "radio phy%u %u%s%s\n", i, 10 + i,
                               g_test_rand_bit() ? " soft" : "",
                               g_test_rand_int_range(0, 6) == 0 ? " elsewhere" : "");
    for (guint i = 0; i < 6; i++)
        g_string_append_printf(text, "link w%u %u %s %s\n", i, i % 3,
                               types[g_test_rand_int_range(0, G_N_ELEMENTS(types))],
                               g_test_rand_bit() ? "up" : "down");
    return make_system(text->str);
}

static RfkillSwitch *switch_of(WirelessSystem *system, guint64 index)
{
    return (RfkillSwitch *)wireless_system_find_switch(system, (gint64)index);
}

static gboolean is_radio_blocked(WirelessSystem *system, guint32 radio)
{
    const WirelessRadio *found = wireless_system_find_radio(system, radio);
    return found && wireless_system_is_blocked(system, found);
}

/* As the kernel does: what is blocked goes down. */
static void settle(WirelessSystem *system)
{
    for (guint i = 0; i < system->interfaces->len; i++) {
        WirelessInterface *at = &g_array_index(system->interfaces, WirelessInterface, i);
        at->up = at->up && !is_radio_blocked(system, at->radio);
    }
}

static void set_all(WirelessSystem *system, gboolean blocked)
{
    for (guint i = 0; i < system->switches->len; i++)
        g_array_index(system->switches, RfkillSwitch, i).soft = blocked;
}

static void set_link(WirelessSystem *system, guint64 interface, gboolean up)
{
    for (guint i = 0; i < system->interfaces->len; i++) {
        WirelessInterface *at = &g_array_index(system->interfaces, WirelessInterface, i);
        if (at->interface == interface)
            at->up = up && !is_radio_blocked(system, at->radio);
    }
}

static void act(WirelessSystem *system, const WirelessAction *action)
{
    switch (action->kind) {
    case WIRELESS_UNBLOCK_ALL:
    case WIRELESS_BLOCK_ALL:
        set_all(system, action->kind == WIRELESS_BLOCK_ALL);
        break;
    case WIRELESS_BLOCK:
    case WIRELESS_UNBLOCK:
        switch_of(system, action->object)->soft = action->kind == WIRELESS_BLOCK;
        break;
    case WIRELESS_LINK_DOWN:
    case WIRELESS_LINK_UP:
        set_link(system, action->object, action->kind == WIRELESS_LINK_UP);
        break;
    default:
        g_assert_cmpint(action->kind, ==, WIRELESS_RECORD);
    }
    settle(system);
}

static void note(GPtrArray *lines, const WirelessAction *action)
{
    g_autofree char *line = wireless_record_entry_to_string(&action->entry);
    guint index;
    const gboolean known = g_ptr_array_find_with_equal_func(lines, line, g_str_equal, &index);

    if (action->memory == WIRELESS_REMEMBER && !known)
        g_ptr_array_add(lines, g_steal_pointer(&line));
    else if (action->memory == WIRELESS_FORGET && known)
        g_ptr_array_remove_index(lines, index);
}

static GArray *decide(const WirelessSystem *system, const WirelessRules *rules, GPtrArray *lines)
{
    g_ptr_array_add(lines, NULL);
    g_autoptr(GArray) record = wireless_record_parse((const char *const *)lines->pdata);
    g_ptr_array_remove_index(lines, lines->len - 1);
    return wireless_decide(system, rules, record);
}

static void run(WirelessSystem *system, const WirelessRules *rules, GPtrArray *lines)
{
    g_autoptr(GArray) actions = decide(system, rules, lines);

    for (guint i = 0; i < actions->len; i++) {
        act(system, &g_array_index(actions, WirelessAction, i));
        note(lines, &g_array_index(actions, WirelessAction, i));
    }
}

static void assert_nothing_prohibited(const WirelessSystem *system, const WirelessRules *rules)
{
    for (guint i = 0; i < system->interfaces->len; i++) {
        const WirelessInterface *at = &g_array_index(system->interfaces, WirelessInterface, i);
        if (at->up)
            g_assert_cmpuint(wireless_rules_prohibited(rules, system, at), ==, 0);
    }
    for (guint i = 0; i < system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        if (wireless_rules_block(rules, radio))
            g_assert_true(wireless_system_is_blocked(system, radio));
    }
}

static WirelessRules any_rules(gboolean whole_device)
{
    static const char *const *const lists[] = {none, phy0, phy1};

    return (WirelessRules){
        .prohibited = (WirelessUse)g_test_rand_int_range(0, WIRELESS_USE_ANY + 1),
        .exempt = lists[g_test_rand_int_range(0, 3)],
        .direct = lists[g_test_rand_int_range(0, 3)],
        .lan = lists[g_test_rand_int_range(0, 3)],
        .whole_device = whole_device,
    };
}

static char *describe(const WirelessSystem *system)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < system->switches->len; i++)
        g_string_append_c(text, g_array_index(system->switches, RfkillSwitch, i).soft ? 'B' : '-');
    for (guint i = 0; i < system->interfaces->len; i++)
        g_string_append_c(text,
                          g_array_index(system->interfaces, WirelessInterface, i).up ? 'u' : 'd');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void live(void)
{
    g_autoptr(WirelessSystem) system = make_any();
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    const gboolean whole_device = g_test_rand_bit();
    const WirelessRules nothing = {
        .exempt = none, .direct = none, .lan = none, .whole_device = whole_device};

    settle(system);
    g_autofree char *before = describe(system);
    for (guint i = 0; i < STAGES; i++) {
        const WirelessRules rules = any_rules(whole_device);
        run(system, &rules, lines);
        assert_nothing_prohibited(system, &rules);
        g_autoptr(GArray) rest = decide(system, &rules, lines);
        g_assert_cmpuint(rest->len, ==, 0);
    }
    run(system, &nothing, lines);
    g_autofree char *after = describe(system);
    g_assert_cmpstr(after, ==, before);
    g_assert_cmpuint(lines->len, ==, 0);
}

static void test_lives(void)
{
    for (guint i = 0; i < LIVES; i++)
        live();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wireless-life/everything-is-as-before", test_lives);
    return g_test_run();
}
