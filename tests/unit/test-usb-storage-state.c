/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-state.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "daemon/enforce/usb/usb-storage-record.h"

typedef struct Fixture {
    char *directory;
    char *file;
    UsbStorageState *state;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->file = g_build_filename(fixture->directory, USB_STORAGE_RECORD, NULL);
    fixture->state = usb_storage_state_load(fixture->directory);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    usb_storage_state_free(fixture->state);
    g_remove(fixture->file);
    g_rmdir(fixture->directory);
    g_free(fixture->file);
    g_free(fixture->directory);
}

static void restart(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(usb_storage_state_save(fixture->state, &error));
    g_assert_no_error(error);
    usb_storage_state_free(fixture->state);
    fixture->state = usb_storage_state_load(fixture->directory);
}

static void test_survives(Fixture *fixture, gconstpointer data)
{
    UsbStorageState *state = fixture->state;
    UsbHubState *hub = usb_storage_state_add_hub(state, "usb1", 4711);
    UsbInterfaceState *refused = usb_storage_state_add_interface(state, "1-1:1.0", 1);
    UsbInterfaceState *spared = usb_storage_state_add_interface(state, "1-2:1.0", 2);

    state->in_force = TRUE;
    state->parameter = g_strdup("-1");
    hub->original = TRUE;
    hub->opened = TRUE;
    refused->status = USB_INTERFACE_REFUSED;
    g_ptr_array_add(refused->mounts, g_strdup("8:1 /media/my  big stick\n2"));
    spared->status = USB_INTERFACE_SPARED;
    spared->use = g_strdup("/var");
    usb_storage_state_add_interface(state, "1-3:1.0", 3)->status = USB_INTERFACE_LEFT;
    usb_storage_state_add_interface(state, "1-4:1.0", 4)->status = USB_INTERFACE_ALLOWING;
    usb_storage_state_add_interface(state, "1-5:1.0", 5)->status = USB_INTERFACE_NEW;
    usb_storage_state_add_device(state, "1-1", 6);
    restart(fixture);

    state = fixture->state;
    g_assert_true(state->in_force);
    g_assert_cmpstr(state->parameter, ==, "-1");
    hub = usb_storage_state_hub(state, "usb1", 4711);
    g_assert_true(hub->original && hub->opened && !hub->shut);
    refused = usb_storage_state_interface(state, "1-1:1.0", 1);
    g_assert_cmpint(refused->status, ==, USB_INTERFACE_REFUSED);
    g_assert_true(refused->confirmed);
    g_assert_cmpuint(refused->mounts->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(refused->mounts, 0), ==, "8:1 /media/my  big stick\n2");
    spared = usb_storage_state_interface(state, "1-2:1.0", 2);
    g_assert_cmpint(spared->status, ==, USB_INTERFACE_SPARED);
    g_assert_cmpstr(spared->use, ==, "/var");
    g_assert_cmpint(usb_storage_state_interface(state, "1-3:1.0", 3)->status, ==,
                    USB_INTERFACE_LEFT);
    g_assert_cmpint(usb_storage_state_interface(state, "1-4:1.0", 4)->status, ==,
                    USB_INTERFACE_ALLOWING);
    g_assert_null(usb_storage_state_interface(state, "1-5:1.0", 5));
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(fixture->file, &text, NULL, NULL));
    g_assert_null(strstr(text, "1-5:1.0"));
    g_assert_nonnull(strstr(text, "1-4:1.0"));
    g_assert_true(usb_storage_state_knows_device(state, "1-1", 6));
}

static void test_another_id_is_another_thing(Fixture *fixture, gconstpointer data)
{
    UsbStorageState *state = fixture->state;

    usb_storage_state_add_interface(state, "1-1:1.0", 1)->status = USB_INTERFACE_REFUSED;
    usb_storage_state_add_hub(state, "usb1", 2);
    usb_storage_state_add_device(state, "1-1", 3);
    g_assert_null(usb_storage_state_interface(state, "1-1:1.0", 7));
    g_assert_null(usb_storage_state_hub(state, "usb1", 7));
    g_assert_false(usb_storage_state_knows_device(state, "1-1", 7));
    usb_storage_state_add_interface(state, "1-1:1.0", 7);
    g_assert_null(usb_storage_state_interface(state, "1-1:1.0", 1));
}

static GPtrArray *make_list(UsbNode *nodes, guint n)
{
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; i < n; i++)
        g_ptr_array_add(list, &nodes[i]);
    return list;
}

static void test_forgets_what_is_gone(Fixture *fixture, gconstpointer data)
{
    UsbStorageState *state = fixture->state;
    UsbNode here[] = {{.name = (char *)"1-1:1.0", .id = 1}, {.name = (char *)"1-2:1.0", .id = 9}};
    g_autoptr(GPtrArray) interfaces = make_list(here, 2);
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    usb_storage_state_add_hub(state, "usb1", 1);
    usb_storage_state_add_device(state, "1-1", 1);
    usb_storage_state_add_interface(state, "1-1:1.0", 1);
    usb_storage_state_add_interface(state, "1-2:1.0", 2);
    UsbInterfaceState *mounted = usb_storage_state_add_interface(state, "1-3:1.0", 3);
    g_ptr_array_add(mounted->mounts, g_strdup("8:1 /media/stick"));
    usb_storage_state_keep(state, none, none, interfaces);
    g_assert_cmpuint(g_hash_table_size(state->hubs), ==, 0);
    g_assert_cmpuint(g_hash_table_size(state->devices), ==, 0);
    g_assert_nonnull(usb_storage_state_interface(state, "1-1:1.0", 1));
    g_assert_null(usb_storage_state_interface(state, "1-2:1.0", 2));
    g_assert_nonnull(usb_storage_state_interface(state, "1-3:1.0", 3));
}

