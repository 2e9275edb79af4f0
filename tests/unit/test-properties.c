/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of every policy on every device, tried on random ones. */
#include "daemon/policy/plan-diff.h"
#include "daemon/policy/policy-document.h"

#include <netinet/in.h>
#include <string.h>

#define N_ROUNDS 150

static const guint8 protocols[] = {IPPROTO_TCP, IPPROTO_UDP};

static guint random_number(guint minimum, guint maximum)
{
    return (guint)g_test_rand_int_range((gint32)minimum, (gint32)maximum + 1);
}

static gboolean chance(guint percent)
{
    return random_number(1, 100) <= percent;
}

static void request_at_random(Policy *policy, const CatalogItem *item)
{
    static const char *const hosts[] = {"ntp.example.com", "192.0.2.1", "2001:db8::1"};
    PolicyItem *request = &policy->items[catalog_item_index(item)];

    if (item->parent)
        policy_request(policy, catalog_find_item(item->parent), 0);
    policy_request(policy, item, random_number(item->minimum, item->maximum));
    for (gsize i = 0; i < item->n_parameters; i++) {
        const CatalogParameter *parameter = &item->parameters[i];

        if (parameter->kind == VALUE_NUMBER)
            request->parameters[i] = random_number(parameter->minimum, parameter->maximum);
        else if (chance(50))
            request->host = g_strdup(hosts[random_number(0, G_N_ELEMENTS(hosts) - 1)]);
    }
}

static Policy *random_policy(void)
{
    Policy *policy = policy_new("Any", random_number(1, G_MAXINT32 - 1));
    guint percent = random_number(0, 100);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (chance(percent))
            request_at_random(policy, &catalog_items[i]);
    return policy;
}

static Policy *copy_policy(const Policy *policy)
{
    Policy *copy = policy_new(policy->name, policy->serial);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        copy->items[i] = policy->items[i];
        copy->items[i].host = g_strdup(policy->items[i].host);
    }
    return copy;
}

typedef struct FunctionList {
    GString *text;
    guint percent;
} FunctionList;

static void append_function(const char *name, gpointer data)
{
    FunctionList *list = data;

    if (chance(list->percent))
        g_string_append_printf(list->text, "%s=no\n", name);
}

static const char *random_protocol(void)
{
    static const char *const suffixes[] = {"", "/tcp", "/udp"};

    return suffixes[random_number(0, 2)];
}

/* Low numbers, so that items meet. */
static void append_ports(GString *text, const CatalogItem *item)
{
    guint first = random_number(1, 1000);

    if (catalog_item_closes_ports(item) && chance(30))
        g_string_append_printf(text, "%s=%u-%u%s %u%s\n", item->key, first,
                               first + random_number(0, 200), random_protocol(),
                               random_number(2000, 65535), random_protocol());
}

static void append_narrow(GString *text, const CatalogItem *item)
{
    if (!catalog_item_closes_ports(item) || !chance(20))
        return;

    const PortRange *range = &item->ports[random_number(0, (guint)item->n_ports - 1)];

    g_string_append_printf(text, "%s=%u%s\n", item->key, range->first, random_protocol());
}

static DeviceProfile *random_profile(void)
{
    g_autoptr(GString) text = g_string_new("[Functions]\n");
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    FunctionList functions = {.text = text, .percent = chance(50) ? 0 : random_number(0, 60)};

    catalog_foreach_function(append_function, &functions);
    g_string_append(text, "[Ports]\n");
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        append_ports(text, &catalog_items[i]);
    g_string_append(text, "[Narrow]\n");
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        append_narrow(text, &catalog_items[i]);
    if (chance(20))
        g_string_append(text, "ExemptInterfaces=usb0\n");

    const DeviceProfileSource source = {.name = "any", .text = text->str, .length = text->len};
    DeviceProfile *profile = device_profile_parse(&source, 1, diagnostics);

    if (!profile)
        g_error("%s", text->str);
    return profile;
}

