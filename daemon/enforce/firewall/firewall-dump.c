/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-dump.h"

#include "daemon/enforce/firewall/firewall-ruleset.h"

#include <errno.h>
#include <libnftnl/object.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* Under a flood of foreign changes nearly every listing is disturbed: more would not help. */
#define MAX_ATTEMPTS 5

/* Room for a request: header, table and set name. */
typedef struct Request {
    guint32 words[256];
} Request;

static struct nlmsghdr *request_begin(Request *request, guint16 type, guint16 flags)
{
    return nftnl_nlmsg_build_hdr((char *)request->words, type, NFPROTO_INET, flags, 0);
}

static gboolean is_of_table(const char *found, const FirewallRuleset *ruleset)
{
    return found && g_str_equal(found, ruleset->table);
}

/* What has no name is somebody's all the same, and is read so that it can be told. */
static const char *name_or_none(const char *name)
{
    return name ? name : "";
}

/* Table */

static void take_table(const struct nlmsghdr *message, gpointer data)
{
    FirewallRuleset *ruleset = data;
    struct nftnl_table *table = nftnl_table_alloc();
    if (nftnl_table_nlmsg_parse(message, table) == 0 &&
        is_of_table(nftnl_table_get_str(table, NFTNL_TABLE_NAME), ruleset)) {
        ruleset->present = TRUE;
        ruleset->flags = nftnl_table_get_u32(table, NFTNL_TABLE_FLAGS);
        ruleset->owner = nftnl_table_is_set(table, NFTNL_TABLE_OWNER)
                             ? nftnl_table_get_u32(table, NFTNL_TABLE_OWNER)
                             : 0;
    }
    nftnl_table_free(table);
}

FirewallRuleset *firewall_dump_table(NftSocket *nft_socket, const char *table, GError **error)
{
    Request request = {0};
    struct nlmsghdr *message = request_begin(&request, NFT_MSG_GETTABLE, 0);
    struct nftnl_table *nftnl = nftnl_table_alloc();
    nftnl_table_set_str(nftnl, NFTNL_TABLE_NAME, table);
    nftnl_table_nlmsg_build_payload(message, nftnl);
    nftnl_table_free(nftnl);

    g_autoptr(FirewallRuleset) ruleset = firewall_ruleset_new(table);
    g_autoptr(GError) local = NULL;
    if (!nft_socket_query(nft_socket, message, take_table, ruleset, NULL, &local) &&
        !g_error_matches(local, NFT_ERROR, ENOENT)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return g_steal_pointer(&ruleset);
}

/* Chains */

static const char *family_to_string(guint32 family)
{
    switch (family) {
    case NFPROTO_INET:
        return "inet";
    case NFPROTO_IPV4:
        return "ip";
    case NFPROTO_IPV6:
        return "ip6";
    default:
        return NULL;
    }
}

static void take_foreign_chain(FirewallRuleset *ruleset, const struct nftnl_chain *nftnl)
{
    const char *family = family_to_string(nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_FAMILY));
    const char *table = nftnl_chain_get_str(nftnl, NFTNL_CHAIN_TABLE);
    if (!family || !table || g_strv_contains(firewall_table_names, table) ||
        !nftnl_chain_is_set(nftnl, NFTNL_CHAIN_HOOKNUM) ||
        !firewall_is_rival_hook(nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_HOOKNUM),
                                nftnl_chain_get_s32(nftnl, NFTNL_CHAIN_PRIO)))
        return;
    g_ptr_array_add(ruleset->rivals,
                    g_strdup_printf("%s of table %s %s",
                                    name_or_none(nftnl_chain_get_str(nftnl, NFTNL_CHAIN_NAME)),
                                    family, table));
}

static void take_chain(const struct nlmsghdr *message, gpointer data)
{
    FirewallRuleset *ruleset = data;
    struct nftnl_chain *nftnl = nftnl_chain_alloc();
    if (nftnl_chain_nlmsg_parse(message, nftnl) < 0) {
        nftnl_chain_free(nftnl);
        return;
    }
    if (nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_FAMILY) == NFPROTO_INET &&
        is_of_table(nftnl_chain_get_str(nftnl, NFTNL_CHAIN_TABLE), ruleset))
        firewall_chain_define(firewall_ruleset_add_chain(ruleset, name_or_none(nftnl_chain_get_str(
                                                                      nftnl, NFTNL_CHAIN_NAME))),
                              nftnl);
    else
        take_foreign_chain(ruleset, nftnl);
    nftnl_chain_free(nftnl);
}

