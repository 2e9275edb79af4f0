/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/item-state.h"

static const char *const item_state_names[] = {
    [ITEM_OFF] = "off",           [ITEM_NOT_AVAILABLE] = "not-available",
    [ITEM_ENFORCED] = "enforced", [ITEM_PARTIAL] = "partial",
    [ITEM_PENDING] = "pending",   [ITEM_VIOLATED] = "violated",
};
G_STATIC_ASSERT(G_N_ELEMENTS(item_state_names) == ITEM_STATE_LAST + 1);

static const char *const setting_state_names[] = {
    [SETTING_FREE] = "free",
    [SETTING_NOT_AVAILABLE] = "not-available",
    [SETTING_CONFIRMED] = "confirmed",
    [SETTING_UNCONFIRMED] = "unconfirmed",
    [SETTING_CONTRADICTED] = "contradicted",
};
G_STATIC_ASSERT(G_N_ELEMENTS(setting_state_names) == SETTING_STATE_LAST + 1);

static const char *const verified_by_names[] = {
    [VERIFIED_BY_NONE] = "",
    [VERIFIED_BY_KERNEL] = "kernel",
    [VERIFIED_BY_AGENT] = "agent",
    [VERIFIED_BY_BOTH] = "both",
};

const char *item_state_to_string(ItemState state)
{
    return item_state_names[state];
}

const char *setting_state_to_string(SettingState state)
{
    return setting_state_names[state];
}

const char *verified_by_to_string(VerifiedBy by)
{
    return verified_by_names[by];
}

void item_status_clear(ItemStatus *status)
{
    g_clear_pointer(&status->detail, g_free);
}

gboolean verdict_is_settled(Verdict verdict)
{
    return verdict == VERDICT_HOLDS || verdict == VERDICT_PARTIAL;
}

/* One effect after the other is weighed into this. */
typedef struct Weighing {
    ItemState state;
    GString *detail;
} Weighing;

/* ITEM_ENFORCED to ITEM_VIOLATED stand in the order from best to worst. */
G_STATIC_ASSERT(ITEM_ENFORCED < ITEM_PARTIAL && ITEM_PARTIAL < ITEM_PENDING &&
                ITEM_PENDING < ITEM_VIOLATED);

static void weigh(Weighing *weighing, ItemState state, const char *detail)
{
    weighing->state = MAX(weighing->state, state);
    if (!detail || !*detail)
        return;
    if (weighing->detail->len > 0)
        g_string_append(weighing->detail, "; ");
    g_string_append(weighing->detail, detail);
}

static ItemState verdict_to_state(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_HOLDS:
        return ITEM_ENFORCED;
    case VERDICT_PARTIAL:
        return ITEM_PARTIAL;
    case VERDICT_PENDING:
        return ITEM_PENDING;
    case VERDICT_VIOLATED:
        return ITEM_VIOLATED;
    }
    return ITEM_VIOLATED;
}

static void weigh_kernel(Weighing *weighing, const CatalogItem *item, const ItemEvidence *evidence)
{
    if (item->effect == KERNEL_EFFECT_NONE)
        return;
    if (evidence->n_kernel == 0)
        weigh(weighing, ITEM_VIOLATED, "nothing on this system enforces the item");
    for (gsize i = 0; i < evidence->n_kernel; i++) {
        const Finding *finding = evidence->kernel[i];

        weigh(weighing, verdict_to_state(finding->verdict), finding->detail);
    }
}

static void weigh_setting(Weighing *weighing, const ForcedSetting *forced,
                          const SettingEvidence *evidence, GString *unreported)
{
    if (!forced->must_confirm)
        return;
    if (evidence->state == SETTING_CONTRADICTED)
        weigh(weighing, ITEM_VIOLATED, evidence->obstacle);
    else if (evidence->state == SETTING_UNCONFIRMED)
        weigh(weighing, ITEM_PENDING, evidence->obstacle);
    if (evidence->state == SETTING_UNCONFIRMED && !evidence->obstacle)
        g_string_append_printf(unreported, "%s%s", unreported->len > 0 ? ", " : "",
                               forced->setting);
}

/* One clause for all the settings that nobody has reported on: often that is each of them. */
static void weigh_settings(Weighing *weighing, const CatalogItem *item,
                           const SettingEvidence *evidence)
{
    g_autoptr(GString) unreported = g_string_new(NULL);

    for (gsize i = 0; i < item->n_settings; i++)
        weigh_setting(weighing, &item->settings[i], &evidence[i], unreported);
    if (unreported->len > 0) {
        g_string_prepend(unreported, "no agent has confirmed ");
        weigh(weighing, ITEM_PENDING, unreported->str);
    }
}

static gboolean kernel_vouches(const CatalogItem *item, const ItemEvidence *evidence)
{
    if (item->effect == KERNEL_EFFECT_NONE)
        return FALSE;
    for (gsize i = 0; i < evidence->n_kernel; i++)
        if (!verdict_is_settled(evidence->kernel[i]->verdict))
            return FALSE;
    return evidence->n_kernel > 0;
}

static gboolean agents_vouch(const CatalogItem *item, const ItemEvidence *evidence)
{
    gboolean confirmed = FALSE;

    for (gsize i = 0; i < item->n_settings; i++) {
        const SettingState state = evidence->settings[i].state;

        if (state == SETTING_UNCONFIRMED || state == SETTING_CONTRADICTED)
            return FALSE;
        confirmed |= state == SETTING_CONFIRMED;
    }
    return confirmed;
}

static VerifiedBy find_verified_by(const CatalogItem *item, const ItemEvidence *evidence)
{
    gboolean kernel = kernel_vouches(item, evidence);
    gboolean agents = agents_vouch(item, evidence);

    if (kernel)
        return agents ? VERIFIED_BY_BOTH : VERIFIED_BY_KERNEL;
    return agents ? VERIFIED_BY_AGENT : VERIFIED_BY_NONE;
}

void item_status_compute(const CatalogItem *item, const PlanItem *plan,
                         const ItemEvidence *evidence, ItemStatus *ret_status)
{
    if (!plan->active) {
        *ret_status = (ItemStatus){
            .state = plan->available ? ITEM_OFF : ITEM_NOT_AVAILABLE,
            .detail = g_strdup(""),
        };
        return;
    }

    Weighing weighing = {.state = ITEM_ENFORCED, .detail = g_string_new(NULL)};

    weigh_kernel(&weighing, item, evidence);
    weigh_settings(&weighing, item, evidence->settings);
    if (plan->narrowed)
        weigh(&weighing, ITEM_PARTIAL, plan->narrowed);

    *ret_status = (ItemStatus){
        .state = weighing.state,
        .verified_by = find_verified_by(item, evidence),
        .detail = g_string_free(weighing.detail, FALSE),
    };
}
