/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An nftables table as a value: what the plan wants it to be, or what was read back from the
 * kernel. Both have the same form, so that they can be compared, printed and put in a test.
 *
 * Two chains, maps or rules are the same when their texts are. The objects of libnftnl beside the
 * texts are what is sent to the kernel; in a ruleset that was read back they are NULL.
 *
 * Chains, maps and objects are counted references (g_rc_box): rulesets may share them. A shared one
 * is not changed any more.
 */
#pragma once

#include "daemon/policy/catalog.h"

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>

/* Table flags of the kernel's uapi/linux/netfilter/nf_tables.h: an owned table can be changed by
 * its owner only (Linux 5.12), a persistent one outlives its owner (Linux 6.9). */
#define FIREWALL_TABLE_OWNER   0x2u
#define FIREWALL_TABLE_PERSIST 0x4u

/* The most elements that a map is read with: every port of the five protocols. */
#define FIREWALL_MAX_ELEMENTS (5u * 65536u)

typedef struct FirewallRule {
    char *text; /* "[ meta load iif => reg 1 ] [ cmp eq ... ]" */
    struct nftnl_rule *nftnl;
} FirewallRule;

typedef struct FirewallChain {
    char *name;
    char *definition; /* "type filter hook input priority 0 policy accept", or "": no hook */
    struct nftnl_chain *nftnl;
    GPtrArray *rules; /* element type FirewallRule, in order */
} FirewallChain;

typedef struct FirewallElement {
    guint8 protocol;
    PortRange ports;   /* a single port in a map without intervals */
    gint32 verdict;    /* NFT_GOTO or NFT_CONTINUE in all that secpold makes */
    const char *chain; /* where it goes; "" for other verdicts; owned by the map */
} FirewallElement;

typedef struct FirewallMap {
    char *name;
    char *definition; /* "flags 0x8 key 781 8 data 4294967040 ..." */
    gboolean interval;
    struct nftnl_set *nftnl;
    GArray *elements; /* element type FirewallElement, by protocol, then first port */
    GStringChunk *chains;
} FirewallMap;

/* A named counter; in a table that someone else changed, any named object. */
typedef struct FirewallObject {
    char *name;
    guint32 type; /* NFT_OBJECT_COUNTER in all that secpold makes */
    guint64 packets;
    guint64 bytes;
} FirewallObject;

typedef struct FirewallRuleset {
    char *table;      /* its name */
    gboolean present; /* FALSE: no such table, and everything below is empty */
    guint32 flags;    /* FIREWALL_TABLE_*, and what else the kernel has */
    guint32 owner;    /* netlink port id of the owner, 0 where there is none */
    GPtrArray *objects;
    GPtrArray *chains;
    GPtrArray *maps;
    GPtrArray *rivals; /* element type char: see firewall_is_rival_hook(), "pre of table ip nat" */
} FirewallRuleset;

FirewallRuleset *firewall_ruleset_new(const char *table);
void firewall_ruleset_free(FirewallRuleset *ruleset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FirewallRuleset, firewall_ruleset_free)

/* These add an empty object and return it; the ruleset owns it. */
FirewallChain *firewall_ruleset_add_chain(FirewallRuleset *ruleset, const char *name);
FirewallMap *firewall_ruleset_add_map(FirewallRuleset *ruleset, const char *name);
FirewallObject *firewall_ruleset_add_object(FirewallRuleset *ruleset, const char *name,
                                            guint32 type);

/* NULL where there is none of that name. */
FirewallChain *firewall_ruleset_find_chain(const FirewallRuleset *ruleset, const char *name);
FirewallMap *firewall_ruleset_find_map(const FirewallRuleset *ruleset, const char *name);
FirewallObject *firewall_ruleset_find_object(const FirewallRuleset *ruleset, const char *name,
                                             guint32 type);

/* Appends a rule with the expressions of @rule and takes it over. */
void firewall_chain_add_rule(FirewallChain *chain, struct nftnl_rule *rule);

/* The same for one with an expression that libnftnl does not know, and does not show: it is none
 * that secpold makes, whatever the expressions before that one. */
void firewall_chain_add_unknown_rule(FirewallChain *chain, struct nftnl_rule *rule);

/* Sets the chain's definition from @nftnl, without taking it over. */
void firewall_chain_define(FirewallChain *chain, const struct nftnl_chain *nftnl);

/* Sets the map's definition from @nftnl, without taking it over. */
void firewall_map_define(FirewallMap *map, const struct nftnl_set *nftnl);

/* FALSE where the map is full. Call firewall_map_sort() after the last one. */
gboolean firewall_map_add_element(FirewallMap *map, guint8 protocol, PortRange ports,
                                  gint32 verdict, const char *chain);
void firewall_map_sort(FirewallMap *map);

/* By key; elements of one key are equal to it. */
gint firewall_element_compare(const FirewallElement *a, const FirewallElement *b);

/* Whether they also lead to the same place. */
gboolean firewall_element_equal(const FirewallElement *a, const FirewallElement *b);

gboolean firewall_map_equal(const FirewallMap *a, const FirewallMap *b); /* but for the name */
gboolean firewall_chain_equal(const FirewallChain *a, const FirewallChain *b);

/* Takes over from @other all objects, regular chains, maps and elements that @ruleset has not: so
 * @ruleset closes everything that @other closes. */
void firewall_ruleset_keep(FirewallRuleset *ruleset, const FirewallRuleset *other);
