/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-import-options.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/bus/bus-value.h"
#include "daemon/policy/policy-document.h"

static gboolean fail(GError **error, const char *what)
{
    g_set_error_literal(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE, what);
    return FALSE;
}

static gboolean read_password(sd_bus_message *message, Password **password, GError **error)
{
    const char *text;

    if (sd_bus_message_read(message, "v", "s", &text) < 0)
        return fail(error, "A password is a string");
    if (*password)
        return fail(error, "A password is given twice");
    *password = password_new(text, strlen(text), error);
    return *password != NULL;
}

static gboolean read_confirm_sec(sd_bus_message *message, ImportRequest *request, GError **error)
{
    guint64 seconds;

    if (sd_bus_message_read(message, "v", "t", &seconds) < 0)
        return fail(error, "confirm-sec has type 't'");
    if (request->confirm_sec > 0)
        return fail(error, "confirm-sec is given twice");
    if (seconds < 1 || seconds > IMPORT_MAX_CONFIRM_SEC) {
        g_set_error(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE,
                    "confirm-sec is 1 to %d seconds, not %" PRIu64, IMPORT_MAX_CONFIRM_SEC,
                    seconds);
        return FALSE;
    }
    request->confirm_sec = (guint)seconds;
    return TRUE;
}

static gboolean read_option(sd_bus_message *message, ImportRequest *request, GError **error)
{
    const char *key;

    if (sd_bus_message_read(message, "s", &key) < 0)
        return fail(error, "An option has no name");
    if (g_str_equal(key, "password"))
        return read_password(message, &request->password, error);
    if (g_str_equal(key, "current-password"))
        return read_password(message, &request->current_password, error);
    if (g_str_equal(key, "confirm-sec"))
        return read_confirm_sec(message, request, error);
    g_set_error(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE,
                "There is no option '%s'; there are password, current-password and confirm-sec",
                key);
    return FALSE;
}

static gboolean read_options(sd_bus_message *message, ImportRequest *request, GError **error)
{
    int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sv}");

    while (r >= 0 &&
           (r = sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, "sv")) > 0) {
        if (!read_option(message, request, error))
            return FALSE;
        r = sd_bus_message_exit_container(message);
    }
    return r >= 0 || fail(error, "The options are a dictionary");
}

static GBytes *read_bytes(sd_bus_message *message, const char *what, gsize maximum, GQuark domain,
                          gint code, GError **error)
{
    const char *bytes;
    gsize length;

    if (bus_value_read_document(message, &bytes, &length) < 0) {
        fail(error, "Document and signature are arrays of bytes");
        return NULL;
    }
    if (length > maximum) {
        g_set_error(error, domain, code,
                    "The %s is %" G_GSIZE_FORMAT " bytes long; at most %" G_GSIZE_FORMAT
                    " are read",
                    what, length, maximum);
        return NULL;
    }
    return g_bytes_new(bytes, length);
}

ImportRequest *bus_import_read(sd_bus_message *message, GError **error)
{
    g_autoptr(ImportRequest) request = g_new0(ImportRequest, 1);

    request->document = read_bytes(message, "document", POLICY_DOCUMENT_MAX_BYTES,
                                   POLICY_RECORD_ERROR, POLICY_RECORD_ERROR_INVALID, error);
    if (!request->document)
        return NULL;
    request->signature = read_bytes(message, "signature", SIGNATURE_MAX_BYTES, SIGNATURE_ERROR,
                                    SIGNATURE_ERROR_MALFORMED, error);
    if (!request->signature)
        return NULL;
    return read_options(message, request, error) ? g_steal_pointer(&request) : NULL;
}