static void describe_item(GString *text, const PlanItem *item)
{
    g_autofree char *value = g_variant_print(item->value, TRUE);
    g_autofree char *parameters = g_variant_print(item->parameters, TRUE);

    g_string_append_printf(text, "%d%d%d %s %s %s\n", item->requested, item->available,
                           item->active, value, parameters, item->narrowed ? item->narrowed : "-");
    for (guint i = 0; i < item->ports->len; i++) {
        const ProtocolPorts *run = &g_array_index(item->ports, ProtocolPorts, i);

        g_string_append_printf(text, " %u:%u-%u", run->protocol, run->range.first, run->range.last);
    }
}

static void describe_setting(GString *text, const PlanSetting *setting)
{
    g_autofree char *value = g_variant_print(setting->value, TRUE);

    g_string_append_printf(text, "%d%d %s", setting->available, setting->locked, value);
    for (guint i = 0; i < setting->required_by->len; i++)
        g_string_append_printf(
            text, " %s", ((const CatalogItem *)g_ptr_array_index(setting->required_by, i))->key);
    g_string_append_c(text, '\n');
}

/* Everything a plan says; equal plans have equal descriptions. */
static char *describe_plan(const Plan *plan)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        describe_item(text, &plan->items[i]);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        describe_setting(text, &plan->settings[i]);
    for (guint i = 0; i < plan->closures->len; i++) {
        const PlanClosure *closure = &g_array_index(plan->closures, PlanClosure, i);

        g_string_append_printf(text, "%u:%u-%u %u\n", closure->ports.protocol,
                               closure->ports.range.first, closure->ports.range.last,
                               closure->item);
    }
    return g_string_free(text, FALSE);
}

static void assert_same_plan(const Plan *a, const Plan *b)
{
    g_autofree char *text_a = describe_plan(a);
    g_autofree char *text_b = describe_plan(b);

    g_assert_cmpstr(text_a, ==, text_b);
}

static gboolean is_filter(const PlanClosure *closure)
{
    return catalog_items[closure->item].effect == KERNEL_EFFECT_SNMP_V3_ONLY;
}

/* The ports closed by items that let nothing through. */
static void wholly_closed_ports(const Plan *plan, guint8 protocol, PortSet *ret_ports)
{
    *ret_ports = (PortSet){0};
    for (guint i = 0; i < plan->closures->len; i++) {
        const PlanClosure *closure = &g_array_index(plan->closures, PlanClosure, i);

        if (closure->ports.protocol == protocol && !is_filter(closure))
            port_set_add_range(ret_ports, closure->ports.range.first, closure->ports.range.last);
    }
}

typedef void (*CollectPorts)(const Plan *plan, guint8 protocol, PortSet *ret_ports);

static void assert_closes_no_less(const Plan *more, const Plan *less, CollectPorts collect)
{
    for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++) {
        PortSet ports_more;
        PortSet ports_less;

        collect(more, protocols[i], &ports_more);
        collect(less, protocols[i], &ports_less);
        port_set_subtract(&ports_less, &ports_more);
        g_assert_true(port_set_is_empty(&ports_less));
    }
}

static void test_more_items_never_open_a_port(void)
{
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(DeviceProfile) profile = random_profile();
        g_autoptr(Policy) less = random_policy();
        g_autoptr(Policy) more = copy_policy(less);

        for (guint i = random_number(1, 5); i > 0; i--)
            request_at_random(more, &catalog_items[random_number(0, CATALOG_N_ITEMS - 1)]);

        g_autoptr(Plan) plan_less = plan_new(less, profile, TRUE);
        g_autoptr(Plan) plan_more = plan_new(more, profile, TRUE);

        assert_closes_no_less(plan_more, plan_less, plan_closed_ports);
        assert_closes_no_less(plan_more, plan_less, wholly_closed_ports);
    }
}

static void shuffle(gsize *indices, gsize n)
{
    for (gsize i = n - 1; i > 0; i--) {
        gsize j = random_number(0, (guint)i);
        gsize other = indices[j];

        indices[j] = indices[i];
        indices[i] = other;
    }
}

