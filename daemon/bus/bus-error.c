/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-error.h"

#include "daemon/bus/bus-value.h"
#include "daemon/enforce/settings.h"
#include "daemon/provision.h"

typedef struct ErrorName {
    GQuark (*domain)(void);
    gint code;
    const char *name;
} ErrorName;

static const ErrorName error_names[] = {
    {provision_error_quark, PROVISION_ERROR_INVALID_POLICY, BUS_ERROR_INVALID_POLICY},
    {settings_error_quark, SETTINGS_ERROR_NO_SUCH_SETTING, "org.secpold1.Error.NoSuchSetting"},
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
