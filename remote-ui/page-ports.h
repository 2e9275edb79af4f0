/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports an item closes, and what has knocked. */
#pragma once

#include "remote-ui/facts.h"

/* "TCP and UDP 137, 138, 9011-9015"; NULL for an item that closes none, of these two protocols at
 * least. Free with g_free(). */
char *page_ports_words(GVariant *item);

/* "12 packets blocked (720 bytes)". Free with g_free(). */
char *page_ports_blocked(GVariant *item);
