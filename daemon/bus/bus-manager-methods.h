/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of org.secpold1.Manager: handlers for a vtable whose user data is a BusManager. Each
 * reads the message, validates, authorizes, acts and replies, in that order. */
#pragma once

#include "daemon/bus/bus-manager.h"

int bus_manager_list_items(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_manager_list_blocked(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_manager_validate(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_manager_diff(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_manager_verify(sd_bus_message *message, void *data, sd_bus_error *ret_error);
int bus_manager_report_settings(sd_bus_message *message, void *data, sd_bus_error *ret_error);
