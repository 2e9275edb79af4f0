/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes netlink messages as a kernel might: values of attributes, which messages there are and of
 * which family, which attributes a message has. Lengths and nesting stay right, for libraries like
 * libnftnl take these from the kernel on trust.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* As LLVMFuzzerCustomMutator(). @data of @size bytes are messages back to back; anything behind the
 * last whole one is cut off. */
size_t netlink_mutate(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
