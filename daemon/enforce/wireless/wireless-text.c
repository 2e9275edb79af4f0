/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-text.h"

char *wireless_text_of_use(const WirelessSystem *system, const WirelessInterface *interface)
{
    const char *type = wireless_type_to_string(interface->type);

    if (interface->interface != 0)
        return g_strdup_printf("%s: %s was up", interface->name, type);
    const WirelessRadio *radio = wireless_system_find_radio(system, interface->radio);
    return g_strdup_printf("%s: %s was there", radio ? radio->name : "radio", type);
}

void wireless_finding_clear(WirelessFinding *finding)
{
    g_clear_pointer(&finding->detail, g_free);
}

/* One object after the other is looked at for this. */
typedef struct Look {
    const WirelessSystem *system;
    const WirelessRules *rules;
    WirelessUse use;
    Verdict verdict;
    GString *detail;
} Look;

static void say(Look *look, Verdict verdict, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void say(Look *look, Verdict verdict, const char *format, ...)
{
    va_list arguments;

    look->verdict = MAX(look->verdict, verdict);
    if (look->detail->len > 0)
        g_string_append(look->detail, "; ");
    va_start(arguments, format);
    g_string_append_vprintf(look->detail, format, arguments);
    va_end(arguments);
}

/* Whether there was anything to say. */
static gboolean look_at_interface(Look *look, const WirelessRadio *radio,
                                  const WirelessInterface *interface)
{
    const char *type = wireless_type_to_string(interface->type);

    if ((wireless_rules_use(look->rules, look->system, interface) & look->use) == 0)
        return FALSE;
    if (interface->interface != 0) {
        say(look, interface->up ? VERDICT_VIOLATED : VERDICT_HOLDS, "%s: %s %s", interface->name,
            type, interface->up ? "up" : "down");
        return TRUE;
    }
    if (wireless_system_is_blocked(look->system, radio))
        return FALSE;
    say(look, VERDICT_VIOLATED, "%s: %s is there", radio->name, type);
    return TRUE;
}

static gboolean look_at_interfaces(Look *look, const WirelessRadio *radio)
{
    gboolean any = FALSE;

    for (guint i = 0; radio->in_sight && i < look->system->interfaces->len; i++) {
        const WirelessInterface *at =
            &g_array_index(look->system->interfaces, WirelessInterface, i);
        if (at->radio == radio->number)
            any = look_at_interface(look, radio, at) || any;
    }
    return any;
}

static void look_at_switch(Look *look, const WirelessRadio *radio)
{
    const char *where = radio->in_sight ? "" : " in another network namespace";

    if (wireless_system_is_blocked(look->system, radio))
        say(look, VERDICT_HOLDS, "%s%s: blocked", radio->name, where);
    else
        say(look, VERDICT_VIOLATED, "%s%s: not blocked", radio->name, where);
}

/* The interfaces of a radio out of sight cannot be kept down instead. */
static void look_at_unblockable(Look *look, const WirelessRadio *radio)
{
    const char *obstacle = look->system->obstacle ? look->system->obstacle : "it has no switch";

    if (radio->in_sight)
        say(look, VERDICT_HOLDS, "%s: cannot be blocked (%s), its interfaces are kept down",
            radio->name, obstacle);
    else
        say(look, VERDICT_VIOLATED, "%s in another network namespace: cannot be blocked (%s)",
            radio->name, obstacle);
}

static void look_at_radio(Look *look, const WirelessRadio *radio)
{
    const gboolean any = look_at_interfaces(look, radio);
    const gboolean has_switch =
        look->system->rfkill && wireless_system_find_switch(look->system, radio->rfkill);

    if (wireless_rules_block(look->rules, radio) && has_switch)
        look_at_switch(look, radio);
    else if (wireless_rules_block(look->rules, radio))
        look_at_unblockable(look, radio);
    else if (!any && radio->in_sight)
        say(look, VERDICT_HOLDS, "%s: %s", radio->name,
            look->use == WIRELESS_USE_DIRECT ? "no direct connection" : "no wireless LAN");
}

static void look_at_all(Look *look)
{
    for (guint i = 0; i < look->system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(look->system->radios, WirelessRadio, i);

        if (!radio->in_sight && !look->rules->whole_device)
            continue;
        if (wireless_rules_exempt(look->rules, radio))
            say(look, VERDICT_PARTIAL, "%s: left alone, as the device profile has it", radio->name);
        else if ((wireless_rules_use_of_radio(look->rules, radio) & look->use) != 0)
            look_at_radio(look, radio);
    }
}

void wireless_finding_make(const WirelessSystem *system, const WirelessRules *rules,
                           WirelessUse use, WirelessFinding *ret)
{
    Look look = {
        .system = system,
        .rules = rules,
        .use = use,
        .verdict = VERDICT_HOLDS,
        .detail = g_string_new(NULL),
    };

    look_at_all(&look);
    if (look.detail->len == 0)
        g_string_assign(look.detail, system->supported ? "no radio here"
                                                       : "this kernel has no wireless devices");
    ret->verdict = look.verdict;
    ret->detail = g_string_free(look.detail, FALSE);
}
