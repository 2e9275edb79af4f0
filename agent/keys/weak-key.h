/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which keys are weak: what has less than 112 bits of strength, by NIST SP 800-131A. That is RSA
 * and Diffie-Hellman below 2048 bits, elliptic curves below 224, DSA whatever its size, and
 * signatures with MD5 or SHA-1. All functions return NULL for what is strong, and otherwise what is
 * weak about it: "RSA key of 1024 bits". Free with g_free().
 */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

char *weak_key_of_size(gnutls_pk_algorithm_t algorithm, guint n_bits);
char *weak_key_of_certificate(gnutls_x509_crt_t certificate);
char *weak_key_of_private(gnutls_x509_privkey_t key);
char *weak_key_of_group(gnutls_dh_params_t group);

/* What OpenSSH keeps in "OPENSSH PRIVATE KEY", without the armor; what it is about is never
 * encrypted. */
char *weak_key_of_ssh(const guint8 *bytes, gsize length);
