/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that lacks what FaultControl.lacking says. Where that is an option of a message, the
 * message is changed into one that asks for something that no kernel has, so that it is the kernel
 * itself that refuses.
 */
#pragma once

#include <stddef.h>

/* The errno that socket() has to end in, or 0. */
int fault_kernel_refuses_socket(int domain, int protocol);

/* The errno that setsockopt() has to end in, or 0. */
int fault_kernel_refuses_option(int level, int name);

/* What is about to be sent on @fd. Returns the errno that this has to end in, or 0. */
int fault_kernel_takes(int fd, void *data, size_t size);
