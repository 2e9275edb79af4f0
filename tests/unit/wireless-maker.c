/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/wireless-maker.h"

#include <stdlib.h>

static guint32 number(const char *text)
{
    guint64 value = 0;

    g_assert_true(g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL));
    return (guint32)value;
}

static gboolean has(const char *const *words, const char *word)
{
    return g_strv_contains(words, word);
}

static void add_switch(WirelessSystem *system, const char *const *words)
{
    const RfkillSwitch at = {number(words[0]), has(words, "soft"), has(words, "hard")};
    g_array_append_val(system->switches, at);
}

static void add_radio(WirelessSystem *system, const char *const *words, guint32 radio)
{
    const gboolean has_switch = !g_str_equal(words[2], "-");
    const WirelessRadio made = {
        .number = radio,
        .name = g_strdup(words[1]),
        .path = g_strdup_printf("/devices/%s", words[1]),
        .in_sight = !has(words, "elsewhere"),
        .rfkill = has_switch ? (gint64)number(words[2]) : WIRELESS_NO_SWITCH,
    };

    wireless_system_add_radio(system, &made);
    if (has_switch)
        add_switch(system, words + 2);
}

static void add_interface(WirelessSystem *system, const char *name, const char *const *words,
                          guint32 line)
{
    WirelessInterface made = {
        .wdev = ((guint64)number(words[0]) << 32) | line,
        .radio = number(words[0]),
        .interface = name ? line : 0,
        .type = number(words[1]),
        .up = has(words, "up"),
    };

    g_strlcpy(made.name, name ? name : "", sizeof(made.name));
    g_array_append_val(system->interfaces, made);
}

WirelessSystem *make_system(const char *text)
{
    WirelessSystem *system = wireless_system_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint32 radio = 0;

    system->supported = TRUE;
    system->rfkill = TRUE;
    for (guint32 i = 0; lines[i]; i++) {
        g_auto(GStrv) split = g_strsplit(lines[i], " ", -1);
        const char *const *words = (const char *const *)split;

        if (g_strcmp0(words[0], "radio") == 0)
            add_radio(system, words, radio++);
        else if (g_strcmp0(words[0], "key") == 0)
            add_switch(system, words + 1);
        else if (g_strcmp0(words[0], "link") == 0)
            add_interface(system, words[1], words + 2, i + 1);
        else if (g_strcmp0(words[0], "device") == 0)
            add_interface(system, NULL, words + 1, i + 1);
        else if (g_strcmp0(words[0], "no-rfkill") == 0)
            system->rfkill = FALSE;
        else
            g_assert_cmpstr(lines[i], ==, "");
    }
    return system;
}

static void append(GString *text, const WirelessAction *action)
{
    static const char *const kinds[] = {
        [WIRELESS_UNBLOCK_ALL] = "unblock-all",
        [WIRELESS_BLOCK_ALL] = "block-all",
        [WIRELESS_BLOCK] = "block",
        [WIRELESS_DELETE] = "delete",
        [WIRELESS_LINK_DOWN] = "down",
        [WIRELESS_UNBLOCK] = "unblock",
        [WIRELESS_LINK_UP] = "up",
        [WIRELESS_RECORD] = "record",
    };
    const gboolean names_one = action->kind != WIRELESS_UNBLOCK_ALL &&
                               action->kind != WIRELESS_BLOCK_ALL &&
                               action->kind != WIRELESS_RECORD;
    g_autofree char *entry = wireless_record_entry_to_string(&action->entry);

    g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", kinds[action->kind]);
    if (names_one)
        g_string_append_printf(text, " %" G_GUINT64_FORMAT, action->object);
    if (action->memory != WIRELESS_LEAVE)
        g_string_append_printf(text, " %c%s", action->memory == WIRELESS_REMEMBER ? '+' : '-',
                               entry);
}

char *actions_to_string(const GArray *actions)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < actions->len; i++)
        append(text, &g_array_index(actions, WirelessAction, i));
    return g_string_free(text, FALSE);
}
