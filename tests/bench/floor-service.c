/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service with as many objects and properties as secpold, of the same types and sizes, that has
 * no more to do than hand out what lies in memory: what sd-bus alone costs. */
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "daemon/policy/catalog.h"
#include "tests/bench/bench.h"

#define NAME "org.example.Floor"
#define PATH "/org/example/Floor"

/* Stands for an object of any kind: the texts that differ, and values that do not. */
typedef struct Object {
    const char *texts[8];
    const CatalogItem *item;
    const char *constant;
    int flag;
    guint64 number;
} Object;

static int get_value(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *data, sd_bus_error *error)
{
    return sd_bus_message_append(reply, "v", "b", 1);
}

static int get_empty_dictionary(sd_bus *bus, const char *path, const char *interface,
                                const char *property, sd_bus_message *reply, void *data,
                                sd_bus_error *error)
{
    const Object *object = data;
    return sd_bus_message_append(reply, object->item ? "a{sv}" : "a{su}", 0);
}

static int get_ports(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *data, sd_bus_error *error)
{
    const CatalogItem *item = ((const Object *)data)->item;
    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(sqq)");
    for (gsize i = 0; r >= 0 && i < 2 * item->n_ports; i++)
        r = sd_bus_message_append(reply, "(sqq)", i % 2 ? "udp" : "tcp", item->ports[i / 2].first,
                                  item->ports[i / 2].last);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_settings(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *data, sd_bus_error *error)
{
    const CatalogItem *item = ((const Object *)data)->item;
    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "s");
    for (gsize i = 0; r >= 0 && i < item->n_settings; i++)
        r = sd_bus_message_append(reply, "s", item->settings[i].setting);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_one_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *data, sd_bus_error *error)
{
    return sd_bus_message_append(reply, "as", 1, "RestrictLpdPort");
}

static int get_no_reports(sd_bus *bus, const char *path, const char *interface,
                          const char *property, sd_bus_message *reply, void *data,
                          sd_bus_error *error)
{
    return sd_bus_message_append(reply, "a(ssvs)", 0);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

#define TEXT(name, at, flags)                                                                      \
    SD_BUS_PROPERTY(name, "s", NULL, offsetof(Object, texts) + (at) * sizeof(char *), flags)
#define SAME_TEXT(name)     SD_BUS_PROPERTY(name, "s", NULL, offsetof(Object, constant), CHANGES)
#define FLAG(name)          SD_BUS_PROPERTY(name, "b", NULL, offsetof(Object, flag), CHANGES)
#define NUMBER(name, flags) SD_BUS_PROPERTY(name, "t", NULL, offsetof(Object, number), flags)

static const sd_bus_vtable manager_vtable[] = {
    SD_BUS_VTABLE_START(0),
    TEXT("Version", 0, CONSTANT),
    SAME_TEXT("State"),
    SAME_TEXT("PolicyName"),
    NUMBER("PolicySerial", CHANGES),
    SAME_TEXT("PolicyDigest"),
    SAME_TEXT("PolicyOrigin"),
    SAME_TEXT("PolicySigner"),
    NUMBER("PolicyImportedUSec", CHANGES),
    NUMBER("ConfirmUntilUSec", CHANGES),
    SAME_TEXT("ProfileDigest"),
    FLAG("PasswordSet"),
    NUMBER("Generation", CHANGES),
    SD_BUS_PROPERTY("Compliance", "a{su}", get_empty_dictionary, 0, CHANGES),
    SD_BUS_PROPERTY("Problems", "as", get_one_text, 0, CHANGES),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable item_vtable[] = {
    SD_BUS_VTABLE_START(0),
    TEXT("Key", 0, CONSTANT),
    TEXT("Label", 1, CONSTANT),
    TEXT("Category", 2, CONSTANT),
    TEXT("Group", 3, CONSTANT),
    TEXT("Function", 4, CONSTANT),
    TEXT("Description", 5, CONSTANT),
    TEXT("Consequence", 6, CONSTANT),
    FLAG("Requested"),
    SD_BUS_PROPERTY("Value", "v", get_value, 0, CHANGES),
    SD_BUS_PROPERTY("Parameters", "a{sv}", get_empty_dictionary, 0, CHANGES),
    SAME_TEXT("State"),
    SAME_TEXT("Detail"),
    SAME_TEXT("VerifiedBy"),
    NUMBER("VerifiedUSec", 0),
    SD_BUS_PROPERTY("Ports", "a(sqq)", get_ports, 0, CHANGES),
    SD_BUS_PROPERTY("Settings", "as", get_settings, 0, CONSTANT),
    NUMBER("BlockedPackets", 0),
    NUMBER("BlockedBytes", 0),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable setting_vtable[] = {
    SD_BUS_VTABLE_START(0),
    TEXT("Name", 0, CONSTANT),
    TEXT("Label", 1, CONSTANT),
    FLAG("Available"),
    FLAG("Locked"),
    SD_BUS_PROPERTY("Value", "v", get_value, 0, CHANGES),
    SD_BUS_PROPERTY("RequiredBy", "as", get_one_text, 0, CHANGES),
    SD_BUS_PROPERTY("Reports", "a(ssvs)", get_no_reports, 0, CHANGES),
    SAME_TEXT("State"),
    SD_BUS_VTABLE_END,
};

static void add(sd_bus *bus, const char *kind, const sd_bus_vtable *vtable, const Object *facts)
{
    Object *object = g_memdup2(facts, sizeof(*facts));
    object->constant = "enforced";
    g_autofree char *path =
        kind ? g_strdup_printf(PATH "/%s/%s", kind, facts->texts[0]) : g_strdup(PATH);
    g_autofree char *interface = g_strconcat(NAME, kind ? "." : "", kind, NULL);
    if (sd_bus_add_object_vtable(bus, NULL, path, interface, vtable, object) < 0)
        bench_fail(0, "add object %s", path);
}

static void add_objects(sd_bus *bus)
{
    const Object manager = {.texts = {"0"}};
    add(bus, NULL, manager_vtable, &manager);
    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *row = &catalog_items[i];
        const Object item = {
            .texts = {row->key, catalog_item_display_label(row), category_to_string(row->category),
                      row->group ? row->group : "", row->function, row->description,
                      row->consequence},
            .item = row,
        };
        add(bus, "item", item_vtable, &item);
    }
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++) {
        const Object setting = {.texts = {catalog_settings[i].name, catalog_settings[i].label}};
        add(bus, "setting", setting_vtable, &setting);
    }
}

int main(void)
{
    sd_bus *bus = NULL;
    sd_event *event = NULL;

    g_set_prgname("floor-service");
    if (sd_event_new(&event) < 0 || sd_bus_open_system(&bus) < 0)
        bench_fail(0, "open the bus");
    add_objects(bus);
    if (sd_bus_add_object_manager(bus, NULL, PATH) < 0 || sd_bus_request_name(bus, NAME, 0) < 0 ||
        sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL) < 0)
        bench_fail(0, "serve on the bus");
    sd_notify(FALSE, "READY=1");
    return sd_event_loop(event) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
