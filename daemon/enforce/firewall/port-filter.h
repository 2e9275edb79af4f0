/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sock_diag filter program that lets only sockets pass whose local port is in a set, so that
 * the kernel does not have to tell about all others. Pure. */
#pragma once

#include "daemon/policy/port-set.h"

/* Beyond this many runs of ports the program lets the whole span from the lowest to the highest
 * pass: the kernel's check of a program takes time quadratic in its length. */
#define PORT_FILTER_MAX_RANGES 128

/* The bytes of an INET_DIAG_REQ_BYTECODE attribute. What passes may be more than @ports, never
 * less: compare each answer. @ports must not be empty. */
GByteArray *port_filter_new(const PortSet *ports);