static void test_order_of_items_does_not_matter(void)
{
    gsize indices[CATALOG_N_ITEMS];

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        indices[i] = i;
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(DeviceProfile) profile = random_profile();
        g_autoptr(Policy) policy = random_policy();
        g_autoptr(Policy) shuffled = policy_new(policy->name, policy->serial);

        shuffle(indices, CATALOG_N_ITEMS);
        for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
            const PolicyItem *item = &policy->items[indices[i]];

            if (!item->requested)
                continue;
            policy_request(shuffled, &catalog_items[indices[i]], item->number);
            shuffled->items[indices[i]] = *item;
            shuffled->items[indices[i]].host = g_strdup(item->host);
        }

        g_autoptr(Plan) a = plan_new(policy, profile, TRUE);
        g_autoptr(Plan) b = plan_new(shuffled, profile, TRUE);

        assert_same_plan(a, b);
    }
}

/* The lines of a document's items may stand in any order within their group. */
static char *shuffle_lines(const char *document)
{
    g_auto(GStrv) lines = g_strsplit(document, "\n", -1);
    guint n = g_strv_length(lines);

    for (guint i = 0; i < 4 * n; i++) {
        guint j = random_number(0, n - 2);

        if (strchr(lines[j], '=') && strchr(lines[j + 1], '=')) {
            char *line = lines[j];

            lines[j] = lines[j + 1];
            lines[j + 1] = line;
        }
    }
    return g_strjoinv("\n", lines);
}

static Policy *parse(const char *document)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    Policy *policy = policy_document_parse(document, strlen(document), diagnostics);

    if (!policy)
        g_error("%s", document);
    return policy;
}

static void test_print_and_parse_keep_the_plan(void)
{
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(DeviceProfile) profile = random_profile();
        g_autoptr(Policy) policy = random_policy();
        g_autofree char *document = policy_document_print(policy);
        g_autofree char *shuffled = shuffle_lines(document);
        g_autoptr(Policy) read = parse(document);
        g_autoptr(Policy) read_shuffled = parse(shuffled);
        g_autoptr(Plan) before = plan_new(policy, profile, TRUE);
        g_autoptr(Plan) after = plan_new(read, profile, TRUE);

        g_assert_true(policy_equal(policy, read));
        g_assert_true(policy_equal(policy, read_shuffled));
        assert_same_plan(before, after);
    }
}

/* The item that must close @port: the first active one that lets nothing through, else the first
 * that filters; -1 where none closes it. */
static int expected_owner(const Plan *plan, PortSet *const *ports, guint port)
{
    int filter = -1;

    for (int i = 0; i < CATALOG_N_ITEMS; i++) {
        if (!plan->items[i].active || !port_set_contains(ports[i], port))
            continue;
        if (catalog_items[i].effect == KERNEL_EFFECT_CLOSE_PORTS)
            return i;
        if (filter < 0)
            filter = i;
    }
    return filter;
}

/* Closures of one protocol are walked along with every port there is: that they are in order, do
 * not overlap, leave nothing out and belong to the right item follows. */
static void assert_closures_of(const Plan *plan, guint8 protocol)
{
    PortSet *ports[CATALOG_N_ITEMS];
    guint at = 0;
    const PlanClosure *closures = (const PlanClosure *)(gpointer)plan->closures->data;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        ports[i] = g_new0(PortSet, 1);
        plan_item_ports(&plan->items[i], protocol, ports[i]);
    }
    while (at < plan->closures->len && closures[at].ports.protocol != protocol)
        at++;
    for (guint port = 0; port < 65536; port++) {
        gboolean inside = at < plan->closures->len && closures[at].ports.protocol == protocol &&
                          port >= closures[at].ports.range.first;

        g_assert_cmpint(inside ? (int)closures[at].item : -1, ==,
                        expected_owner(plan, ports, port));
        if (inside && port == closures[at].ports.range.last)
            at++;
    }
    g_assert_true(at == plan->closures->len || closures[at].ports.protocol > protocol);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        g_free(ports[i]);
}

static void assert_closures_are_merged(const Plan *plan)
{
    for (guint i = 1; i < plan->closures->len; i++) {
        const PlanClosure *a = &g_array_index(plan->closures, PlanClosure, i - 1);
        const PlanClosure *b = &g_array_index(plan->closures, PlanClosure, i);

        g_assert_false(a->item == b->item && a->ports.protocol == b->ports.protocol &&
                       a->ports.range.last + 1U == b->ports.range.first);
    }
}

