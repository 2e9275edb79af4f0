/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a family of generic netlink is to be found: the kernel numbers families and groups as their
 * modules come. */
#pragma once

#include "daemon/enforce/nl-request.h"

typedef struct GenlFamily {
    guint16 id;
    guint32 group; /* of the name asked for; 0 where the family has none of it */
} GenlFamily;

/* Pure. FALSE where the message is no description of a family; whole as its header says. @group may
 * be NULL. */
gboolean genl_family_parse(struct nlmsghdr *message, const char *group, GenlFamily *ret);

/* Errors: NL_REQUEST_ERROR; ENOENT where the kernel has no family of this name. */
gboolean genl_family_find(NlSocket *nl, const char *name, const char *group, GenlFamily *ret,
                          GError **error);
