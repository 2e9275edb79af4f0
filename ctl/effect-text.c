/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/effect-text.h"

const char *effect_to_text(KernelEffect effect)
{
    static const char *const texts[] = {
        [KERNEL_EFFECT_NONE] = "The kernel has no part in this: the services of the device have to "
                               "keep the settings below, and to say that they do.",
        [KERNEL_EFFECT_CLOSE_PORTS] =
            "Whatever comes from outside to these ports is dropped before any redirection, and "
            "again before a program gets it; what a program sends from them is dropped on its way "
            "out. Sessions that are open end. Loopback, and what is forwarded to others, is left "
            "alone.",
        [KERNEL_EFFECT_SNMP_V3_ONLY] =
            "A datagram to these ports passes only where its first bytes say SNMP version 3; "
            "everything else, TCP included, is dropped. Loopback is left alone.",
        [KERNEL_EFFECT_NO_DIRECT_CONNECTION] =
            "Network interfaces that are access points or Wi-Fi Direct peers are set down, whoever "
            "brings them up, and a radio that has no other use is blocked by rfkill.",
        [KERNEL_EFFECT_NO_WIRELESS_LAN] =
            "Network interfaces that join wireless networks are set down, whoever brings them up, "
            "and a radio that has no other use is blocked by rfkill.",
        [KERNEL_EFFECT_NO_USB_DEVICE] =
            "USB gadgets are taken off their device controllers, at once and whenever one is "
            "bound; the computer at the other end of the cable sees the device leave.",
        [KERNEL_EFFECT_NO_USB_STORAGE] =
            "USB interfaces that are storage get no driver, so that a stick has no block device at "
            "any moment; keyboards, card readers and printers in the same socket work.",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(texts) == KERNEL_EFFECT_LAST + 1);
    return texts[effect];
}
