/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a table of the inet family back from the kernel. */
#pragma once

#include "daemon/enforce/firewall/firewall-model.h"
#include "daemon/enforce/firewall/nft-socket.h"

/* The table's name, flags and owner only; not present where the kernel has no such table. */
FirewallRuleset *firewall_dump_table(NftSocket *nft_socket, const char *table, GError **error);

/*
 * Everything in the table. A change while it is being read makes it be read again, a bounded number
 * of times; a table that this socket owns can only be changed through it, so changes elsewhere do
 * not matter then. Where the last attempt was disturbed as well, its result is returned: it may
 * lack or repeat what changed meanwhile, and comparing it with what is wanted is still safe, since
 * a wrong difference leads to a change that the kernel refuses or that does nothing.
 */
FirewallRuleset *firewall_dump(NftSocket *nft_socket, const char *table, GError **error);

/* The table's counters only. Not present, and without counters, where there is no such table. */
FirewallRuleset *firewall_dump_counters(NftSocket *nft_socket, const char *table, GError **error);
