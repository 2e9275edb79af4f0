/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/item-state.h"

/* One word an effect, so that a row of the table reads at a glance. Kernel: a finding a letter,
 * H(olds), S(pares something), P(ending), V(iolated). Settings: a setting a letter, F(ree), N(ot
 * available), C(onfirmed), U(nconfirmed), X (contradicted). */
typedef struct Row {
    const char *item;
    const char *kernel;
    const char *settings;
    gboolean narrowed;
    ItemState state;
    VerifiedBy verified_by;
    const char *obstacle; /* what each setting's evidence says */
} Row;

/* RestrictLpdPort: kernel effect, one setting that need not be confirmed. EnableLockout: three
 * settings that must. */
static const Row rows[] = {
    {"RestrictLpdPort", "H", "C", FALSE, ITEM_ENFORCED, VERIFIED_BY_BOTH, NULL},
    {"RestrictLpdPort", "H", "U", FALSE, ITEM_ENFORCED, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "H", "X", FALSE, ITEM_ENFORCED, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "H", "N", FALSE, ITEM_ENFORCED, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "H", "F", FALSE, ITEM_ENFORCED, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "P", "C", FALSE, ITEM_PENDING, VERIFIED_BY_AGENT, NULL},
    {"RestrictLpdPort", "P", "U", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "V", "C", FALSE, ITEM_VIOLATED, VERIFIED_BY_AGENT, NULL},
    {"RestrictLpdPort", "V", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "", "C", FALSE, ITEM_VIOLATED, VERIFIED_BY_AGENT, NULL},
    {"RestrictLpdPort", "", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "HH", "U", FALSE, ITEM_ENFORCED, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "HP", "U", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "PH", "U", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "HV", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "VH", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "VP", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "PV", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "H", "C", TRUE, ITEM_PARTIAL, VERIFIED_BY_BOTH, NULL},
    {"RestrictLpdPort", "H", "U", TRUE, ITEM_PARTIAL, VERIFIED_BY_KERNEL, NULL},
    {"RestrictLpdPort", "P", "U", TRUE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "V", "U", TRUE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"RestrictLpdPort", "", "U", TRUE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"ProhibitUsbStorage", "S", "U", FALSE, ITEM_PARTIAL, VERIFIED_BY_KERNEL, NULL},
    {"ProhibitUsbStorage", "S", "C", FALSE, ITEM_PARTIAL, VERIFIED_BY_BOTH, NULL},
    {"ProhibitUsbStorage", "S", "U", TRUE, ITEM_PARTIAL, VERIFIED_BY_KERNEL, NULL},
    {"ProhibitUsbStorage", "HS", "U", FALSE, ITEM_PARTIAL, VERIFIED_BY_KERNEL, NULL},
    {"ProhibitUsbStorage", "SH", "U", FALSE, ITEM_PARTIAL, VERIFIED_BY_KERNEL, NULL},
    {"ProhibitUsbStorage", "SP", "U", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"ProhibitUsbStorage", "PS", "U", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"ProhibitUsbStorage", "SV", "U", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"ProhibitUsbStorage", "VS", "C", FALSE, ITEM_VIOLATED, VERIFIED_BY_AGENT, NULL},
    {"EnableLockout", "", "CCC", FALSE, ITEM_ENFORCED, VERIFIED_BY_AGENT, NULL},
    {"EnableLockout", "", "UCC", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "CCU", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "UUU", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "XCC", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "CCX", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "XUC", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "UXC", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "CCN", FALSE, ITEM_ENFORCED, VERIFIED_BY_AGENT, NULL},
    {"EnableLockout", "", "NNN", FALSE, ITEM_ENFORCED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "NNU", FALSE, ITEM_PENDING, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "NNX", FALSE, ITEM_VIOLATED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "", "CCF", FALSE, ITEM_ENFORCED, VERIFIED_BY_AGENT, NULL},
    {"EnableLockout", "", "FFF", FALSE, ITEM_ENFORCED, VERIFIED_BY_NONE, NULL},
    {"EnableLockout", "V", "CCC", FALSE, ITEM_ENFORCED, VERIFIED_BY_AGENT, NULL},
};

static Verdict verdict_of(char letter)
{
    switch (letter) {
    case 'H':
        return VERDICT_HOLDS;
    case 'S':
        return VERDICT_PARTIAL;
    case 'P':
        return VERDICT_PENDING;
    case 'V':
        return VERDICT_VIOLATED;
    default:
        g_assert_not_reached();
    }
}

static SettingState setting_state_of(char letter)
{
    switch (letter) {
    case 'F':
        return SETTING_FREE;
    case 'N':
        return SETTING_NOT_AVAILABLE;
    case 'C':
        return SETTING_CONFIRMED;
    case 'U':
        return SETTING_UNCONFIRMED;
    case 'X':
        return SETTING_CONTRADICTED;
    default:
        g_assert_not_reached();
    }
}

static ItemStatus compute(const Row *row, const PlanItem *plan, const char *const *details)
{
    const CatalogItem *item = catalog_find_item(row->item);
    Finding findings[3] = {0};
    const Finding *kernel[3] = {0};
    SettingEvidence settings[3] = {0};
    ItemEvidence evidence = {.kernel = kernel, .settings = settings};
    ItemStatus status = {0};

    for (gsize i = 0; row->kernel[i]; i++) {
        findings[i].verdict = verdict_of(row->kernel[i]);
        findings[i].detail = details ? (char *)details[i] : NULL;
        kernel[i] = &findings[i];
        evidence.n_kernel++;
    }
    for (gsize i = 0; i < item->n_settings; i++)
        settings[i] = (SettingEvidence){setting_state_of(row->settings[i]), row->obstacle};
    item_status_compute(item, plan, &evidence, &status);
    return status;
}

