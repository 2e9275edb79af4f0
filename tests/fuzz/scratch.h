/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder in memory, for what reads its input from files. It goes when the program does. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Its path. */
const char *scratch_folder(void);

/* Makes NAME have these bytes and returns its path, which stays valid until the next call. */
const char *scratch_file(const char *name, const void *bytes, size_t size);

/* Removes all that is in it. */
void scratch_empty(void);
