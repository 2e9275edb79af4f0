/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "setting-reader.h"

#include <stdio.h>
#include <string.h>

#define SETTING_PATH "/org/secpold1/setting/"

typedef struct Reader {
    Setting *settings;
    size_t n_settings;
    Setting *current; /* whose properties are read; NULL for an object that is none of `settings` */
    int is_new;       /* Locked or Value was among them */
} Reader;

typedef int (*ReadEntry)(sd_bus_message *m, Reader *reader);

static int for_each(sd_bus_message *m, const char *entry, ReadEntry read_entry, Reader *reader)
{
    char dictionary[32];
    snprintf(dictionary, sizeof(dictionary), "{%s}", entry);
    int r = sd_bus_message_enter_container(m, 'a', dictionary);

    while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', entry)) > 0) {
        r = read_entry(m, reader);
        if (r >= 0)
            r = sd_bus_message_exit_container(m);
    }
    return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_property(sd_bus_message *m, Reader *reader)
{
    const char *name = NULL;
    const int r = sd_bus_message_read(m, "s", &name);

    if (r < 0)
        return r;
    if (strcmp(name, "Locked") != 0 && strcmp(name, "Value") != 0)
        return sd_bus_message_skip(m, "v");
    reader->is_new = 1;
    return strcmp(name, "Locked") == 0
               ? sd_bus_message_read(m, "v", "b", &reader->current->locked)
               : sd_bus_message_read(m, "v", "v", "b", &reader->current->value);
}

static int read_interface(sd_bus_message *m, Reader *reader)
{
    const char *name = NULL;
    const int r = sd_bus_message_read(m, "s", &name);

    if (r < 0)
        return r;
    if (reader->current && strcmp(name, "org.secpold1.Setting") == 0)
        return for_each(m, "sv", read_property, reader);
    return sd_bus_message_skip(m, "a{sv}");
}

static Setting *setting_at(const Reader *reader, const char *path)
{
    if (strncmp(path, SETTING_PATH, strlen(SETTING_PATH)) != 0)
        return NULL;
    for (Setting *s = reader->settings; s < reader->settings + reader->n_settings; s++)
        if (strcmp(path + strlen(SETTING_PATH), s->name) == 0)
            return s;
    return NULL;
}

static int read_object(sd_bus_message *m, Reader *reader)
{
    const char *path = NULL;
    const int r = sd_bus_message_read(m, "o", &path);

    if (r < 0)
        return r;
    reader->current = setting_at(reader, path);
    return for_each(m, "sa{sv}", read_interface, reader);
}

int setting_reader_ask(sd_bus *bus, sd_bus_message_handler_t on_settings)
{
    sd_bus_message *question = NULL;
    int r =
        sd_bus_message_new_method_call(bus, &question, "org.secpold1", "/org/secpold1",
                                       "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
    if (r >= 0)
        r = sd_bus_message_set_auto_start(question, 0);
    if (r >= 0)
        r = sd_bus_call_async(bus, NULL, question, on_settings, NULL, 0);
    sd_bus_message_unref(question);
    return r;
}

int setting_reader_read(sd_bus_message *reply, Setting *settings, size_t n_settings)
{
    Reader reader = {settings, n_settings, NULL, 0};

    return for_each(reply, "oa{sa{sv}}", read_object, &reader);
}

int setting_reader_has_to_ask(sd_bus_message *signal, Setting *settings, size_t n_settings)
{
    Setting unused = {0};
    Reader reader = {settings, n_settings, &unused, 0};

    if (!signal ||
        !sd_bus_message_is_signal(signal, "org.freedesktop.DBus.Properties", "PropertiesChanged"))
        return 1;
    if (!setting_at(&reader, sd_bus_message_get_path(signal)) ||
        sd_bus_message_skip(signal, "s") < 0 || for_each(signal, "sv", read_property, &reader) < 0)
        return 0;
    return reader.is_new;
}