static void test_decision_table(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PlanItem plan = {
            .requested = TRUE,
            .available = TRUE,
            .active = TRUE,
            .narrowed = rows[i].narrowed ? (char *)"only 515/tcp is closed" : NULL,
        };
        ItemStatus status = compute(&rows[i], &plan, NULL);

        g_test_message("row %zu: %s %s %s", i, rows[i].item, rows[i].kernel, rows[i].settings);
        g_assert_cmpstr(item_state_to_string(status.state), ==,
                        item_state_to_string(rows[i].state));
        g_assert_cmpint(status.verified_by, ==, rows[i].verified_by);
        item_status_clear(&status);
        g_assert_null(status.detail);
    }
}

/* Whatever was found, an item without an effect says so and nothing else. */
static void test_inactive(void)
{
    static const struct {
        gboolean requested;
        gboolean available;
        ItemState state;
    } cases[] = {
        {FALSE, TRUE, ITEM_OFF},
        {FALSE, FALSE, ITEM_NOT_AVAILABLE},
        {TRUE, FALSE, ITEM_NOT_AVAILABLE},
    };
    const Row violated = {"RestrictLpdPort", "V", "X", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};
    const Row holding = {"RestrictLpdPort", "H", "C", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};

    for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        const PlanItem plan = {
            .requested = cases[i / 2].requested,
            .available = cases[i / 2].available,
            .narrowed = (char *)"only 515/tcp is closed",
        };
        ItemStatus status = compute(i % 2 ? &violated : &holding, &plan, NULL);

        g_assert_cmpint(status.state, ==, cases[i / 2].state);
        g_assert_cmpint(status.verified_by, ==, VERIFIED_BY_NONE);
        g_assert_cmpstr(status.detail, ==, "");
        item_status_clear(&status);
    }
}

static void assert_detail(const Row *row, const char *narrowed, const char *const *details,
                          const char *expected)
{
    const PlanItem plan = {
        .requested = TRUE,
        .available = TRUE,
        .active = TRUE,
        .narrowed = (char *)narrowed,
    };
    ItemStatus status = compute(row, &plan, details);

    g_assert_cmpstr(status.detail, ==, expected);
    item_status_clear(&status);
}

static void test_details(void)
{
    const Row holds = {"RestrictLpdPort", "H", "C", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};
    const Row two = {"RestrictLpdPort", "VP", "X", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};
    const Row unseen = {"RestrictLpdPort", "", "C", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};
    const Row waits = {"EnableLockout", "", "CUX", FALSE, ITEM_OFF, VERIFIED_BY_NONE, "a reason"};
    const Row unreported = {"EnableLockout", "", "UCU", FALSE, ITEM_OFF, VERIFIED_BY_NONE, NULL};
    const char *const details[] = {"table secpold is missing", "ports are not reserved"};
    const char *const half[] = {NULL, "ports are not reserved"};

    assert_detail(&holds, NULL, NULL, "");
    assert_detail(&holds, "only 515/tcp is closed", NULL, "only 515/tcp is closed");
    assert_detail(&two, NULL, details, "table secpold is missing; ports are not reserved");
    assert_detail(&two, "only 515/tcp is closed", half,
                  "ports are not reserved; only 515/tcp is closed");
    assert_detail(&unseen, NULL, NULL, "nothing on this system enforces the item");
    assert_detail(&waits, NULL, NULL, "a reason; a reason");
    assert_detail(&unreported, NULL, NULL, "no agent has confirmed Lockout, LockoutPeriodMin");
}

static void test_settled(void)
{
    g_assert_true(verdict_is_settled(VERDICT_HOLDS));
    g_assert_true(verdict_is_settled(VERDICT_PARTIAL));
    g_assert_false(verdict_is_settled(VERDICT_PENDING));
    g_assert_false(verdict_is_settled(VERDICT_VIOLATED));
}

static void test_names(void)
{
    static const char *const items[] = {"off",     "not-available", "enforced",
                                        "partial", "pending",       "violated"};
    static const char *const settings[] = {"free", "not-available", "confirmed", "unconfirmed",
                                           "contradicted"};
    static const char *const by[] = {"", "kernel", "agent", "both"};

    for (guint i = 0; i <= ITEM_STATE_LAST; i++)
        g_assert_cmpstr(item_state_to_string((ItemState)i), ==, items[i]);
    for (guint i = 0; i <= SETTING_STATE_LAST; i++)
        g_assert_cmpstr(setting_state_to_string((SettingState)i), ==, settings[i]);
    for (guint i = 0; i < G_N_ELEMENTS(by); i++)
        g_assert_cmpstr(verified_by_to_string((VerifiedBy)i), ==, by[i]);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/item-state/decision-table", test_decision_table);
    g_test_add_func("/item-state/inactive", test_inactive);
    g_test_add_func("/item-state/details", test_details);
    g_test_add_func("/item-state/settled", test_settled);
    g_test_add_func("/item-state/names", test_names);
    return g_test_run();
}
