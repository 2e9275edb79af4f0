/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/import-passwords.h"

#include "ctl/password-input.h"
#include "ctl/terminal.h"

void import_passwords_clear(ImportPasswords *passwords)
{
    g_clear_pointer(&passwords->document, password_free);
    g_clear_pointer(&passwords->device, password_free);
}

static gboolean read_file(const char *path, Password **password, GError **error)
{
    if (!path) {
        return TRUE;
    }
    *password = password_input_read(path, error);
    return *password != NULL;
}

gboolean import_passwords_read(ImportPasswords *passwords, const VerbOptions *options,
                               GError **error)
{
    char *const *values = options->values;
    return read_file(values[VERB_OPTION_PASSWORD_FILE], &passwords->document, error) &&
           read_file(values[VERB_OPTION_CURRENT_PASSWORD_FILE], &passwords->device, error);
}

gboolean import_passwords_ask(ImportPasswords *passwords, const char *name, gboolean sealed,
                              GError **error)
{
    import_passwords_clear(passwords);
    passwords->device = password_input_ask("Password that the device has now", error);
    if (!passwords->device || !sealed) {
        return passwords->device != NULL;
    }
    g_autofree char *displayed = terminal_escape(name);
    g_autofree char *prompt = g_strdup_printf("Password of %s", displayed);
    passwords->document = password_input_ask(prompt, error);
    return passwords->document != NULL;
}
