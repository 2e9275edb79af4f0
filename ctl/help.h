/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl/verb-table.h"

/* What --help prints: about secpolctl, and about one verb. */
void help_print(const Terminal *terminal);
void help_print_verb(const Terminal *terminal, const Verb *verb);
