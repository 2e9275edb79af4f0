/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects /org/secpold1/setting/NAME. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/bus/bus-context.h"

typedef struct BusSettings BusSettings;

/* Borrows @context. */
BusSettings *bus_settings_new(const BusContext *context);
void bus_settings_free(BusSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusSettings, bus_settings_free)

/* Puts the objects on the bus; negative errno on failure. The slots live as long as @bus. */
int bus_settings_attach(BusSettings *settings, sd_bus *bus);

/* Looks at all settings again and emits what has changed, if anything; @bus may be NULL: nobody to
 * tell. */
void bus_settings_update(BusSettings *settings, sd_bus *bus);
