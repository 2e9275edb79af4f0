/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readable form of a ruleset and its parts: for comparing, for Detail on D-Bus, for tests. */
#pragma once

#include "daemon/enforce/firewall/firewall-model.h"

/* "[ meta load iif => reg 1 ] [ cmp eq reg 1 0x00000001 ] [ immediate reg 0 accept ]" */
char *firewall_rule_text(const struct nftnl_rule *rule);

/* "type filter hook input priority 0 policy accept"; "" for a chain without hook. */
char *firewall_chain_definition(const struct nftnl_chain *chain);

/* Everything but name and elements that makes the kernel treat the map differently. */
char *firewall_map_definition(const struct nftnl_set *map);

char *firewall_element_key_to_string(const FirewallElement *element);     /* "udp 1-32767" */
char *firewall_element_verdict_to_string(const FirewallElement *element); /* "goto snmp" */

/* The whole table, in the order of its parts; counters without their values. */
char *firewall_ruleset_to_string(const FirewallRuleset *ruleset);
