/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the plan to the table that makes it true: pure, so that a test can compare the table for a
 * policy with a text.
 *
 * Three base chains, each asking maps from (protocol, port) to a verdict. "prerouting" comes before
 * everything else on the way in, so that no redirection can lead around a closed port; it looks up
 * "closed-prerouting", which has no more to say than that a port is closed, and only a packet to
 * such a port number goes on to the chain "to-this-host", which leaves forwarded packets alone and
 * asks "closed", which knows the items. "input" comes after everything else, so
 * that no redirection can lead to a closed port. "output" keeps a closed port from speaking: by
 * source port, and by destination port where the destination is a multicast group, since service
 * announcements come from ephemeral ports. RST may go out, or peers of ended sessions would hang.
 *
 * A closed number closes it for all protocols that have ports: TCP stands for TCP and SCTP, UDP
 * for UDP, UDP-Lite and DCCP.
 *
 * Packets of the loopback interface and of exempt interfaces are not looked at.
 *
 * A closed port in the ephemeral range may be the source port of a masqueraded connection of a
 * container or of another host: its answers carry this host's address when they come to
 * prerouting. For TCP only a SYN without ACK is refused there, so these connections go on. The
 * other protocols have no such mark: a masqueraded flow whose source port happens to be a closed
 * one gets no answers, and its owner must try again from another port. This is the price of a
 * closed UDP port staying closed to redirections; the ports meant are 5 of 28,232 with the
 * catalog's ports alone and the standard ephemeral range. Connections of this host itself are not
 * concerned: closed ports are reserved, the kernel does not pick them as source ports. A TCP
 * connection that somebody's redirection had led away from such a port before it was closed goes
 * on until it ends; no new one begins.
 *
 * What cannot be judged is refused, not passed: a TCP fragment without its flags where the flags
 * matter, an SNMP message without its version, and the first fragment of an IPv6 packet whose
 * headers push the ports into the next one.
 *
 * Not seen: packets that the kernel gives to a socket by another number than the one they carry
 * (tproxy, sk_lookup); redirections for an address that only a VRF's routing table knows as local;
 * what netdev ingress, tc and XDP do before the first hook.
 */
#pragma once

#include "daemon/enforce/firewall/firewall-model.h"
#include "daemon/policy/plan.h"

/* Closures of more ports go to an interval map, others are expanded: single elements cost a packet
 * less, but a kernel that stores them one by one needs memory for each. */
#define FIREWALL_EXPAND_MAX 1024u

/* Range maps are never amended, since an interval map that is amended may let packets pass for an
 * instant. There are two slots, "-a" and "-b": the new map is built in the free one and asked
 * beside the old one, then the old one goes. */
typedef enum FirewallSlot {
    FIREWALL_SLOT_NONE,
    FIREWALL_SLOT_A,
    FIREWALL_SLOT_B,
} FirewallSlot;

/* What a ruleset can do without on a kernel that does not have it. */
typedef enum FirewallLacks {
    FIREWALL_LACKS_NOTHING = 0,
    /* Refused packets are counted, and not logged. */
    FIREWALL_LACKS_LOG = 1 << 0,
    /* Ports are closed at input alone, where every packet is for this host, and not before it: a
     * redirection from a closed port to an open one leads around that. */
    FIREWALL_LACKS_FIB = 1 << 1,
} FirewallLacks;

typedef struct FirewallParameters {
    const char *table;     /* its name */
    guint32 flags;         /* FIREWALL_TABLE_* */
    PortRange ephemeral;   /* see local_port_range_read() */
    FirewallSlot slot;     /* of the range maps, where the plan needs any; A or B */
    FirewallSlot old_slot; /* whose maps are asked as well, or NONE */
    FirewallLacks lacks;
} FirewallParameters;

/* The names of the table in order of preference, NULL-terminated. */
extern const char *const firewall_table_names[];

/* A ruleset that is not present where no active item closes a port. */
FirewallRuleset *firewall_ruleset_build(const Plan *plan, const FirewallParameters *parameters);

/* The slot whose range maps @ruleset has, NONE without any. */
FirewallSlot firewall_ruleset_slot(const FirewallRuleset *ruleset);

/* Whether both close the same large ranges, in whatever slot. */
gboolean firewall_ruleset_same_ranges(const FirewallRuleset *a, const FirewallRuleset *b);

/* Whether a map is one that secpold makes. */
gboolean firewall_is_own_map(const char *name);

/* Whether a foreign chain at that place may see packets before "prerouting" or "output" does, or
 * after "input": of two chains with the same priority, either may be the first. */
gboolean firewall_is_rival_hook(guint32 hook, gint32 priority);

/* The chain and counter of an item: its key in kebab case, "restrict-lpd-port". */
char *firewall_item_chain(guint item);

/* The item whose chain or counter has that name, or -1. */
gint firewall_chain_item(const char *name);