/* Of all tables, since the kernel has no narrower question, and of all families for the rivals. */
static gboolean dump_chains(NftSocket *nft_socket, FirewallRuleset *ruleset, gboolean *interrupted,
                            GError **error)
{
    Request request = {0};
    struct nlmsghdr *message = nftnl_nlmsg_build_hdr((char *)request.words, NFT_MSG_GETCHAIN,
                                                     NFPROTO_UNSPEC, NLM_F_DUMP, 0);
    return nft_socket_query(nft_socket, message, take_chain, ruleset, interrupted, error);
}

/* Rules */

static void take_rule(const struct nlmsghdr *message, gpointer data)
{
    FirewallRuleset *ruleset = data;
    struct nftnl_rule *nftnl = nftnl_rule_alloc();
    /* Where this fails, it is over an expression: all that comes before, the names too, is there.
     */
    const gboolean known = nftnl_rule_nlmsg_parse(message, nftnl) == 0;
    const char *name = nftnl_rule_get_str(nftnl, NFTNL_RULE_CHAIN);
    FirewallChain *chain = name && is_of_table(nftnl_rule_get_str(nftnl, NFTNL_RULE_TABLE), ruleset)
                               ? firewall_ruleset_find_chain(ruleset, name)
                               : NULL;

    if (!chain)
        nftnl_rule_free(nftnl);
    else if (known)
        firewall_chain_add_rule(chain, nftnl);
    else
        firewall_chain_add_unknown_rule(chain, nftnl);
}

static gboolean dump_rules(NftSocket *nft_socket, FirewallRuleset *ruleset, gboolean *interrupted,
                           GError **error)
{
    Request request = {0};
    struct nlmsghdr *message = request_begin(&request, NFT_MSG_GETRULE, NLM_F_DUMP);
    struct nftnl_rule *filter = nftnl_rule_alloc();
    nftnl_rule_set_str(filter, NFTNL_RULE_TABLE, ruleset->table);
    nftnl_rule_nlmsg_build_payload(message, filter);
    nftnl_rule_free(filter);
    return nft_socket_query(nft_socket, message, take_rule, ruleset, interrupted, error);
}

/* Maps */

static struct nlmsghdr *request_of_map(Request *request, guint16 type, const char *table,
                                       const char *map)
{
    struct nlmsghdr *message = request_begin(request, type, NLM_F_DUMP);
    struct nftnl_set *filter = nftnl_set_alloc();
    nftnl_set_set_str(filter, NFTNL_SET_TABLE, table);
    if (map)
        nftnl_set_set_str(filter, NFTNL_SET_NAME, map);
    nftnl_set_nlmsg_build_payload(message, filter);
    nftnl_set_free(filter);
    return message;
}

static void take_map(const struct nlmsghdr *message, gpointer data)
{
    FirewallRuleset *ruleset = data;
    struct nftnl_set *nftnl = nftnl_set_alloc();
    if (nftnl_set_nlmsg_parse(message, nftnl) == 0 &&
        is_of_table(nftnl_set_get_str(nftnl, NFTNL_SET_TABLE), ruleset)) {
        FirewallMap *map = firewall_ruleset_add_map(
            ruleset, name_or_none(nftnl_set_get_str(nftnl, NFTNL_SET_NAME)));
        firewall_map_define(map, nftnl);
    }
    nftnl_set_free(nftnl);
}

/* FALSE where the element is of a kind that secpold does not make. */
static gboolean take_element(FirewallMap *map, struct nftnl_set_elem *nftnl)
{
    guint32 length = 0, end_length = 0;
    const guint8 *key = nftnl_set_elem_get(nftnl, NFTNL_SET_ELEM_KEY, &length);
    const guint8 *end = nftnl_set_elem_get(nftnl, NFTNL_SET_ELEM_KEY_END, &end_length);
    if (!end || end_length == 0) {
        end = key;
        end_length = length;
    }
    if (!key || length != 8 || end_length != 8 || key[0] != end[0] ||
        !nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_VERDICT) ||
        nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_TIMEOUT) ||
        nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_EXPR) ||
        nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_EXPRESSIONS))
        return FALSE;

    const PortRange ports = {
        .first = (guint16)(key[4] << 8 | key[5]),
        .last = (guint16)(end[4] << 8 | end[5]),
    };
    const char *chain = nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_CHAIN)
                            ? nftnl_set_elem_get_str(nftnl, NFTNL_SET_ELEM_CHAIN)
                            : "";
    return firewall_map_add_element(
        map, key[0], ports, (gint32)nftnl_set_elem_get_u32(nftnl, NFTNL_SET_ELEM_VERDICT), chain);
}

static int take_each_element(struct nftnl_set_elem *nftnl, void *data)
{
    FirewallMap *map = data;
    if (!take_element(map, nftnl) && !strstr(map->definition, "foreign")) {
        char *definition = g_strconcat(map->definition, " with foreign elements", NULL);
        g_free(map->definition);
        map->definition = definition;
    }
    return 0;
}

