/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of the hardware that policies are about, and of the kernel's ways to it. They look and
 * change nothing, but the kernel may load a module that is asked for. They fail with PROBE_ERROR
 * where there is none, else with G_FILE_ERROR or as the kernel refuses. */
#pragma once

#include <glib.h>

gboolean probe_uevents(GError **error);              /* hearing of devices that come and go */
gboolean probe_usb_host(GError **error);             /* a USB host controller */
gboolean probe_usb_later(GError **error);            /* what devices of a later one start with */
gboolean probe_usb_drivers(GError **error);          /* the list of what drivers claim */
gboolean probe_device_controller(GError **error);    /* a USB device controller */
gboolean probe_gadget_configuration(GError **error); /* gadgets in configfs */
gboolean probe_wireless(GError **error);             /* the configuration of radios */
gboolean probe_radio_switches(GError **error);       /* rfkill */
