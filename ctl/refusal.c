/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/refusal.h"

#include "ctl/manager-client.h"

#include <string.h>

#define ERROR(name) "org.secpold1.Error." name

#define MAY_NOT                                                                                    \
    "Try with sudo, with --host=root@HOST from another machine, or have polkit allow it; see "     \
    "secpolctl(1)"

/* secpold does not know how it is asked, so what to do with secpolctl is said here. */
static const struct {
    const char *name;
    ManagerClientError code;
    const char *advice;
} refusals[] = {
    {ERROR("PasswordRequired"), MANAGER_CLIENT_ERROR_PASSWORD_REQUIRED,
     "Use --password-file= for the password of the document, and --current-password-file= for "
     "that of the device where it is another one"},
    {ERROR("PasswordMismatch"), MANAGER_CLIENT_ERROR_PASSWORD_MISMATCH,
     "Where the password of the device is to change, the one it has now goes in "
     "--current-password-file="},
    {ERROR("StaleSerial"), MANAGER_CLIENT_ERROR_REFUSED,
     "Raise Serial= in the document, then seal and sign it again"},
    {ERROR("SealInvalid"), MANAGER_CLIENT_ERROR_REFUSED,
     "Seal the document again with secpolctl seal"},
    {ERROR("SignatureRequired"), MANAGER_CLIENT_ERROR_REFUSED,
     "Sign the document with minisign -S; the signature is taken from FILE.minisig, or from where "
     "--signature= says"},
    {ERROR("SignatureInvalid"), MANAGER_CLIENT_ERROR_REFUSED,
     "secpolctl check tells what a signature is worth; the device trusts the keys of its "
     "/etc/secpold/trusted-keys.d, or of TrustedKeys= in its profile"},
    {ERROR("NothingToConfirm"), MANAGER_CLIENT_ERROR_REFUSED,
     "secpolctl history tells which generation is in force, and whether it waits"},
    {ERROR("NoSuchGeneration"), MANAGER_CLIENT_ERROR_REFUSED,
     "secpolctl history lists those that are kept"},
    {ERROR("StorageFailed"), MANAGER_CLIENT_ERROR_REFUSED,
     "The policy that was in force still is; see whether the device's disk is full or damaged"},
    {SD_BUS_ERROR_ACCESS_DENIED, MANAGER_CLIENT_ERROR_REFUSED, MAY_NOT},
    {SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, MANAGER_CLIENT_ERROR_REFUSED, MAY_NOT},
};

void refusal_set_error(GError **error, const char *name, const char *message)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        if (strcmp(refusals[i].name, name) == 0) {
            g_set_error(error, MANAGER_CLIENT_ERROR, refusals[i].code, "%s%s %s", message,
                        g_str_has_suffix(message, ".") ? "" : ".", refusals[i].advice);
            return;
        }
    }
    g_set_error(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_REFUSED, "%s", message);
}
