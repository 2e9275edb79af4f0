/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the maker and the administrator put on the device as files: the provisioned policy and the
 * device profile. */
#pragma once

#include "daemon/policy/device-profile.h"
#include "daemon/policy/policy.h"

/* A policy as read from its document. */
typedef struct ProvisionedPolicy {
    char *path;
    Policy *policy;
    char *digest; /* as policy_document_digest() */
} ProvisionedPolicy;

void provisioned_policy_free(ProvisionedPolicy *provisioned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProvisionedPolicy, provisioned_policy_free)

/* Reads @path, or where it is NULL the first of /etc/secpold/default.policy and
 * /usr/lib/secpold/default.policy that exists. TRUE with *ret_provisioned NULL where there is none;
 * FALSE with PROVISION_ERROR or G_FILE_ERROR, with all diagnostics in the message, where there is
 * one but it cannot be used. */
gboolean provisioned_policy_load(const char *path, ProvisionedPolicy **ret_provisioned,
                                 GError **error);

/* Reads @path alone, or where it is NULL device.conf and the drop-ins of device.conf.d, those in
 * /etc/secpold over those in /usr/lib/secpold. No file at all is a device with every function.
 * @ret_digest: SHA-256 over all files in order, lower-case hexadecimal, "" where there is none. */
DeviceProfile *device_profile_load(const char *path, char **ret_digest, GError **error);

/* A document's diagnostics as one message, a line each. */
char *diagnostics_to_message(const Diagnostics *diagnostics, const char *file);

/* The first line of such a message, and how many more there are. */
char *message_to_sentence(const char *message);

#define PROVISION_ERROR (provision_error_quark())
GQuark provision_error_quark(void);
typedef enum ProvisionError {
    PROVISION_ERROR_INVALID_POLICY,
    PROVISION_ERROR_INVALID_PROFILE,
} ProvisionError;
