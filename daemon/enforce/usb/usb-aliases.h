/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By which patterns the modules of USB storage drivers are found for a device: the part of the
 * running kernel's modules.alias that is about them. That file is made by depmod(8) from the id
 * tables of the drivers, so it has every vendor id that one of them would claim. Pure.
 */
#pragma once

#include <glib.h>

typedef struct UsbAliases UsbAliases;

/* More patterns are not taken; the kernel has about 500. */
#define USB_ALIASES_MAX 8192

UsbAliases *usb_aliases_new(void);
void usb_aliases_free(UsbAliases *aliases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbAliases, usb_aliases_free)

/* Takes from the text of modules.alias, lines of "alias PATTERN MODULE", what is about USB storage.
 */
void usb_aliases_add_list(UsbAliases *aliases, const char *text, gsize length);

/* The same from modules.builtin.modinfo: "MODULE.alias=PATTERN", each ended by a NUL. Kernels from
 * 6.18 on name there the ids of drivers that are built in. */
void usb_aliases_add_builtin(UsbAliases *aliases, const char *text, gsize length);

/* The module, borrowed, that claims @modalias, or NULL. */
const char *usb_aliases_find(const UsbAliases *aliases, const char *modalias);

/* Whether there is a pattern of this module. */
gboolean usb_aliases_has_module(const UsbAliases *aliases, const char *module);
