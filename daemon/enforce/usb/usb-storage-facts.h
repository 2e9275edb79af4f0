/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers from sysfs what usb_storage_decide() asks for. */
#pragma once

#include "daemon/enforce/usb/usb-jobs.h"
#include "daemon/enforce/usb/usb-storage-decision.h"
#include "daemon/enforce/usb/usb-tree.h"

UsbStorageReason usb_storage_facts_decide(const UsbNode *interface, gboolean has_disk,
                                          const UsbAliases *aliases);

/* How drivers are to be asked for an interface that is not known to be storage. Where a storage
 * driver is there whose ids are not known, for it is built into a kernel before 6.18 or came
 * without depmod(8), no such driver may be asked. @aliases NULL: the item is off, all may. */
UsbStepKind usb_storage_facts_probe(const UsbAliases *aliases);