static void take_elements(const struct nlmsghdr *message, gpointer data)
{
    struct nftnl_set *nftnl = nftnl_set_alloc();
    if (nftnl_set_elems_nlmsg_parse(message, nftnl) == 0)
        nftnl_set_elem_foreach(nftnl, take_each_element, data);
    nftnl_set_free(nftnl);
}

static gboolean dump_maps(NftSocket *nft_socket, FirewallRuleset *ruleset, gboolean *interrupted,
                          GError **error)
{
    Request request = {0};
    if (!nft_socket_query(nft_socket,
                          request_of_map(&request, NFT_MSG_GETSET, ruleset->table, NULL), take_map,
                          ruleset, interrupted, error))
        return FALSE;

    for (guint i = 0; i < ruleset->maps->len; i++) {
        FirewallMap *map = g_ptr_array_index(ruleset->maps, i);
        if (!firewall_is_own_map(map->name))
            continue;
        if (!nft_socket_query(
                nft_socket, request_of_map(&request, NFT_MSG_GETSETELEM, ruleset->table, map->name),
                take_elements, map, interrupted, error))
            return FALSE;
        firewall_map_sort(map);
    }
    return TRUE;
}

/* Objects */

static void take_object(const struct nlmsghdr *message, gpointer data)
{
    FirewallRuleset *ruleset = data;
    struct nftnl_obj *nftnl = nftnl_obj_alloc();
    if (nftnl_obj_nlmsg_parse(message, nftnl) == 0 &&
        is_of_table(nftnl_obj_get_str(nftnl, NFTNL_OBJ_TABLE), ruleset)) {
        FirewallObject *object = firewall_ruleset_add_object(
            ruleset, name_or_none(nftnl_obj_get_str(nftnl, NFTNL_OBJ_NAME)),
            nftnl_obj_get_u32(nftnl, NFTNL_OBJ_TYPE));
        if (object->type == NFT_OBJECT_COUNTER) {
            object->packets = nftnl_obj_get_u64(nftnl, NFTNL_OBJ_CTR_PKTS);
            object->bytes = nftnl_obj_get_u64(nftnl, NFTNL_OBJ_CTR_BYTES);
        }
    }
    nftnl_obj_free(nftnl);
}

static gboolean dump_objects(NftSocket *nft_socket, FirewallRuleset *ruleset, gboolean *interrupted,
                             GError **error)
{
    Request request = {0};
    struct nlmsghdr *message = request_begin(&request, NFT_MSG_GETOBJ, NLM_F_DUMP);
    struct nftnl_obj *filter = nftnl_obj_alloc();
    nftnl_obj_set_str(filter, NFTNL_OBJ_TABLE, ruleset->table);
    nftnl_obj_nlmsg_build_payload(message, filter);
    nftnl_obj_free(filter);
    return nft_socket_query(nft_socket, message, take_object, ruleset, interrupted, error);
}

/* The whole table */

static FirewallRuleset *dump_once(NftSocket *nft_socket, const char *table, gboolean *interrupted,
                                  GError **error)
{
    g_autoptr(FirewallRuleset) ruleset = firewall_dump_table(nft_socket, table, error);
    if (!ruleset)
        return NULL;
    if (ruleset->present && (!dump_chains(nft_socket, ruleset, interrupted, error) ||
                             !dump_rules(nft_socket, ruleset, interrupted, error) ||
                             !dump_maps(nft_socket, ruleset, interrupted, error) ||
                             !dump_objects(nft_socket, ruleset, interrupted, error)))
        return NULL;
    return g_steal_pointer(&ruleset);
}

FirewallRuleset *firewall_dump(NftSocket *nft_socket, const char *table, GError **error)
{
    for (guint attempt = 1;; attempt++) {
        gboolean interrupted = FALSE;
        g_autoptr(GError) local = NULL;
        g_autoptr(FirewallRuleset) ruleset = dump_once(nft_socket, table, &interrupted, &local);
        const gboolean owned = ruleset && ruleset->owner == nft_socket_port_id(nft_socket);
        const gboolean vanished = g_error_matches(local, NFT_ERROR, ENOENT);

        if (ruleset && (!interrupted || owned || attempt == MAX_ATTEMPTS))
            return g_steal_pointer(&ruleset);
        if (local && (!vanished || attempt == MAX_ATTEMPTS)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
    }
}

FirewallRuleset *firewall_dump_counters(NftSocket *nft_socket, const char *table, GError **error)
{
    g_autoptr(FirewallRuleset) ruleset = firewall_ruleset_new(table);
    if (!dump_objects(nft_socket, ruleset, NULL, error))
        return NULL;
    ruleset->present = ruleset->objects->len > 0;
    return g_steal_pointer(&ruleset);
}
