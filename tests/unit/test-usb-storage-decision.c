/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-decision.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "daemon/enforce/usb/usb-alias-files.h"
#include "daemon/enforce/usb/usb-storage-drivers.h"

/* As depmod writes them; the last two are not about storage. */
static const char list[] = "# Aliases extracted from modules themselves.\n"
                           "alias usb:v*p*d*dc*dsc*dp*ic08isc06ip50in* usb_storage\n"
                           "alias usb:v*p*d*dc*dsc*dp*ic08isc06ip62in* uas\n"
                           "alias usb:v045Ap5210d0101dc*dsc*dp*ic*isc*ip*in* ums_karma\n"
                           "alias usb:v0BC2p331Ad*dc*dsc*dp*ic*isc*ip*in* uas\n"
                           "alias usb:v13FDp3940d0[0-2]*dc*dsc*dp*ic*isc*ip*in* uas\n"
                           "alias usb:v03EBp2002d0100dc*dsc*dp*icFFisc*ip*in* usb_storage\n"
                           "alias usb:v0BDAp0129d*dc*dsc*dp*ic*isc*ip*in* rtsx_usb\n"
                           "alias usb:v072Fp0001d*dc*dsc*dp*ic0Bisc*ip*in* ccid_like\n"
                           "alias pci:v00008086d00001E31sv*sd*bc*sc*i* xhci_pci\n";

typedef struct Fixture {
    UsbAliases *aliases;
    UsbDescriptors *descriptors;
    UsbInterfaceFacts facts;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->aliases = usb_aliases_new();
    usb_aliases_add_list(fixture->aliases, list, strlen(list));
    fixture->descriptors = g_new0(UsbDescriptors, 1);
    fixture->descriptors->settings = g_array_new(FALSE, FALSE, sizeof(UsbSetting));
    fixture->descriptors->vendor = 0x1111;
    fixture->facts = (UsbInterfaceFacts){
        .descriptors = fixture->descriptors,
        .configuration = 1,
        .interface = 0,
        .aliases = fixture->aliases,
    };
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    usb_aliases_free(fixture->aliases);
    usb_descriptors_free(fixture->descriptors);
}

static void add(const Fixture *fixture, guint8 configuration, guint8 interface, guint8 class)
{
    const UsbSetting setting = {
        .configuration = configuration, .interface = interface, .class = class};
    g_array_append_val(fixture->descriptors->settings, setting);
}

static void identify(const Fixture *fixture, guint16 vendor, guint16 product, guint16 release)
{
    fixture->descriptors->vendor = vendor;
    fixture->descriptors->product = product;
    fixture->descriptors->release = release;
}

static void assert_is(const Fixture *fixture, UsbStorageReason reason)
{
    g_assert_cmpint(usb_storage_decide(&fixture->facts), ==, reason);
}

static void test_class(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 8);
    assert_is(fixture, USB_STORAGE_CLASS);
    /* No list of ids is needed for that. */
    fixture->facts.aliases = NULL;
    assert_is(fixture, USB_STORAGE_CLASS);
}

static void test_composite(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 3);
    add(fixture, 1, 1, 8);
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.interface = 1;
    assert_is(fixture, USB_STORAGE_CLASS);
}

static void test_alternate_setting(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 0xff);
    add(fixture, 1, 0, 0xff);
    assert_is(fixture, USB_STORAGE_NOT);
    add(fixture, 1, 0, 8);
    assert_is(fixture, USB_STORAGE_CLASS);
}

static void test_other_configuration(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 3);
    add(fixture, 2, 0, 8);
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.configuration = 2;
    assert_is(fixture, USB_STORAGE_CLASS);
}

static void test_vendor_id(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 0xff);
    identify(fixture, 0x045a, 0x5210, 0x0101);
    assert_is(fixture, USB_STORAGE_ID);
    identify(fixture, 0x045a, 0x5210, 0x0102);
    assert_is(fixture, USB_STORAGE_NOT);
    identify(fixture, 0x13fd, 0x3940, 0x0213);
    assert_is(fixture, USB_STORAGE_ID);
    identify(fixture, 0x13fd, 0x3940, 0x0310);
    assert_is(fixture, USB_STORAGE_NOT);
    identify(fixture, 0x0bda, 0x0129, 0x3960);
    assert_is(fixture, USB_STORAGE_ID);
}

