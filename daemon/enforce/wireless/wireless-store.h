/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of what is carried over reboots (see wireless-carried.h). The file system that it is on
 * may be mounted only after secpold has started, and be gone before secpold ends: what is below the
 * mount point then is not looked at, and nothing is left there.
 */
#pragma once

#include "daemon/enforce/run-record.h"

/* Whether what has to be mounted at this directory or above it is. */
typedef gboolean (*WirelessStoreIsThere)(const char *directory);

typedef struct WirelessStore {
    char *directory;
    WirelessStoreIsThere is_there; /* NULL: it always is */
    RunRecord *carried;            /* NULL until it could be read */
} WirelessStore;

/* Tries to read it if it has not been. */
void wireless_store_open(WirelessStore *store);

/* Writes it where it has changed. What cannot be written is tried again by the next call. */
void wireless_store_save(WirelessStore *store);

void wireless_store_clear(WirelessStore *store);
