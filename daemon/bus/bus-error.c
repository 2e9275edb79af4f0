/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-error.h"

#include "daemon/bus/bus-value.h"
#include "daemon/enforce/settings.h"
#include "daemon/import.h"
#include "daemon/state/attempts.h"

typedef struct ErrorName {
    GQuark (*domain)(void);
    gint code;
    const char *name;
} ErrorName;

#define ERROR(name) "org.secpold1.Error." name

static const ErrorName error_names[] = {
    {policy_record_error_quark, POLICY_RECORD_ERROR_INVALID, BUS_ERROR_INVALID_POLICY},
    {seal_error_quark, SEAL_ERROR_MALFORMED, BUS_ERROR_INVALID_POLICY},
    {seal_error_quark, SEAL_ERROR_FORGED, ERROR("SealInvalid")},
    {signature_error_quark, SIGNATURE_ERROR_MALFORMED, ERROR("SignatureInvalid")},
    {signature_error_quark, SIGNATURE_ERROR_UNKNOWN_KEY, ERROR("SignatureInvalid")},
    {signature_error_quark, SIGNATURE_ERROR_INVALID, ERROR("SignatureInvalid")},
    {import_error_quark, IMPORT_ERROR_SIGNATURE_REQUIRED, ERROR("SignatureRequired")},
    {import_error_quark, IMPORT_ERROR_STALE_SERIAL, ERROR("StaleSerial")},
    {import_error_quark, IMPORT_ERROR_PASSWORD_REQUIRED, ERROR("PasswordRequired")},
    {import_error_quark, IMPORT_ERROR_PASSWORD_MISMATCH, ERROR("PasswordMismatch")},
    {import_error_quark, IMPORT_ERROR_IN_PROGRESS, ERROR("ImportInProgress")},
    {import_error_quark, IMPORT_ERROR_NOTHING_TO_CONFIRM, ERROR("NothingToConfirm")},
    {import_error_quark, IMPORT_ERROR_NO_POLICY, ERROR("NoPolicy")},
    {attempts_error_quark, ATTEMPTS_ERROR_TOO_MANY, ERROR("TooManyAttempts")},
    {store_error_quark, STORE_ERROR_UNAVAILABLE, ERROR("StorageFailed")},
    {store_error_quark, STORE_ERROR_FAILED, ERROR("StorageFailed")},
    {store_error_quark, STORE_ERROR_NO_SUCH_GENERATION, ERROR("NoSuchGeneration")},
    {password_error_quark, PASSWORD_ERROR_INVALID, SD_BUS_ERROR_INVALID_ARGS},
    {settings_error_quark, SETTINGS_ERROR_NO_SUCH_SETTING, ERROR("NoSuchSetting")},
    {settings_error_quark, SETTINGS_ERROR_WRONG_TYPE, SD_BUS_ERROR_INVALID_ARGS},
    {settings_error_quark, SETTINGS_ERROR_NOT_NAMED, SD_BUS_ERROR_ACCESS_DENIED},
    {settings_error_quark, SETTINGS_ERROR_TOO_MANY, SD_BUS_ERROR_LIMITS_EXCEEDED},
    {bus_value_error_quark, BUS_VALUE_ERROR_TYPE, SD_BUS_ERROR_INVALID_ARGS},
    {bus_value_error_quark, BUS_VALUE_ERROR_TOO_LONG, SD_BUS_ERROR_INVALID_ARGS},
};

int bus_error_set(sd_bus_error *ret, const GError *error)
{
    g_autofree char *sentence = message_to_sentence(error->message);

    for (gsize i = 0; i < G_N_ELEMENTS(error_names); i++)
        if (g_error_matches(error, error_names[i].domain(), error_names[i].code))
            return sd_bus_error_set(ret, error_names[i].name, sentence);
    return sd_bus_error_set(ret, SD_BUS_ERROR_FAILED, sentence);
}
