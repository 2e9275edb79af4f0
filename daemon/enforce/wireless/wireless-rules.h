/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan asks of radios. Pure. */
#pragma once

#include "daemon/enforce/wireless/wireless-system.h"
#include "daemon/enforce/wireless/wireless-use.h"
#include "daemon/policy/plan.h"

typedef struct WirelessRules {
    WirelessUse prohibited;
    const char *const *exempt; /* for hardware_name_matches(); borrowed from the plan */
    const char *const *direct;
    const char *const *lan;
    gboolean whole_device;  /* radios out of sight are this device's too */
    gboolean first_blocked; /* the kernel blocks each new radio by itself */
} WirelessRules;

/* @whole_device and @first_blocked are left FALSE. */
WirelessRules wireless_rules_of_plan(const Plan *plan);

/* The use that the item prohibits, or none. */
WirelessUse wireless_rules_use_of_item(guint item);

gboolean wireless_rules_exempt(const WirelessRules *rules, const WirelessRadio *radio);

/* What uses of the radio may count as: by the profile, or else any, by the type of interface. */
WirelessUse wireless_rules_use_of_radio(const WirelessRules *rules, const WirelessRadio *radio);

/* What an interface counts as, prohibited or not; none where its radio is exempt or not known. */
WirelessUse wireless_rules_use(const WirelessRules *rules, const WirelessSystem *system,
                               const WirelessInterface *interface);

/* What of that is prohibited. */
WirelessUse wireless_rules_prohibited(const WirelessRules *rules, const WirelessSystem *system,
                                      const WirelessInterface *interface);

/*
 * Whether no use of the radio is left. What a radio out of sight is used for cannot be seen, so
 * it has none that is certain to be allowed, unless the profile says what all its uses count as.
 */
gboolean wireless_rules_block(const WirelessRules *rules, const WirelessRadio *radio);

/* Whether all radios are to be blocked, those still to come included. */
gboolean wireless_rules_block_all(const WirelessRules *rules);
