/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passwords that go with an import: the one that the document is sealed with, and the one that
 * the device has now. */
#pragma once

#include "ctl/verb-option.h"

#include "daemon/state/password.h"

typedef struct ImportPasswords {
    Password *document; /* NULL: none */
    Password *device;   /* NULL: none */
} ImportPasswords;

void import_passwords_clear(ImportPasswords *passwords);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImportPasswords, import_passwords_clear)

/* From the files that the options name. PASSWORD_ERROR, G_FILE_ERROR. */
gboolean import_passwords_read(ImportPasswords *passwords, const VerbOptions *options,
                               GError **error);

/* From whoever sits at the terminal: that of the device, and where the document, called @name, is
 * sealed, that of the document. PASSWORD_ERROR, PASSWORD_INPUT_ERROR. */
gboolean import_passwords_ask(ImportPasswords *passwords, const char *name, gboolean sealed,
                              GError **error);
