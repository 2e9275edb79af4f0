/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a binding file; secpold.binding(5) describes it. As strict as a policy: one error and there
 * is no binding, and every error is reported with its line, with the known word nearest to a
 * mistyped one. Looks at the text alone: whether its files, lenses and units exist is not asked.
 */
#pragma once

#include "agent/binding.h"
#include "daemon/policy/diagnostic.h"

/* @name: the file's, without ".binding"; @file names it in diagnostics. NULL where there is an
 * error. */
Binding *binding_parse(const char *name, const char *text, gsize length, const char *file,
                       Diagnostics *diagnostics);
