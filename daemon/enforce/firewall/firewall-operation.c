/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-operation.h"

#include <libnftnl/object.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

/* An element takes up to 100 bytes, an attribute with all elements of a message 64 KiB at most. */
#define ELEMENTS_PER_MESSAGE 512u

char *firewall_operation_to_string(const FirewallOperation *operation)
{
    switch (operation->kind) {
    case FIREWALL_DELETE_TABLE:
        return g_strdup_printf("delete table %s", operation->ruleset->table);
    case FIREWALL_CREATE_TABLE:
        return g_strdup_printf("create table %s with flags 0x%x", operation->ruleset->table,
                               operation->ruleset->flags);
    case FIREWALL_ADOPT_TABLE:
        return g_strdup_printf("adopt table %s", operation->ruleset->table);
    case FIREWALL_ADD_OBJECT:
        return g_strdup_printf("add counter %s", operation->object->name);
    case FIREWALL_ADD_CHAIN:
        return g_strdup_printf("add chain %s", operation->chain->name);
    case FIREWALL_ADD_MAP:
        return g_strdup_printf("add map %s", operation->map->name);
    case FIREWALL_FLUSH_CHAIN:
        return g_strdup_printf("flush chain %s", operation->chain->name);
    case FIREWALL_ADD_RULE:
        return g_strdup_printf("add rule %u of chain %s", operation->rule + 1,
                               operation->chain->name);
    case FIREWALL_DELETE_ELEMENTS:
        return g_strdup_printf("delete %u elements of map %s", operation->elements->len,
                               operation->map->name);
    case FIREWALL_ADD_ELEMENTS:
        return g_strdup_printf("add %u elements to map %s", operation->elements->len,
                               operation->map->name);
    case FIREWALL_DELETE_CHAIN:
        return g_strdup_printf("delete chain %s", operation->chain->name);
    case FIREWALL_DELETE_MAP:
        return g_strdup_printf("delete map %s", operation->map->name);
    case FIREWALL_DELETE_OBJECT:
        return g_strdup_printf("delete object %s", operation->object->name);
    }
    return g_strdup("do nothing");
}

static void append_table(const FirewallOperation *operation, const char *table,
                         struct nlmsghdr *message)
{
    struct nftnl_table *nftnl = nftnl_table_alloc();
    nftnl_table_set_str(nftnl, NFTNL_TABLE_NAME, table);
    if (operation->kind != FIREWALL_DELETE_TABLE)
        nftnl_table_set_u32(nftnl, NFTNL_TABLE_FLAGS, operation->ruleset->flags);
    nftnl_table_nlmsg_build_payload(message, nftnl);
    nftnl_table_free(nftnl);
}

static void append_object(const FirewallOperation *operation, const char *table,
                          struct nlmsghdr *message)
{
    struct nftnl_obj *nftnl = nftnl_obj_alloc();
    nftnl_obj_set_str(nftnl, NFTNL_OBJ_TABLE, table);
    nftnl_obj_set_str(nftnl, NFTNL_OBJ_NAME, operation->object->name);
    nftnl_obj_set_u32(nftnl, NFTNL_OBJ_TYPE, operation->object->type);
    if (operation->kind == FIREWALL_ADD_OBJECT) {
        /* A counter's data must be there, or the kernel is not given its type's attributes. */
        nftnl_obj_set_u64(nftnl, NFTNL_OBJ_CTR_PKTS, 0);
        nftnl_obj_set_u64(nftnl, NFTNL_OBJ_CTR_BYTES, 0);
    }
    nftnl_obj_nlmsg_build_payload(message, nftnl);
    nftnl_obj_free(nftnl);
}

static void append_chain(const FirewallOperation *operation, const char *table,
                         struct nlmsghdr *message)
{
    if (operation->kind == FIREWALL_ADD_CHAIN) {
        nftnl_chain_set_str(operation->chain->nftnl, NFTNL_CHAIN_TABLE, table);
        nftnl_chain_nlmsg_build_payload(message, operation->chain->nftnl);
        return;
    }
    struct nftnl_chain *nftnl = nftnl_chain_alloc();
    nftnl_chain_set_str(nftnl, NFTNL_CHAIN_TABLE, table);
    nftnl_chain_set_str(nftnl, NFTNL_CHAIN_NAME, operation->chain->name);
    nftnl_chain_nlmsg_build_payload(message, nftnl);
    nftnl_chain_free(nftnl);
}

static void append_rule(const FirewallOperation *operation, const char *table,
                        struct nlmsghdr *message)
{
    const FirewallRule *rule = g_ptr_array_index(operation->chain->rules, operation->rule);
    nftnl_rule_set_str(rule->nftnl, NFTNL_RULE_TABLE, table);
    nftnl_rule_set_str(rule->nftnl, NFTNL_RULE_CHAIN, operation->chain->name);
    nftnl_rule_nlmsg_build_payload(message, rule->nftnl);
}

static void append_flush(const FirewallOperation *operation, const char *table,
                         struct nlmsghdr *message)
{
    struct nftnl_rule *all_rules = nftnl_rule_alloc();
    nftnl_rule_set_str(all_rules, NFTNL_RULE_TABLE, table);
    nftnl_rule_set_str(all_rules, NFTNL_RULE_CHAIN, operation->chain->name);
    nftnl_rule_nlmsg_build_payload(message, all_rules);
    nftnl_rule_free(all_rules);
}

