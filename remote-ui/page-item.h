/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One policy item as a row of its group's table. */
#pragma once

#include "remote-ui/device-view.h"

typedef enum PageItemFlags {
    PAGE_ITEM_PLAIN = 0,
    PAGE_ITEM_HIDDEN = 1 << 0, /* does not match the filter */
    PAGE_ITEM_OPEN = 1 << 1,   /* with its details unfolded, which is how it is printed */
} PageItemFlags;

/* Appends the row, whose id is the item's key. The same facts make the same row to the byte. */
void page_item_add(GString *out, const DeviceView *view, GVariant *item, PageItemFlags flags);
