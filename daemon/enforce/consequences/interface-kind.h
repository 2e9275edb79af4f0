/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands behind a network interface, as far as an item of the policy may stop it. */
#pragma once

#include <glib.h>

typedef enum InterfaceKind {
    INTERFACE_OTHER,      /* Ethernet and the like; a bridge or bond of several */
    INTERFACE_WIRELESS,   /* of a radio, whatever it is used as */
    INTERFACE_USB_DEVICE, /* network function of a gadget: the host is at the other end */
} InterfaceKind;

/* The kind of the interface, or, where it stands on exactly one other (VLAN, bridge with a single
 * port), of that: @ret_base is the one that is of this kind, free with g_free(). INTERFACE_OTHER
 * and NULL where there is none of that name, too. */
InterfaceKind interface_kind_find(const char *name, char **ret_base);

/* Whether a device's path below /sys is that of a gadget: ".../dummy_udc.0/gadget.0". Pure. */
gboolean interface_kind_path_is_gadget(const char *path);
