/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/import.h"

/* Reads the arguments of Import: document, signature, options. BUS_VALUE_ERROR where an option is
 * unknown, given twice, of another type or out of range; PASSWORD_ERROR where a password cannot be
 * one; POLICY_RECORD_ERROR_INVALID and SIGNATURE_ERROR_MALFORMED where document and signature are
 * too long: a call that is read is small enough to be kept while a person is asked. Who asks is
 * left out. */
ImportRequest *bus_import_read(sd_bus_message *message, GError **error);
