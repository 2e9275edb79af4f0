/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzz target offers, by libFuzzer's convention. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Returns 0; a fault ends the program. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
