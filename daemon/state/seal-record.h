/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of the seal that holds on the device, kept beside the policies: it has to hold as well
 * when none of them can be read. A small file with salt and public key, neither of them secret.
 */
#pragma once

#include "daemon/state/seal.h"

/* TRUE with the key where there is one. FALSE without @error where there is none; with G_FILE_ERROR
 * or SEAL_ERROR_MALFORMED where it cannot be told. */
gboolean seal_record_load(const char *path, SealKey *ret_key, GError **error);

/* Replaces the record durably; NULL removes it. Does nothing where it says so already. */
gboolean seal_record_save(const char *path, const SealKey *key, GError **error);
