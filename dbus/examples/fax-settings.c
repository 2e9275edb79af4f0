/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fax-settings FOLDER: keeps the settings of a fax service, fax-store.h, as secpold demands them.
 * The steps are those of org.secpold1(5). Needs the Debian packages libsystemd-dev, libglib2.0-dev.
 * cc -o fax-settings *.c $(pkg-config --cflags --libs libsystemd glib-2.0) */
#include <stdio.h>

#include "fax-store.h"
#include "setting-reader.h"

static Setting settings[] = {{"RestrictNewDestinations", 0, 0},
                             {"ConfirmFaxNumber", 0, 0},
                             {"Forwarding", 0, 0},
                             {"CompleteDeletion", 0, 0}};
static const char *folder;

static int on_reported(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    if (error)
        fprintf(stderr, "fax-settings: %s: %s (only root and group secpold-agent may report)\n",
                (const char *)data, error->message);
    return 0;
}

static int comply(sd_bus *bus, const Setting *setting)
{
    g_autoptr(GError) error = NULL;
    /* Step 2. While a setting is not locked, what the users chose is in force. */
    if (setting->locked)
        fax_store_lock(folder, setting->name, setting->value, &error);
    else
        fax_store_unlock(folder, setting->name, &error);
    /* Step 3. Not what was demanded but what is: the service has the last word. */
    return sd_bus_call_method_async(
        bus, NULL, "org.secpold1", "/org/secpold1", "org.secpold1.Manager", "ReportSettings",
        on_reported, (void *)setting->name, "a(svs)", 1, setting->name, "b",
        (int)fax_store_in_force(folder, setting->name), error ? error->message : "");
}

static int on_settings(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    if (sd_bus_message_is_method_error(reply, NULL))
        return 0; /* secpold is away: the last values hold */
    int r = setting_reader_read(reply, settings, G_N_ELEMENTS(settings));
    for (gsize i = 0; r >= 0 && i < G_N_ELEMENTS(settings); i++)
        r = comply(sd_bus_message_get_bus(reply), &settings[i]);
    return r;
}

/* Of a signal only that it came is believed: everybody on the bus can send one. */
static int look(sd_bus_message *signal, void *bus, sd_bus_error *ret_error)
{
    if (!setting_reader_has_to_ask(signal, settings, G_N_ELEMENTS(settings)))
        return 0;
    return setting_reader_ask(bus, on_settings);
}

int main(int argc, char *argv[])
{
    __attribute__((cleanup(sd_bus_unrefp))) sd_bus *bus = NULL;
    int r = sd_bus_open_system(&bus);

    folder = argc == 2 ? argv[1] : ".";
    if (r >= 0) /* Step 1: first listen, then read, so that nothing falls between. */
        r = sd_bus_add_match(bus, NULL,
                             "sender='org.secpold1',member='PropertiesChanged',"
                             "path_namespace='/org/secpold1/setting'",
                             look, bus);
    if (r >= 0) /* Step 4. */
        r = sd_bus_add_match(bus, NULL, "member='NameOwnerChanged',arg0='org.secpold1'", look, bus);
    if (r >= 0)
        r = look(NULL, bus, NULL);
    while (r >= 0 && (r = sd_bus_process(bus, NULL)) >= 0)
        if (r == 0)
            r = sd_bus_wait(bus, UINT64_MAX);
    fprintf(stderr, "fax-settings: the bus: %s\n", g_strerror(-r));
    return 1;
}
