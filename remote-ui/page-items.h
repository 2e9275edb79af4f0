/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All items, in tables by category and group. */
#pragma once

#include "remote-ui/device-view.h"
#include "remote-ui/page-filter.h"
#include "remote-ui/page-item.h"

/* @filter: NULL for all items. @flags: of every item. */
void page_items_add(GString *out, const DeviceView *view, const PageFilter *filter,
                    PageItemFlags flags);

/* Links to the categories. */
void page_categories_add(GString *out, const DeviceView *view);
