/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-text.h"

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

static void append_expression(GString *text, const struct nftnl_expr *expression)
{
    char small[256];
    g_autofree char *large = NULL;
    char *body = small;
    int length = nftnl_expr_snprintf(small, sizeof(small), expression, NFTNL_OUTPUT_DEFAULT, 0);
    if (length >= (int)sizeof(small)) {
        body = large = g_malloc((gsize)length + 1);
        nftnl_expr_snprintf(large, (gsize)length + 1, expression, NFTNL_OUTPUT_DEFAULT, 0);
    }
    g_string_append_printf(text, "%s[ %s %s ]", text->len > 0 ? " " : "",
                           nftnl_expr_get_str(expression, NFTNL_EXPR_NAME),
                           length > 0 ? g_strchomp(body) : "");
}

char *firewall_rule_text(const struct nftnl_rule *rule)
{
    GString *text = g_string_new(NULL);
    struct nftnl_expr_iter *iterator = nftnl_expr_iter_create(rule);
    for (struct nftnl_expr *expression; (expression = nftnl_expr_iter_next(iterator));)
        append_expression(text, expression);
    nftnl_expr_iter_destroy(iterator);
    return g_string_free(text, FALSE);
}

static const char *hook_to_string(guint32 hook)
{
    static const char *const names[] = {
        [NF_INET_PRE_ROUTING] = "prerouting",   [NF_INET_LOCAL_IN] = "input",
        [NF_INET_FORWARD] = "forward",          [NF_INET_LOCAL_OUT] = "output",
        [NF_INET_POST_ROUTING] = "postrouting",
    };
    return hook < G_N_ELEMENTS(names) ? names[hook] : "other";
}

char *firewall_chain_definition(const struct nftnl_chain *chain)
{
    if (!nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM))
        return g_strdup("");
    const char *type = nftnl_chain_get_str(chain, NFTNL_CHAIN_TYPE);
    const guint32 policy = nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY);
    return g_strdup_printf("type %s hook %s priority %d policy %s", type ? type : "none",
                           hook_to_string(nftnl_chain_get_u32(chain, NFTNL_CHAIN_HOOKNUM)),
                           nftnl_chain_get_s32(chain, NFTNL_CHAIN_PRIO),
                           policy == NF_ACCEPT ? "accept" : "drop");
}

char *firewall_map_definition(const struct nftnl_set *map)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(
        text, "flags 0x%x key %u (%u bytes) data 0x%x size %u timeout %" G_GUINT64_FORMAT,
        nftnl_set_get_u32(map, NFTNL_SET_FLAGS), nftnl_set_get_u32(map, NFTNL_SET_KEY_TYPE),
        nftnl_set_get_u32(map, NFTNL_SET_KEY_LEN), nftnl_set_get_u32(map, NFTNL_SET_DATA_TYPE),
        nftnl_set_get_u32(map, NFTNL_SET_DESC_SIZE), nftnl_set_get_u64(map, NFTNL_SET_TIMEOUT));

    guint32 length = 0;
    const guint8 *fields = nftnl_set_get_data(map, NFTNL_SET_DESC_CONCAT, &length);
    for (guint32 i = 0; fields && i < length && fields[i]; i++)
        g_string_append_printf(text, "%s%u", i == 0 ? " fields " : ".", fields[i]);
    /* Every element has a copy of these, and one that breaks off lets its packets pass. */
    if (nftnl_set_is_set(map, NFTNL_SET_EXPR) || nftnl_set_is_set(map, NFTNL_SET_EXPRESSIONS))
        g_string_append(text, " with statements");
    return g_string_free(text, FALSE);
}

static void append_protocol(GString *text, guint8 protocol)
{
    static const char *const names[] = {
        [IPPROTO_TCP] = "tcp",   [IPPROTO_UDP] = "udp",         [IPPROTO_DCCP] = "dccp",
        [IPPROTO_SCTP] = "sctp", [IPPROTO_UDPLITE] = "udplite",
    };
    if (protocol < G_N_ELEMENTS(names) && names[protocol])
        g_string_append(text, names[protocol]);
    else
        g_string_append_printf(text, "protocol-%u", protocol);
}

char *firewall_element_key_to_string(const FirewallElement *element)
{
    GString *text = g_string_new(NULL);
    append_protocol(text, element->protocol);
    g_string_append_printf(text, " %u", element->ports.first);
    if (element->ports.last != element->ports.first)
        g_string_append_printf(text, "-%u", element->ports.last);
    return g_string_free(text, FALSE);
}

char *firewall_element_verdict_to_string(const FirewallElement *element)
{
    switch (element->verdict) {
    case NFT_GOTO:
        return g_strdup_printf("goto %s", element->chain);
    case NFT_JUMP:
        return g_strdup_printf("jump %s", element->chain);
    case NFT_CONTINUE:
        return g_strdup("continue");
    case NF_ACCEPT:
        return g_strdup("accept");
    case NF_DROP:
        return g_strdup("drop");
    default:
        return g_strdup_printf("verdict %d", element->verdict);
    }
}

static void append_map(GString *text, const FirewallMap *map)
{
    g_string_append_printf(text, "map %s: %s\n", map->name, map->definition);
    for (guint i = 0; i < map->elements->len; i++) {
        const FirewallElement *element = &g_array_index(map->elements, FirewallElement, i);
        g_autofree char *key = firewall_element_key_to_string(element);
        g_autofree char *verdict = firewall_element_verdict_to_string(element);
        g_string_append_printf(text, "    %s: %s\n", key, verdict);
    }
}

static void append_chain(GString *text, const FirewallChain *chain)
{
    g_string_append_printf(text, "chain %s%s%s\n", chain->name, *chain->definition ? ": " : "",
                           chain->definition);
    for (guint i = 0; i < chain->rules->len; i++) {
        const FirewallRule *rule = g_ptr_array_index(chain->rules, i);
        g_string_append_printf(text, "    %s\n", rule->text);
    }
}

static void append_object(GString *text, const FirewallObject *object)
{
    if (object->type == NFT_OBJECT_COUNTER)
        g_string_append_printf(text, "counter %s\n", object->name);
    else
        g_string_append_printf(text, "object %s of type %u\n", object->name, object->type);
}

char *firewall_ruleset_to_string(const FirewallRuleset *ruleset)
{
    if (!ruleset->present)
        return g_strdup_printf("no table inet %s\n", ruleset->table);

    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "table inet %s flags 0x%x\n", ruleset->table, ruleset->flags);
    for (guint i = 0; i < ruleset->objects->len; i++)
        append_object(text, g_ptr_array_index(ruleset->objects, i));
    for (guint i = 0; i < ruleset->maps->len; i++)
        append_map(text, g_ptr_array_index(ruleset->maps, i));
    for (guint i = 0; i < ruleset->chains->len; i++)
        append_chain(text, g_ptr_array_index(ruleset->chains, i));
    return g_string_free(text, FALSE);
}
