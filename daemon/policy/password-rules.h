/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy asks of passwords: MinimumPasswordLength, ProhibitRepeatedCharacters,
 * RequireUppercase, RequireLowercase, RequireDigit and RequireSymbol. */
#pragma once

#include "daemon/policy/policy.h"

/* FALSE with PASSWORD_RULES_ERROR_BROKEN, whose message names every rule that @password, valid
 * UTF-8, breaks, and nothing of the password itself. Upper case, lower case and digits are
 * Unicode's; a symbol is what Unicode calls one or counts as punctuation, so a space is none. */
gboolean password_rules_check(const Policy *policy, const char *password, GError **error);

#define PASSWORD_RULES_ERROR (password_rules_error_quark())
GQuark password_rules_error_quark(void);
typedef enum PasswordRulesError {
    PASSWORD_RULES_ERROR_BROKEN,
} PasswordRulesError;
