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

/* A call of a method of secpold's manager object, to be filled and sent. NULL with
 * MANAGER_CLIENT_ERROR. */
Message *manager_call_new(ManagerClient *client, const char *interface, const char *member,
                          GError **error);

/* Sends the call and waits at most so long for its reply, 0 being the usual time. NULL with
 * MANAGER_CLIENT_ERROR. */
Message *manager_call_send(ManagerClient *client, Message *call, guint64 timeout_usec,
                           GError **error);

/* FALSE with MANAGER_CLIENT_ERROR_UNREACHABLE where @result, of sd-bus on this side of the
 * connection, is negative. */
gboolean manager_call_check(ManagerClient *client, int result, GError **error);

/* Calls a method without arguments, or with one string where @argument is not NULL. Returns the
 * reply, or NULL with MANAGER_CLIENT_ERROR. */
Message *manager_call(ManagerClient *client, const char *interface, const char *member,
                      const char *argument, GError **error);

/* The same with a document as the one argument. */
Message *manager_call_with_document(ManagerClient *client, const char *member, GBytes *document,
                                    GError **error);