static void test_mounts_outlive_what_they_were_of(Fixture *fixture, gconstpointer data)
{
    UsbStorageState *state = fixture->state;

    UsbInterfaceState *gone = usb_storage_state_add_interface(state, "1-1:1.0", 1);
    g_ptr_array_add(gone->mounts, g_strdup("8:1 /media/stick"));
    const UsbInterfaceState *next = usb_storage_state_add_interface(state, "1-1:1.0", 2);
    g_assert_cmpuint(next->mounts->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(next->mounts, 0), ==, "8:1 /media/stick");
    g_assert_true(next->heir);
    g_assert_false(usb_storage_state_add_interface(state, "1-2:1.0", 3)->heir);
}

static void test_clears(Fixture *fixture, gconstpointer data)
{
    fixture->state->in_force = TRUE;
    usb_storage_state_add_hub(fixture->state, "usb1", 1);
    restart(fixture);
    g_assert_false(usb_storage_state_is_empty(fixture->state));
    usb_storage_state_clear(fixture->state);
    restart(fixture);
    g_assert_true(usb_storage_state_is_empty(fixture->state));
}

static void test_takes_no_junk(Fixture *fixture, gconstpointer data)
{
    static const char text[] =
        "device\ndevice x 1-1\nhub 1 1 0\ninterface\ninterface 1 odd 1-1:1.0\n"
        "interface 5 refused 1-2:1.0\nmount 1 1-1:1.0 8:1 /x\nnothing\n"
        "parameter\n";

    usb_storage_state_free(fixture->state);
    g_assert_true(g_file_set_contents(fixture->file, text, -1, NULL));
    fixture->state = usb_storage_state_load(fixture->directory);
    g_assert_cmpuint(g_hash_table_size(fixture->state->hubs), ==, 0);
    g_assert_cmpuint(g_hash_table_size(fixture->state->devices), ==, 0);
    g_assert_cmpuint(g_hash_table_size(fixture->state->interfaces), ==, 1);
    g_assert_null(fixture->state->parameter);
}

static void test_thousands(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *name = g_strdup_printf("1-%u:1.0", i);
        usb_storage_state_add_interface(fixture->state, name, i)->status =
            i % 100 == 0 ? USB_INTERFACE_REFUSED : USB_INTERFACE_LEFT;
    }
    restart(fixture);
    for (guint i = 0; i < 5000; i += 100) {
        g_autofree char *name = g_strdup_printf("1-%u:1.0", i);
        const UsbInterfaceState *refused = usb_storage_state_interface(fixture->state, name, i);
        g_assert_true(refused && refused->status == USB_INTERFACE_REFUSED);
    }
}

static void test_names(void)
{
    static const struct {
        const char *name;
        int kind; /* -1: none */
        const char *hub;
        const char *device;
    } cases[] = {
        {"usb1", USB_ROOT_HUB, NULL, NULL},
        {"usb12", USB_ROOT_HUB, NULL, NULL},
        {"1-1", USB_DEVICE, "usb1", "1-1"},
        {"12-1.4.3", USB_DEVICE, "usb12", "12-1.4.3"},
        {"1-1.4:1.0", USB_INTERFACE, "usb1", "1-1.4"},
        {"3-0:1.0", USB_INTERFACE, "usb3", "usb3"},
        {"usb", -1, NULL, NULL},
        {"usbx", -1, NULL, NULL},
        {"", -1, NULL, NULL},
        {"11", -1, NULL, NULL},
        {"-1", -1, NULL, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        UsbKind kind = USB_ROOT_HUB;
        g_assert_cmpint(usb_tree_kind_of_name(cases[i].name, &kind), ==, cases[i].kind >= 0);
        if (cases[i].kind >= 0)
            g_assert_cmpint((int)kind, ==, cases[i].kind);
        if (!cases[i].hub)
            continue;
        g_autofree char *hub = usb_tree_root_hub_name(cases[i].name);
        g_autofree char *device = usb_tree_device_name(cases[i].name);
        g_assert_cmpstr(hub, ==, cases[i].hub);
        g_assert_cmpstr(device, ==, cases[i].device);
    }
}

static void test_interface_numbers(void)
{
    guint8 configuration = 77, number = 77;

    g_assert_false(usb_tree_parse_interface("1-1", &configuration, &number));
    g_assert_false(usb_tree_parse_interface("1-1:1", &configuration, &number));
    g_assert_false(usb_tree_parse_interface("1-1:1.256", &configuration, &number));
    g_assert_false(usb_tree_parse_interface("1-1:1.2.3", &configuration, &number));
    g_assert_cmpuint(number, ==, 77);
    g_assert_true(usb_tree_parse_interface("1-1.4:2.31", &configuration, &number));
    g_assert_cmpuint(configuration, ==, 2);
    g_assert_cmpuint(number, ==, 31);
}

#define ADD(name, function)                                                                        \
    g_test_add("/usb-storage-state/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("survives", test_survives);
    ADD("another-id-is-another-thing", test_another_id_is_another_thing);
    ADD("forgets-what-is-gone", test_forgets_what_is_gone);
    ADD("mounts-outlive-what-they-were-of", test_mounts_outlive_what_they_were_of);
    ADD("clears", test_clears);
    ADD("takes-no-junk", test_takes_no_junk);
    ADD("thousands", test_thousands);
    g_test_add_func("/usb-storage-state/names", test_names);
    g_test_add_func("/usb-storage-state/interface-numbers", test_interface_numbers);
    return g_test_run();
}
