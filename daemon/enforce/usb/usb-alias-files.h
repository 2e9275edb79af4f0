/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running kernel's lists of what its modules claim, read by the daemon itself: libkmod would
 * bring libcrypto, liblzma and libzstd into its memory for a text file of one line an alias. */
#pragma once

#include "daemon/enforce/usb/usb-aliases.h"

#define USB_ALIAS_DIRECTORY "/lib/modules"

/* In the runtime directory, where the service's sandbox shows USB_ALIAS_DIRECTORY, which it hides.
 */
#define USB_ALIAS_SHOWN_DIRECTORY "modules"

/* More is not read; Debian's list has 1.3 MB. */
#define USB_ALIAS_FILE_MAX_BYTES (32 * 1024 * 1024)

/* Where the lists are to be looked for. Free with g_free(). */
char *usb_alias_files_directory(const char *runtime_directory);

/* Reads DIRECTORY/RELEASE/modules.alias and modules.builtin.modinfo of the running kernel. Files
 * that are not there add nothing: usb_aliases_has_module() tells. Never NULL. */
UsbAliases *usb_alias_files_read(const char *directory);

/* Whether modules.alias can be read. */
gboolean usb_alias_files_are_there(const char *directory);

/* Changes whenever one of the files was replaced: an update of the kernel's package, depmod. */
guint64 usb_alias_files_stamp(const char *directory);
