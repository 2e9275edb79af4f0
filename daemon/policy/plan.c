/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/plan.h"

#include <netinet/in.h>
#include <string.h>

static const guint8 protocols[] = {IPPROTO_TCP, IPPROTO_UDP};

/* Most values of a plan are false, true, 0 or an empty dictionary, and a plan stays in memory:
 * equal values are kept once. Takes the floating or full reference @value. */
static GVariant *intern(GPtrArray *pool, GVariant *value)
{
    for (guint i = 0; i < pool->len; i++) {
        if (!g_variant_equal(pool->pdata[i], value))
            continue;
        g_variant_unref(g_variant_take_ref(value));
        return g_variant_ref(pool->pdata[i]);
    }
    g_ptr_array_add(pool, g_variant_take_ref(value));
    return g_variant_ref(value);
}

void protocol_ports_append(GArray *ports, guint8 protocol, const PortSet *set)
{
    PortRange range;

    for (guint from = 0; port_set_next_range(set, from, &range); from = range.last + 1U) {
        ProtocolPorts run = {.protocol = protocol, .range = range};

        g_array_append_val(ports, run);
    }
}

static GArray *item_ports_new(const CatalogItem *item, const DeviceProfile *profile)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(ProtocolPorts));
    PortSet tcp = {0};
    PortSet udp = {0};

    if (!catalog_item_closes_ports(item))
        return ports;
    device_profile_item_ports(profile, item, &tcp, &udp);
    protocol_ports_append(ports, IPPROTO_TCP, &tcp);
    protocol_ports_append(ports, IPPROTO_UDP, &udp);
    return ports;
}

static void fill_items(Plan *plan, const Policy *policy, const DeviceProfile *profile,
                       GPtrArray *pool)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = &catalog_items[i];
        gboolean requested = policy->items[i].requested;
        gboolean available = device_profile_has_function(profile, item->function);

        plan->items[i] = (PlanItem){
            .requested = requested,
            .available = available,
            .active = requested && available,
            .value = intern(pool, policy_item_value(policy, i)),
            .parameters = intern(pool, policy_item_parameters(policy, i)),
            .narrowed = device_profile_item_narrowed(profile, item),
            .ports = item_ports_new(item, profile),
        };
    }
}

/* Appends what the active items with @effect close of @protocol and is not yet in @claimed. */
static void claim_ports(Plan *plan, guint8 protocol, KernelEffect effect, PortSet *claimed)
{
    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        if (!plan->items[i].active || catalog_items[i].effect != effect)
            continue;

        g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(ProtocolPorts));
        PortSet mine = {0};

        plan_item_ports(&plan->items[i], protocol, &mine);
        port_set_subtract(&mine, claimed);
        port_set_union(claimed, &mine);
        protocol_ports_append(runs, protocol, &mine);
        for (guint j = 0; j < runs->len; j++) {
            PlanClosure closure = {.ports = g_array_index(runs, ProtocolPorts, j), .item = i};

            g_array_append_val(plan->closures, closure);
        }
    }
}

static int compare_closures(gconstpointer a, gconstpointer b)
{
    const ProtocolPorts *p = &((const PlanClosure *)a)->ports;
    const ProtocolPorts *q = &((const PlanClosure *)b)->ports;

    if (p->protocol != q->protocol)
        return p->protocol < q->protocol ? -1 : 1;
    return (p->range.first > q->range.first) - (p->range.first < q->range.first);
}

static void fill_closures(Plan *plan)
{
    plan->closures = g_array_new(FALSE, FALSE, sizeof(PlanClosure));
    for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++) {
        PortSet claimed = {0};

        claim_ports(plan, protocols[i], KERNEL_EFFECT_CLOSE_PORTS, &claimed);
        claim_ports(plan, protocols[i], KERNEL_EFFECT_SNMP_V3_ONLY, &claimed);
    }
    g_array_sort(plan->closures, compare_closures);
}

static gboolean setting_available(const Plan *plan, const CatalogSetting *setting,
                                  const DeviceProfile *profile)
{
    if (setting->function)
        return device_profile_has_function(profile, setting->function);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        for (gsize j = 0; j < catalog_items[i].n_settings; j++)
            if (plan->items[i].available &&
                strcmp(catalog_items[i].settings[j].setting, setting->name) == 0)
                return TRUE;
    return FALSE;
}

static GVariant *free_value(const CatalogSetting *setting)
{
    switch (setting->type[0]) {
    case 'b':
        return g_variant_new_boolean(FALSE);
    case 'u':
        return g_variant_new_uint32(0);
    default:
        return g_variant_new_string("");
    }
}

static void fill_settings(Plan *plan, const DeviceProfile *profile, GPtrArray *pool)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const CatalogSetting *setting = &catalog_settings[i];
        const char *const *agents = device_profile_setting_agents(profile, setting);

        plan->settings[i] = (PlanSetting){
            .available = setting_available(plan, setting, profile),
            .value = intern(pool, free_value(setting)),
            .required_by = g_ptr_array_new(),
            .agents = (const char *const *)g_strdupv((char **)agents),
        };
    }
}

/* NULL where the policy leaves open the value of an optional parameter. Strong reference. */
static GVariant *forced_value(const PlanItem *item, const ForcedSetting *forced)
{
    if (forced->constant)
        return forced_setting_constant(forced);
    if (forced->parameter)
        return g_variant_lookup_value(item->parameters, forced->parameter, NULL);
    return g_variant_ref(item->value);
}

