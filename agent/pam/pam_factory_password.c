/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pam_factory_password(8). Refusing is "permission denied" and everything else is "ignore", so
 * that a stack can tell a refusal from a module that is not there. */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>

#include "agent/pam/factory-password.h"

#define EXPORTED __attribute__((visibility("default")))

#define WARNING "This is the password the device was delivered with. Please change it."
#define REFUSAL                                                                                    \
    "The password the device was delivered with is not accepted from other hosts. "                \
    "Please change it at the device."

typedef struct Options {
    bool warn;
    bool refuse_remote;
    const char *file;
} Options;

static Options read_options(const pam_handle_t *pamh, int argc, const char **argv)
{
    Options options = {.file = FACTORY_PASSWORD_FILE};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "warn") == 0)
            options.warn = true;
        else if (strcmp(argv[i], "refuse-remote") == 0)
            options.refuse_remote = true;
        else if (strncmp(argv[i], "file=", 5) == 0)
            options.file = argv[i] + 5;
        else
            pam_syslog(pamh, LOG_ERR, "unknown option: %s", argv[i]);
    }
    return options;
}

static const char *get_item(const pam_handle_t *pamh, int type)
{
    const void *item = NULL;
    return pam_get_item(pamh, type, &item) == PAM_SUCCESS ? item : NULL;
}

static int refuse(pam_handle_t *pamh, int flags, const char *user, const char *host)
{
    pam_syslog(pamh, LOG_NOTICE, "%s, from %s, has the factory's password: refused", user, host);
    if (!(flags & PAM_SILENT))
        pam_error(pamh, "%s", REFUSAL);
    return PAM_PERM_DENIED;
}

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    const Options options = read_options(pamh, argc, argv);
    const char *user = get_item(pamh, PAM_USER);
    const char *host = get_item(pamh, PAM_RHOST);
    const bool may_refuse = options.refuse_remote && factory_password_is_remote(host);

    if (!user || (!may_refuse && !options.warn))
        return PAM_IGNORE;
    switch (factory_password_compare(options.file, user, get_item(pamh, PAM_AUTHTOK))) {
    case FACTORY_PASSWORD_OTHER:
        return PAM_IGNORE;
    case FACTORY_PASSWORD_UNKNOWN:
        pam_syslog(pamh, LOG_ERR, "%s does not tell the factory's password of %s", options.file,
                   user);
        return may_refuse ? PAM_PERM_DENIED : PAM_IGNORE;
    case FACTORY_PASSWORD_SAME:
        break;
    }
    if (may_refuse)
        return refuse(pamh, flags, user, host);
    if (!(flags & PAM_SILENT))
        pam_info(pamh, "%s", WARNING);
    return PAM_IGNORE;
}

EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return PAM_IGNORE;
}