static void append_map(const FirewallOperation *operation, const char *table,
                       struct nlmsghdr *message)
{
    if (operation->kind == FIREWALL_ADD_MAP) {
        nftnl_set_set_str(operation->map->nftnl, NFTNL_SET_TABLE, table);
        /* The kernel wants a number by which other messages of the batch could refer to the map;
         * ours refer to it by name. */
        nftnl_set_set_u32(operation->map->nftnl, NFTNL_SET_ID, 1);
        nftnl_set_nlmsg_build_payload(message, operation->map->nftnl);
        return;
    }
    struct nftnl_set *nftnl = nftnl_set_alloc();
    nftnl_set_set_str(nftnl, NFTNL_SET_TABLE, table);
    nftnl_set_set_str(nftnl, NFTNL_SET_NAME, operation->map->name);
    nftnl_set_nlmsg_build_payload(message, nftnl);
    nftnl_set_free(nftnl);
}

/* In the byte order of the network; each field fills whole registers of 32 bits. */
typedef struct ElementKey {
    guint8 bytes[8];
} ElementKey;

static ElementKey element_key(guint8 protocol, guint16 port)
{
    return (ElementKey){{protocol, 0, 0, 0, (guint8)(port >> 8), (guint8)port, 0, 0}};
}

static struct nftnl_set_elem *element_new(const FirewallElement *element, gboolean interval,
                                          gboolean with_verdict)
{
    const ElementKey key = element_key(element->protocol, element->ports.first);
    const ElementKey key_end = element_key(element->protocol, element->ports.last);
    struct nftnl_set_elem *nftnl = nftnl_set_elem_alloc();
    nftnl_set_elem_set(nftnl, NFTNL_SET_ELEM_KEY, &key, sizeof(key));
    if (interval)
        nftnl_set_elem_set(nftnl, NFTNL_SET_ELEM_KEY_END, &key_end, sizeof(key_end));
    if (with_verdict) {
        nftnl_set_elem_set_u32(nftnl, NFTNL_SET_ELEM_VERDICT, (guint32)element->verdict);
        if (*element->chain)
            nftnl_set_elem_set_str(nftnl, NFTNL_SET_ELEM_CHAIN, element->chain);
    }
    return nftnl;
}

static void append_elements(const FirewallOperation *operation, guint first, guint n_elements,
                            const char *table, struct nlmsghdr *message)
{
    const gboolean adds = operation->kind == FIREWALL_ADD_ELEMENTS;
    struct nftnl_set *nftnl = nftnl_set_alloc();
    nftnl_set_set_str(nftnl, NFTNL_SET_TABLE, table);
    nftnl_set_set_str(nftnl, NFTNL_SET_NAME, operation->map->name);
    for (guint i = first; i < first + n_elements; i++)
        nftnl_set_elem_add(nftnl,
                           element_new(&g_array_index(operation->elements, FirewallElement, i),
                                       operation->map->interval, adds));
    nftnl_set_elems_nlmsg_build_payload(message, nftnl);
    nftnl_set_free(nftnl);
}

static void append_element_messages(const FirewallOperation *operation, const char *table,
                                    guint16 type, guint16 flags, NftBatch *batch)
{
    g_autofree char *what = firewall_operation_to_string(operation);
    for (guint first = 0; first < operation->elements->len; first += ELEMENTS_PER_MESSAGE) {
        const guint n_elements = MIN(operation->elements->len - first, ELEMENTS_PER_MESSAGE);
        append_elements(operation, first, n_elements, table,
                        nft_batch_begin_message(batch, type, flags));
        nft_batch_end_message(batch, "%s in table %s", what, table);
    }
}

/* How each kind of operation is said to the kernel. Creating exclusively shows that somebody else
 * was quicker, instead of mixing our table with theirs. */
static const struct {
    guint16 type;
    guint16 flags;
    void (*append)(const FirewallOperation *operation, const char *table, struct nlmsghdr *message);
} messages[] = {
    [FIREWALL_DELETE_TABLE] = {NFT_MSG_DELTABLE, 0, append_table},
    [FIREWALL_CREATE_TABLE] = {NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, append_table},
    [FIREWALL_ADOPT_TABLE] = {NFT_MSG_NEWTABLE, 0, append_table},
    [FIREWALL_ADD_OBJECT] = {NFT_MSG_NEWOBJ, NLM_F_CREATE | NLM_F_EXCL, append_object},
    [FIREWALL_ADD_CHAIN] = {NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, append_chain},
    [FIREWALL_ADD_MAP] = {NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL, append_map},
    [FIREWALL_FLUSH_CHAIN] = {NFT_MSG_DELRULE, 0, append_flush},
    [FIREWALL_ADD_RULE] = {NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, append_rule},
    [FIREWALL_DELETE_ELEMENTS] = {NFT_MSG_DELSETELEM, 0, NULL},
    [FIREWALL_ADD_ELEMENTS] = {NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, NULL},
    [FIREWALL_DELETE_CHAIN] = {NFT_MSG_DELCHAIN, 0, append_chain},
    [FIREWALL_DELETE_MAP] = {NFT_MSG_DELSET, 0, append_map},
    [FIREWALL_DELETE_OBJECT] = {NFT_MSG_DELOBJ, 0, append_object},
};

void firewall_operation_append(const FirewallOperation *operation, const char *table,
                               NftBatch *batch)
{
    const guint16 type = messages[operation->kind].type;
    const guint16 flags = messages[operation->kind].flags;
    if (!messages[operation->kind].append) {
        append_element_messages(operation, table, type, flags, batch);
        return;
    }
    messages[operation->kind].append(operation, table, nft_batch_begin_message(batch, type, flags));
    g_autofree char *what = firewall_operation_to_string(operation);
    nft_batch_end_message(batch, "%s in table %s", what, table);
}