static void test_vendor_id_and_class(Fixture *fixture, gconstpointer data)
{
    identify(fixture, 0x03eb, 0x2002, 0x0100);
    add(fixture, 1, 0, 3);
    add(fixture, 1, 1, 0xff);
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.interface = 1;
    assert_is(fixture, USB_STORAGE_ID);
}

static void test_dynamic_id(Fixture *fixture, gconstpointer data)
{
    identify(fixture, 0x1234, 0xabcd, 0x0100);
    add(fixture, 1, 0, 0xff);
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.dynamic_ids = "4321 abcd\n1234 abcd\n";
    assert_is(fixture, USB_STORAGE_DYNAMIC_ID);
    fixture->facts.dynamic_ids = "1234 abcd 03\n";
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.dynamic_ids = "1234 abcd ff\n";
    assert_is(fixture, USB_STORAGE_DYNAMIC_ID);
    fixture->facts.dynamic_ids = "\njunk\n1234\n";
    assert_is(fixture, USB_STORAGE_NOT);
}

static void test_modalias(Fixture *fixture, gconstpointer data)
{
    fixture->facts.descriptors = NULL;
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.modalias = "usb:v1111p0000d0000dc00dsc00dp00ic08isc04ip00in00";
    assert_is(fixture, USB_STORAGE_CLASS);
    fixture->facts.modalias = "usb:v0BC2p331Ad0100dc00dsc00dp00icFFisc00ip00in00";
    assert_is(fixture, USB_STORAGE_ID);
    fixture->facts.modalias = "usb:v1111p0000d0000dc08dsc06dp50ic03isc01ip01in00";
    assert_is(fixture, USB_STORAGE_NOT);
}

static void test_driver_and_disk(Fixture *fixture, gconstpointer data)
{
    add(fixture, 1, 0, 0xff);
    fixture->facts.driver = "usbhid";
    assert_is(fixture, USB_STORAGE_NOT);
    fixture->facts.has_disk = TRUE;
    assert_is(fixture, USB_STORAGE_DISK);
    fixture->facts.driver = "ums-karma";
    assert_is(fixture, USB_STORAGE_DRIVER);
}

static void test_drivers(void)
{
    static const char *const storage[] = {"usb-storage",   "usb_storage", "uas",    "ums-realtek",
                                          "ums_eneub6250", "ushc",        "vub300", "rtsx_usb",
                                          "microtekX6",    "microtek"};
    static const char *const others[] = {"usbhid", "hub",  "usblp",   "cdc_ether", "asix", "ccid",
                                         "usb",    "ftdi", "usbtest", "uvcvideo",  "",     "usbfs"};

    for (guint i = 0; i < G_N_ELEMENTS(storage); i++)
        g_assert_true(usb_storage_driver_is(storage[i]));
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(usb_storage_driver_is(others[i]));
    g_autofree char *scanner = usb_storage_driver_module("microtekX6");
    g_assert_cmpstr(scanner, ==, "microtek");
    g_autofree char *karma = usb_storage_driver_module("ums-karma");
    g_assert_cmpstr(karma, ==, "ums_karma");
}

static void test_aliases(Fixture *fixture, gconstpointer data)
{
    static const char builtin[] = "usb_storage.alias=usb:v0Ap0B*\0usb_storage.license=GPL\0"
                                  "usbhid.alias=usb:v*\0uas.alias=usb:v0Cp*\0.alias=usb:v0D*\0"
                                  "alias=usb:\0";

    g_assert_true(usb_aliases_has_module(fixture->aliases, "ums_karma"));
    g_assert_false(usb_aliases_has_module(fixture->aliases, "ccid_like"));
    g_assert_false(usb_aliases_has_module(fixture->aliases, "ums_datafab"));
    usb_aliases_add_builtin(fixture->aliases, builtin, sizeof(builtin));
    g_assert_cmpstr(usb_aliases_find(fixture->aliases, "usb:v0Ap0Bd"), ==, "usb_storage");
    g_assert_cmpstr(usb_aliases_find(fixture->aliases, "usb:v0Cp1"), ==, "uas");
    g_assert_null(usb_aliases_find(fixture->aliases, "usb:v0D"));
}

