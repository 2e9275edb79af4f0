/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods by which policies come to a device, leave it, and are taken back. All of them may
 * make polkit ask a person, and wait for that. */
#pragma once

#include "ctl/manager-client.h"

#include "daemon/state/password.h"

typedef struct ImportCall {
    GBytes *document;
    GBytes *signature;                /* NULL: not signed */
    const Password *password;         /* NULL: none */
    const Password *current_password; /* NULL: none */
    guint confirm_seconds;            /* 0: in force for good */
} ImportCall;

/* MANAGER_CLIENT_ERROR. The message that carries the passwords is wiped. */
gboolean manager_life_import(ManagerClient *client, const ImportCall *import,
                             guint64 *ret_generation, GError **error);

/* The very bytes of a generation, 0 being the policy in force; the signature is empty where there
 * is none. Strong references. */
gboolean manager_life_export(ManagerClient *client, guint64 generation, GBytes **ret_document,
                             GBytes **ret_signature, GError **error);

gboolean manager_life_confirm(ManagerClient *client, guint64 generation, GError **error);
gboolean manager_life_revert(ManagerClient *client, GError **error);
