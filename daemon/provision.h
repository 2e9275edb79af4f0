/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the maker and the administrator put on the device as files: the provisioned policy and the
 * device profile. */
#pragma once

#include "daemon/policy-record.h"
#include "daemon/policy/device-profile.h"

/* Reads @path, or where it is NULL the first of /etc/secpold/default.policy and
 * /usr/lib/secpold/default.policy that exists. TRUE with *ret_record NULL where there is none;
 * FALSE with POLICY_RECORD_ERROR, SEAL_ERROR or G_FILE_ERROR, where there is
 * one but it cannot be used. */
gboolean provisioned_policy_load(const char *path, PolicyRecord **ret_record, GError **error);

/* Reads @path alone, or where it is NULL device.conf and the drop-ins of device.conf.d, those in
 * /etc/secpold over those in /usr/lib/secpold. No file at all is a device with every function.
 * @ret_digest: SHA-256 over all files in order, lower-case hexadecimal, "" where there is none. */
DeviceProfile *device_profile_load(const char *path, char **ret_digest, GError **error);

#define PROVISION_ERROR (provision_error_quark())
GQuark provision_error_quark(void);
typedef enum ProvisionError {
    PROVISION_ERROR_POLICY_GONE,
    PROVISION_ERROR_INVALID_PROFILE,
} ProvisionError;
