/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "daemon/policy/catalog.h"

/* What the kernel does for an item with this effect, in a sentence or two. */
const char *effect_to_text(KernelEffect effect);
