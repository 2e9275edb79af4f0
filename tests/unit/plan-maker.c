/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/plan-maker.h"

#include <string.h>

static Policy *make_policy(const char *keys)
{
    Policy *policy = policy_new("test", 1);
    g_auto(GStrv) words = g_strsplit(keys, " ", -1);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (g_str_equal(keys, "*") ||
            g_strv_contains((const char *const *)words, catalog_items[i].key))
            policy_request(policy, &catalog_items[i], catalog_items[i].minimum);
    for (gsize i = 0; words[i]; i++)
        g_assert_true(g_str_equal(keys, "*") || !*words[i] || catalog_find_item(words[i]));
    return policy;
}

Plan *make_plan(const char *keys, const char *profile)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {"test.conf", profile, strlen(profile)};
    g_autoptr(DeviceProfile) device = device_profile_parse(&source, 1, diagnostics);
    g_assert_nonnull(device);
    g_autoptr(Policy) policy = make_policy(keys);
    return plan_new(policy, device, TRUE);
}
