/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a password is the one that the maker of the device has given an account. The maker's
 * hashes are in a file of its own, so that a password is recognized also where somebody has set it
 * back and the account's hash has another salt.
 *
 * Part of a PAM module, which lives in programs of others: libc and libcrypt only, no global state.
 */
#pragma once

#include <stdbool.h>

/* Where systemd has the files that a device is delivered with. */
#define FACTORY_PASSWORD_FILE "/usr/share/factory/etc/shadow"

typedef enum FactoryPassword {
    FACTORY_PASSWORD_OTHER,   /* it is not, or the account has none, or the file is not there */
    FACTORY_PASSWORD_SAME,    /* it is */
    FACTORY_PASSWORD_UNKNOWN, /* the file cannot be read, or its hash cannot be computed */
} FactoryPassword;

/* @typed may be NULL, the password of an account that has an empty one. What it takes to find out
 * is wiped from memory. */
FactoryPassword factory_password_compare(const char *file, const char *user, const char *typed);

/* Whether @host, a PAM_RHOST, is another host: neither NULL nor empty, "localhost", or a loopback
 * address. Names are not resolved: who answers for them may be the one who wants to get in. */
bool factory_password_is_remote(const char *host);
