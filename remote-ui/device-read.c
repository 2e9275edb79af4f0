/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/device-read.h"

#define ROOT "/org/secpold1"
/* For each of three calls. secpold needs milliseconds. */
#define CALL_MSEC 1200

typedef struct Reading {
    GDBusConnection *bus;
    GCancellable *cancellable;
    void (*done)(DeviceView *view, GError *error, gpointer data);
    gpointer data;
    GVariant *manager; /* the answers so far */
    GVariant *list;
} Reading;

static void reading_free(Reading *reading)
{
    g_object_unref(reading->bus);
    g_object_unref(reading->cancellable);
    g_clear_pointer(&reading->manager, g_variant_unref);
    g_clear_pointer(&reading->list, g_variant_unref);
    g_free(reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

static void ask(Reading *reading, const char *interface, const char *method, GVariant *arguments,
                const char *type, GAsyncReadyCallback callback)
{
    g_dbus_connection_call(reading->bus, SECPOLD_NAME, ROOT, interface, method, arguments,
                           G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MSEC,
                           reading->cancellable, callback, reading);
}

/* NULL where that was the end of it. */
static GVariant *take_answer(Reading *reading, GAsyncResult *result)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = g_dbus_connection_call_finish(reading->bus, result, &error);
    if (answer)
        return answer;
    g_autoptr(Reading) ended = reading;
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_dbus_error_strip_remote_error(error);
        ended->done(NULL, error, ended->data);
    }
    return NULL;
}

static void on_objects(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GVariant) objects = take_answer(data, result);
    if (!objects)
        return;
    g_autoptr(Reading) reading = data;
    reading->done(device_view_new(reading->manager, reading->list, objects, g_get_real_time()),
                  NULL, reading->data);
}

static void on_list(GObject *source, GAsyncResult *result, gpointer data)
{
    GVariant *list = take_answer(data, result);
    if (!list)
        return;
    Reading *reading = data;
    reading->list = list;
    ask(reading, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, "(a{oa{sa{sv}}})",
        on_objects);
}

static void on_manager(GObject *source, GAsyncResult *result, gpointer data)
{
    GVariant *manager = take_answer(data, result);
    if (!manager)
        return;
    Reading *reading = data;
    reading->manager = manager;
    ask(reading, SECPOLD_MANAGER, "ListItems", NULL, "(a(sssvs))", on_list);
}

void device_read(GDBusConnection *bus, GCancellable *cancellable,
                 void (*done)(DeviceView *view, GError *error, gpointer data), gpointer data)
{
    Reading *reading = g_new0(Reading, 1);
    reading->bus = g_object_ref(bus);
    reading->cancellable = g_object_ref(cancellable);
    reading->done = done;
    reading->data = data;
    ask(reading, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new("(s)", SECPOLD_MANAGER),
        "(a{sv})", on_manager);
}
