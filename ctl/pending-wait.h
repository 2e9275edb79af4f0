/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for a policy to hold in every item. */
#pragma once

#include "ctl/manager-client.h"

typedef enum PendingWait {
    PENDING_WAIT_NONE,     /* no item is pending any more */
    PENDING_WAIT_TIMEOUT,  /* some still are */
    PENDING_WAIT_REPLACED, /* another policy has come into force */
} PendingWait;

/* Returns when no item is pending, @generation is no longer in force, or so many seconds have
 * passed. FALSE with MANAGER_CLIENT_ERROR. */
gboolean pending_wait(ManagerClient *client, guint64 generation, guint seconds,
                      PendingWait *ret_result, GError **error);