/* A boot keyboard and bulk-only storage in one device, as dummy_hcd's host sees it. */
static const guint8 composite[] = {
    18, 1,    0x00, 0x02, 0, 0, 0,    64,   0x6b, 0x1d, 0x04, 0x01, 0x01, 0x06,
    1,  2,    3,    1,                         /* device */
    9,  2,    57,   0,    2, 1, 4,    0xc0, 1, /* config */
    9,  4,    0,    0,    1, 3, 1,    1,    5, /* HID */
    9,  0x21, 1,    1,    0, 1, 0x22, 63,   0, /* class */
    7,  5,    0x81, 3,    8, 0, 4,             /* endpoint */
    9,  4,    1,    0,    2, 8, 6,    0x50, 6, /* storage */
    7,  5,    0x82, 2,    0, 2, 0,    7,    5,    1,    2,    0,    2,    0,
};

static void test_descriptors(void)
{
    g_autoptr(UsbDescriptors) descriptors = usb_descriptors_parse(composite, sizeof(composite));

    g_assert_nonnull(descriptors);
    g_assert_cmphex(descriptors->vendor, ==, 0x1d6b);
    g_assert_cmphex(descriptors->product, ==, 0x0104);
    g_assert_cmpuint(descriptors->settings->len, ==, 2);
    const UsbSetting *storage = &g_array_index(descriptors->settings, UsbSetting, 1);
    g_assert_cmpuint(storage->configuration, ==, 1);
    g_assert_cmpuint(storage->interface, ==, 1);
    g_autofree char *modalias = usb_descriptors_modalias(descriptors, storage);
    g_assert_cmpstr(modalias, ==, "usb:v1D6Bp0104d0601dc00dsc00dp00ic08isc06ip50in01");
}

static void test_damaged_descriptors(void)
{
    guint8 bytes[sizeof(composite)];

    for (gsize length = 0; length < sizeof(composite); length++) {
        g_autoptr(UsbDescriptors) descriptors = usb_descriptors_parse(composite, length);
        g_assert_cmpint(descriptors != NULL, ==, length >= 18);
        /* Where the two descriptors of interfaces end. */
        if (descriptors)
            g_assert_cmpuint(descriptors->settings->len, ==, (length >= 36) + (length >= 61));
    }
    memcpy(bytes, composite, sizeof(bytes));
    bytes[27] = 0;
    g_autoptr(UsbDescriptors) endless = usb_descriptors_parse(bytes, sizeof(bytes));
    g_assert_cmpuint(endless->settings->len, ==, 0);
}

static void test_many_settings(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, composite, 27);
    for (guint i = 0; i < USB_DESCRIPTORS_MAX_SETTINGS + 100; i++)
        g_byte_array_append(bytes, composite + 27, 9);
    g_autoptr(UsbDescriptors) descriptors = usb_descriptors_parse(bytes->data, bytes->len);
    g_assert_cmpuint(descriptors->settings->len, ==, USB_DESCRIPTORS_MAX_SETTINGS);
}

#define ADD(name, function)                                                                        \
    g_test_add("/usb-storage-decision/" name, Fixture, NULL, set_up, function, tear_down)

static void test_list_that_is_not_there(void)
{
    g_autofree char *directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    struct utsname system;

    g_assert_no_errno(uname(&system));
    g_autofree char *release = g_build_filename(directory, system.release, NULL);
    g_autofree char *file = g_build_filename(release, "modules.alias", NULL);
    g_assert_false(usb_alias_files_are_there(directory));
    g_assert_no_errno(g_mkdir(release, 0700));
    g_assert_false(usb_alias_files_are_there(directory));
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_assert_true(usb_alias_files_are_there(directory));
    g_assert_no_errno(g_remove(file));
    g_assert_no_errno(g_rmdir(release));
    g_assert_no_errno(g_rmdir(directory));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("class", test_class);
    ADD("composite", test_composite);
    ADD("alternate-setting", test_alternate_setting);
    ADD("other-configuration", test_other_configuration);
    ADD("vendor-id", test_vendor_id);
    ADD("vendor-id-and-class", test_vendor_id_and_class);
    ADD("dynamic-id", test_dynamic_id);
    ADD("modalias", test_modalias);
    ADD("driver-and-disk", test_driver_and_disk);
    ADD("aliases", test_aliases);
    g_test_add_func("/usb-storage-decision/drivers", test_drivers);
    g_test_add_func("/usb-storage-decision/descriptors", test_descriptors);
    g_test_add_func("/usb-storage-decision/damaged-descriptors", test_damaged_descriptors);
    g_test_add_func("/usb-storage-decision/many-settings", test_many_settings);
    g_test_add_func("/usb-storage-decision/list-that-is-not-there", test_list_that_is_not_there);
    return g_test_run();
}
