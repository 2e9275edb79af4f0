/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-rules.h"

#include "daemon/policy/hardware-name.h"

WirelessUse wireless_rules_use_of_item(guint item)
{
    switch (catalog_items[item].effect) {
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
        return WIRELESS_USE_DIRECT;
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
        return WIRELESS_USE_LAN;
    default:
        return WIRELESS_USE_NONE;
    }
}

WirelessRules wireless_rules_of_plan(const Plan *plan)
{
    WirelessRules rules = {
        .exempt = (const char *const *)plan->exempt_radios,
        .direct = (const char *const *)plan->direct_radios,
        .lan = (const char *const *)plan->lan_radios,
    };

    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        if (plan->items[i].active)
            rules.prohibited |= wireless_rules_use_of_item(i);
    return rules;
}

gboolean wireless_rules_exempt(const WirelessRules *rules, const WirelessRadio *radio)
{
    return hardware_name_matches(rules->exempt, radio->name, radio->path);
}

/* What every use of the radio counts as; none where that is a matter of the interface. */
static WirelessUse use_by_profile(const WirelessRules *rules, const WirelessRadio *radio)
{
    WirelessUse use = WIRELESS_USE_NONE;

    if (hardware_name_matches(rules->direct, radio->name, radio->path))
        use |= WIRELESS_USE_DIRECT;
    if (hardware_name_matches(rules->lan, radio->name, radio->path))
        use |= WIRELESS_USE_LAN;
    return use;
}

WirelessUse wireless_rules_use_of_radio(const WirelessRules *rules, const WirelessRadio *radio)
{
    const WirelessUse use = use_by_profile(rules, radio);
    return use != WIRELESS_USE_NONE ? use : WIRELESS_USE_ANY;
}

WirelessUse wireless_rules_use(const WirelessRules *rules, const WirelessSystem *system,
                               const WirelessInterface *interface)
{
    const WirelessRadio *radio = wireless_system_find_radio(system, interface->radio);

    if (!radio || wireless_rules_exempt(rules, radio))
        return WIRELESS_USE_NONE;
    const WirelessUse use = use_by_profile(rules, radio);
    return use != WIRELESS_USE_NONE ? use : wireless_use_of_type(interface->type);
}

WirelessUse wireless_rules_prohibited(const WirelessRules *rules, const WirelessSystem *system,
                                      const WirelessInterface *interface)
{
    return wireless_rules_use(rules, system, interface) & rules->prohibited;
}

gboolean wireless_rules_block(const WirelessRules *rules, const WirelessRadio *radio)
{
    const WirelessUse use = use_by_profile(rules, radio);

    if (wireless_rules_exempt(rules, radio) || (!radio->in_sight && !rules->whole_device))
        return FALSE;
    if (use != WIRELESS_USE_NONE)
        return (use & rules->prohibited) != 0;
    return rules->prohibited == WIRELESS_USE_ANY ||
           (!radio->in_sight && rules->prohibited != WIRELESS_USE_NONE);
}

/* A pattern of the profile may mean a radio that is still to come. */
gboolean wireless_rules_block_all(const WirelessRules *rules)
{
    return rules->whole_device && !rules->first_blocked && rules->prohibited == WIRELESS_USE_ANY &&
           !rules->exempt[0];
}
