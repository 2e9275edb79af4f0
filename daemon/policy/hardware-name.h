/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a device profile names hardware: a USB device controller, a device on a USB port, a radio.
 *
 * Either by the name that the kernel gave it ("musb-hdrc.1.auto", "1-1.4", "phy0"), or by its path
 * below /sys, as in DEVPATH of a uevent ("/devices/platform/soc/fe980000.usb"). In both, "*" stands
 * for any run of characters without a slash and "?" for one such character. A path means the device
 * there and everything below it, so that a card can be named without the number of its radio. */
#pragma once

#include <glib.h>

/* Whether the text has the form of such a name or path. Nothing is looked up. An error, set with
 * INI_VALUE_ERROR and worded for a diagnostic, says what to write instead. */
gboolean hardware_name_check(const char *text, GError **error);

/* Whether one of @patterns (NULL-terminated; NULL: none), all of which have passed
 * hardware_name_check(), means the hardware with this name and path. Either may be NULL where it is
 * not known. @path is below /sys, without "/sys". At most as many steps as the product of the
 * lengths of pattern and text. */
gboolean hardware_name_matches(const char *const *patterns, const char *name, const char *path);

/* Whether one of two patterns, taken literally, is meant by the other, so that both mean the same
 * hardware. FALSE is no proof of the contrary: a name and a path may meet at one device. */
gboolean hardware_names_overlap(const char *a, const char *b);