/* All items force a setting to the same value, so it does not matter whose is taken last. */
static void lock_settings_of(Plan *plan, const CatalogItem *item, GPtrArray *pool)
{
    for (gsize i = 0; i < item->n_settings; i++) {
        const ForcedSetting *forced = &item->settings[i];
        gsize index = catalog_setting_index(catalog_find_setting(forced->setting));
        PlanSetting *setting = &plan->settings[index];
        g_autoptr(GVariant) value = forced_value(&plan->items[catalog_item_index(item)], forced);

        if (!setting->available || !value)
            continue;
        g_variant_unref(setting->value);
        setting->value = intern(pool, g_steal_pointer(&value));
        setting->locked = TRUE;
        g_ptr_array_add(setting->required_by, (gpointer)item);
    }
}

static GStrv copy_hardware(const DeviceProfile *profile, HardwareList list)
{
    return g_strdupv((char **)device_profile_hardware(profile, list));
}

static void fill_exemptions(Plan *plan, const DeviceProfile *profile)
{
    plan->exempt_interfaces = g_strdupv((char **)device_profile_exempt_interfaces(profile));
    plan->exempt_udcs = copy_hardware(profile, HARDWARE_EXEMPT_CONTROLLERS);
    plan->exempt_usb_ports = copy_hardware(profile, HARDWARE_EXEMPT_PORTS);
    plan->exempt_radios = copy_hardware(profile, HARDWARE_EXEMPT_RADIOS);
    plan->direct_radios = copy_hardware(profile, HARDWARE_DIRECT_RADIOS);
    plan->lan_radios = copy_hardware(profile, HARDWARE_LAN_RADIOS);
}

static PlanItem *find_item(Plan *plan, KernelEffect effect)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (catalog_items[i].effect == effect)
            return &plan->items[i];
    g_assert_not_reached();
}

/* Radios that count as the other kind are no business of @item; where the other item does not stop
 * them either, they are a gap. */
static void narrow_by_radios(PlanItem *item, const PlanItem *other, GStrv radios, const char *kind)
{
    if (other->active || *radios == NULL)
        return;

    g_autofree char *names = g_strjoinv(", ", radios);
    char *narrowed =
        g_strdup_printf("%s%sradios that count as %s: %s", item->narrowed ? item->narrowed : "",
                        item->narrowed ? "; " : "", kind, names);

    g_free(item->narrowed);
    item->narrowed = narrowed;
}

static void narrow_wireless(Plan *plan)
{
    PlanItem *direct = find_item(plan, KERNEL_EFFECT_NO_DIRECT_CONNECTION);
    PlanItem *lan = find_item(plan, KERNEL_EFFECT_NO_WIRELESS_LAN);

    narrow_by_radios(lan, direct, plan->direct_radios, "direct connection");
    narrow_by_radios(direct, lan, plan->lan_radios, "wireless LAN");
}

Plan *plan_new(const Policy *policy, const DeviceProfile *profile, gboolean lock_settings)
{
    Plan *plan = g_new0(Plan, 1);
    g_autoptr(GPtrArray) pool = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);

    g_atomic_ref_count_init(&plan->references);
    plan->log_group = device_profile_log_group(profile);
    plan->table_owner = device_profile_table_owner(profile);
    fill_exemptions(plan, profile);

    fill_items(plan, policy, profile, pool);
    narrow_wireless(plan);
    fill_closures(plan);
    fill_settings(plan, profile, pool);
    for (gsize i = 0; lock_settings && i < CATALOG_N_ITEMS; i++)
        if (plan->items[i].active)
            lock_settings_of(plan, &catalog_items[i], pool);
    return plan;
}

Plan *plan_new_empty(const DeviceProfile *profile)
{
    g_autoptr(Policy) policy = policy_new("", 0);

    return plan_new(policy, profile, TRUE);
}

Plan *plan_ref(Plan *plan)
{
    g_atomic_ref_count_inc(&plan->references);
    return plan;
}

void plan_unref(Plan *plan)
{
    if (!plan || !g_atomic_ref_count_dec(&plan->references))
        return;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_variant_unref(plan->items[i].value);
        g_variant_unref(plan->items[i].parameters);
        g_free(plan->items[i].narrowed);
        g_array_unref(plan->items[i].ports);
    }
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        g_variant_unref(plan->settings[i].value);
        g_ptr_array_unref(plan->settings[i].required_by);
        g_strfreev((char **)plan->settings[i].agents);
    }
    g_array_unref(plan->closures);
    g_strfreev(plan->exempt_interfaces);
    g_strfreev(plan->exempt_udcs);
    g_strfreev(plan->exempt_usb_ports);
    g_strfreev(plan->exempt_radios);
    g_strfreev(plan->direct_radios);
    g_strfreev(plan->lan_radios);
    g_free(plan);
}

void plan_item_ports(const PlanItem *item, guint8 protocol, PortSet *ret_ports)
{
    memset(ret_ports, 0, sizeof(*ret_ports));
    for (guint i = 0; i < item->ports->len; i++) {
        const ProtocolPorts *run = &g_array_index(item->ports, ProtocolPorts, i);

        if (run->protocol == protocol)
            port_set_add_range(ret_ports, run->range.first, run->range.last);
    }
}

void plan_closed_ports(const Plan *plan, guint8 protocol, PortSet *ret_ports)
{
    memset(ret_ports, 0, sizeof(*ret_ports));
    for (guint i = 0; i < plan->closures->len; i++) {
        const ProtocolPorts *run = &g_array_index(plan->closures, PlanClosure, i).ports;

        if (run->protocol == protocol)
            port_set_add_range(ret_ports, run->range.first, run->range.last);
    }
}
