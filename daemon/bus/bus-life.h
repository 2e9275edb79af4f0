/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of org.secpold1.Manager by which policies come, go and are carried on: handlers for a
 * vtable whose user data is a BusManager. */
#pragma once

#include "daemon/bus/bus-manager.h"

int bus_life_import(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_life_export(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_life_confirm(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_life_revert(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_life_list_generations(sd_bus_message *message, void *data, sd_bus_error *ret_error);