static void test_closures_cover_the_union(void)
{
    for (guint round = 0; round < N_ROUNDS / 5; round++) {
        g_autoptr(DeviceProfile) profile = random_profile();
        g_autoptr(Policy) policy = random_policy();
        g_autoptr(Plan) plan = plan_new(policy, profile, TRUE);

        assert_closures_of(plan, IPPROTO_TCP);
        assert_closures_of(plan, IPPROTO_UDP);
        assert_closures_are_merged(plan);
    }
}

static gboolean forces(const CatalogItem *item, const PolicyItem *request, const char *setting)
{
    for (gsize i = 0; i < item->n_settings; i++)
        if (strcmp(item->settings[i].setting, setting) == 0)
            return g_strcmp0(item->settings[i].parameter, "SntpServer") != 0 || request->host;
    return FALSE;
}

static void assert_lock(const Plan *plan, const Policy *policy, gsize index)
{
    const PlanSetting *setting = &plan->settings[index];
    guint n = 0;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        if (!setting->available || !plan->items[i].active ||
            !forces(&catalog_items[i], &policy->items[i], catalog_settings[index].name))
            continue;
        g_assert_cmpuint(n, <, setting->required_by->len);
        g_assert_true(g_ptr_array_index(setting->required_by, n) == &catalog_items[i]);
        n++;
    }
    g_assert_cmpuint(setting->required_by->len, ==, n);
    g_assert_cmpint(setting->locked, ==, n > 0);
    g_assert_cmpstr(g_variant_get_type_string(setting->value), ==, catalog_settings[index].type);
}

static void test_locks_follow_from_active_items(void)
{
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(DeviceProfile) profile = random_profile();
        g_autoptr(Policy) policy = random_policy();
        g_autoptr(Plan) plan = plan_new(policy, profile, TRUE);

        for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
            assert_lock(plan, policy, i);
    }
}

static void assert_same_runs(const GArray *a, const GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const ProtocolPorts *x = &g_array_index(a, ProtocolPorts, i);
        const ProtocolPorts *y = &g_array_index(b, ProtocolPorts, i);

        g_assert_cmpuint(x->protocol, ==, y->protocol);
        g_assert_cmpuint(x->range.first, ==, y->range.first);
        g_assert_cmpuint(x->range.last, ==, y->range.last);
    }
}

static void test_diff_there_and_back_again(void)
{
    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(DeviceProfile) profile_a = random_profile();
        g_autoptr(DeviceProfile) profile_b = random_profile();
        g_autoptr(Policy) policy_a = random_policy();
        g_autoptr(Policy) policy_b = random_policy();
        g_autoptr(Plan) a = plan_new(policy_a, profile_a, TRUE);
        g_autoptr(Plan) b = plan_new(policy_b, profile_b, TRUE);
        g_autoptr(GPtrArray) there = plan_diff(a, b);
        g_autoptr(GPtrArray) back = plan_diff(b, a);
        g_autoptr(GPtrArray) nowhere = plan_diff(a, a);

        g_assert_cmpuint(nowhere->len, ==, 0);
        g_assert_cmpuint(there->len, ==, back->len);
        for (guint i = 0; i < there->len; i++) {
            const PlanChange *x = g_ptr_array_index(there, i);
            const PlanChange *y = g_ptr_array_index(back, i);

            g_assert_cmpuint(x->item, ==, y->item);
            g_assert_true(g_variant_equal(x->from, y->to));
            g_assert_true(g_variant_equal(x->to, y->from));
            assert_same_runs(x->closes, y->opens);
            assert_same_runs(x->opens, y->closes);
        }
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/properties/more-items-never-open-a-port", test_more_items_never_open_a_port);
    g_test_add_func("/properties/order-of-items-does-not-matter",
                    test_order_of_items_does_not_matter);
    g_test_add_func("/properties/print-and-parse-keep-the-plan",
                    test_print_and_parse_keep_the_plan);
    g_test_add_func("/properties/closures-cover-the-union", test_closures_cover_the_union);
    g_test_add_func("/properties/locks-follow-from-active-items",
                    test_locks_follow_from_active_items);
    g_test_add_func("/properties/diff-there-and-back-again", test_diff_there_and_back_again);
    return g_test_run();
}
