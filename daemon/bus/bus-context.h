/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the objects on the bus speak for. */
#pragma once

#include "daemon/enforce/firewall/blocked-log.h"
#include "daemon/manager.h"

#define BUS_NAME          "org.secpold1"
#define BUS_PATH          "/org/secpold1"
#define BUS_ITEM_PATH     BUS_PATH "/item"
#define BUS_SETTING_PATH  BUS_PATH "/setting"
#define BUS_MANAGER_IFACE BUS_NAME ".Manager"
#define BUS_ITEM_IFACE    BUS_NAME ".Item"
#define BUS_SETTING_IFACE BUS_NAME ".Setting"

typedef struct BusContext {
    Manager *manager;
    Enforcer *firewall; /* for the counters */
    BlockedLog *blocked_log;
} BusContext;
