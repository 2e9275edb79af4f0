/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-life.h"

#include <errno.h>
#include <string.h>

#include "daemon/bus/bus-error.h"
#include "daemon/bus/bus-import-options.h"
#include "daemon/bus/bus-value.h"

static LifeCycle *life_of(const BusManager *manager)
{
    return manager_life_cycle(manager->context->manager);
}

static int reply_error(sd_bus_message *message, const GError *failure)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;

    bus_error_set(&error, failure);
    const int r = sd_bus_reply_method_error(message, &error);
    sd_bus_error_free(&error);
    return r;
}

/* An import keeps the message to answer it when it is over. */
static void on_imported(guint64 generation, const GError *error, gpointer data)
{
    g_autoptr(sd_bus_message) message = data;

    if (error)
        reply_error(message, error);
    else
        sd_bus_reply_method_return(message, "t", generation);
}

static int on_import_authorized(sd_bus_message *message, const BusCaller *caller,
                                const sd_bus_error *refusal, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (!caller)
        return sd_bus_reply_method_error(message, refusal);
    sd_bus_message_rewind(message, TRUE);
    ImportRequest *request = bus_import_read(message, &error);
    if (!request)
        return reply_error(message, error);
    request->uid = caller->uid;
    request->unit = g_strdup(caller->unit);
    life_cycle_import(life_of(data), request, on_imported, sd_bus_message_ref(message));
    return 1;
}

int bus_life_import(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ImportRequest) request = bus_import_read(message, &error);

    if (!request)
        return bus_error_set(ret_error, error);
    return bus_polkit_authorize(manager->polkit, message, BUS_POLKIT_IMPORT, on_import_authorized,
                                data);
}

static int read_generation(sd_bus_message *message, guint64 *ret_generation)
{
    const int r = sd_bus_message_rewind(message, TRUE);
    return r < 0 ? r : sd_bus_message_read(message, "t", ret_generation);
}

static int reply_document(sd_bus_message *message, GBytes *document, GBytes *signature)
{
    g_autoptr(sd_bus_message) reply = NULL;

    int r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_append_array(reply, SD_BUS_TYPE_BYTE, g_bytes_get_data(document, NULL),
                                        g_bytes_get_size(document));
    if (r >= 0)
        r = sd_bus_message_append_array(reply, SD_BUS_TYPE_BYTE, g_bytes_get_data(signature, NULL),
                                        g_bytes_get_size(signature));
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int on_export_authorized(sd_bus_message *message, const BusCaller *caller,
                                const sd_bus_error *refusal, gpointer data)
{
    g_autoptr(GBytes) document = NULL;
    g_autoptr(GBytes) signature = NULL;
    g_autoptr(GError) error = NULL;
    guint64 generation;

    if (!caller)
        return sd_bus_reply_method_error(message, refusal);
    const int r = read_generation(message, &generation);
    if (r < 0)
        return sd_bus_reply_method_errno(message, r, NULL);
    if (!life_cycle_export(life_of(data), generation, &document, &signature, &error))
        return reply_error(message, error);
    return reply_document(message, document, signature);
}

int bus_life_export(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    return bus_polkit_authorize(manager->polkit, message, BUS_POLKIT_EXPORT, on_export_authorized,
                                data);
}

static int on_confirm_authorized(sd_bus_message *message, const BusCaller *caller,
                                 const sd_bus_error *refusal, gpointer data)
{
    g_autoptr(GError) error = NULL;
    guint64 generation;

    if (!caller)
        return sd_bus_reply_method_error(message, refusal);
    const int r = read_generation(message, &generation);
    if (r < 0)
        return sd_bus_reply_method_errno(message, r, NULL);
    if (!life_cycle_confirm(life_of(data), generation, caller->uid, caller->unit, &error))
        return reply_error(message, error);
    return sd_bus_reply_method_return(message, NULL);
}

int bus_life_confirm(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    return bus_polkit_authorize(manager->polkit, message, BUS_POLKIT_IMPORT, on_confirm_authorized,
                                data);
}

static int on_revert_authorized(sd_bus_message *message, const BusCaller *caller,
                                const sd_bus_error *refusal, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (!caller)
        return sd_bus_reply_method_error(message, refusal);
    if (!life_cycle_revert(life_of(data), caller->uid, caller->unit, &error))
        return reply_error(message, error);
    return sd_bus_reply_method_return(message, NULL);
}

int bus_life_revert(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    return bus_polkit_authorize(manager->polkit, message, BUS_POLKIT_IMPORT, on_revert_authorized,
                                data);
}

static int append_generation(sd_bus_message *reply, const Generation *generation)
{
    const GenerationMeta *meta = &generation->meta;

    return sd_bus_message_append(reply, "(ta{sv})", generation->number, 8, "Name", "s", meta->name,
                                 "Serial", "t", meta->serial, "Digest", "s", meta->digest,
                                 "ImportedUSec", "t", meta->imported_usec, "Uid", "u", meta->uid,
                                 "Unit", "s", meta->unit, "Signer", "s", meta->signer, "Confirmed",
                                 "b", (int)meta->confirmed);
}

int bus_life_list_generations(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    g_autoptr(GPtrArray) generations = life_cycle_generations(life_of(data));
    g_autoptr(sd_bus_message) reply = NULL;

    int r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(ta{sv})");
    for (guint i = 0; r >= 0 && i < generations->len; i++)
        r = append_generation(reply, g_ptr_array_index(generations, i));
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}
