/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Method calls on secpold's manager object. For manager-client.c. */
#pragma once

#include "ctl/manager-client.h"

typedef sd_bus_message Message;

static inline void message_unref(Message *message)
{
    sd_bus_message_unref(message);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_unref)

/* Calls a method without arguments, or with one string where @argument is not NULL. Returns the
 * reply, or NULL with MANAGER_CLIENT_ERROR. */
Message *manager_call(ManagerClient *client, const char *interface, const char *member,
                      const char *argument, GError **error);

/* The same with a document as the one argument. */
Message *manager_call_with_document(ManagerClient *client, const char *member, GBytes *document,
                                    GError **error);
