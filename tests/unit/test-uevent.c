/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/uevent.h"

#define HEADER "change@/devices/platform/dummy_udc.0/udc/dummy_udc.0\0"
#define PATH   "DEVPATH=/devices/platform/dummy_udc.0/udc/dummy_udc.0\0"

/* The length of a literal whose last property ends with the literal's own NUL. */
#define MESSAGE(text) text, sizeof(text)

static void test_bound_gadget(void)
{
    Uevent uevent;

    g_assert_true(
        uevent_parse(MESSAGE(HEADER "ACTION=change\0" PATH
                                    "SUBSYSTEM=udc\0USB_UDC_NAME=dummy_udc.0\0USB_UDC_DRIVER=g1\0"
                                    "EMPTY=\0SEQNUM=1234"),
                     &uevent));
    g_assert_cmpstr(uevent.action, ==, "change");
    g_assert_cmpstr(uevent.devpath, ==, "/devices/platform/dummy_udc.0/udc/dummy_udc.0");
    g_assert_cmpstr(uevent.subsystem, ==, "udc");
    g_assert_null(uevent.devtype);
    g_assert_cmpstr(uevent_get(&uevent, "USB_UDC_DRIVER"), ==, "g1");
    g_assert_cmpstr(uevent_get(&uevent, "SEQNUM"), ==, "1234");
    g_assert_cmpstr(uevent_get(&uevent, "EMPTY"), ==, "");
    g_assert_null(uevent_get(&uevent, "USB_UDC"));
    g_assert_null(uevent_get(&uevent, "UDC_NAME"));
}

static void test_device_type(void)
{
    Uevent uevent;

    g_assert_true(uevent_parse(
        MESSAGE("add@/devices/x\0SUBSYSTEM=usb\0DEVTYPE=usb_interface\0DEVPATH=/devices/x\0"
                "ACTION=add"),
        &uevent));
    g_assert_cmpstr(uevent.devtype, ==, "usb_interface");
}

static void test_first_property_counts(void)
{
    Uevent uevent;

    g_assert_true(uevent_parse(
        MESSAGE("add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb\0SUBSYSTEM=net"),
        &uevent));
    g_assert_cmpstr(uevent.subsystem, ==, "usb");
    g_assert_cmpstr(uevent_get(&uevent, "SUBSYSTEM"), ==, "usb");
}

typedef struct Refused {
    const char *name;
    const char *message;
    gsize length;
} Refused;

static const Refused refused[] = {
    {"nothing", "", 0},
    {"a-nul", MESSAGE("")},
    {"header-alone", MESSAGE(HEADER)},
    {"no-header", MESSAGE("ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb")},
    {"no-final-nul", "add@/x\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=usb", 42},
    {"of-udevd", MESSAGE("libudev\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb")},
    {"no-action", MESSAGE("add@/x\0DEVPATH=/x\0SUBSYSTEM=usb")},
    {"no-path", MESSAGE("add@/x\0ACTION=add\0SUBSYSTEM=usb")},
    {"no-subsystem", MESSAGE("add@/x\0ACTION=add\0DEVPATH=/x")},
    {"empty-action", MESSAGE("add@/x\0ACTION=\0DEVPATH=/x\0SUBSYSTEM=usb")},
    {"empty-subsystem", MESSAGE("add@/x\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=")},
    {"relative-path", MESSAGE("add@/x\0ACTION=add\0DEVPATH=../x\0SUBSYSTEM=usb")},
    {"property-without-value", MESSAGE("add@/x\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=usb\0JUNK")},
    {"property-without-key", MESSAGE("add@/x\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=usb\0=junk")},
    {"empty-property", MESSAGE("add@/x\0ACTION=add\0\0DEVPATH=/x\0SUBSYSTEM=usb")},
};

static void test_refused(gconstpointer data)
{
    const Refused *test = data;
    /* A copy of the exact size, so that a sanitizer or valgrind sees a look beyond it. */
    g_autofree char *message = g_memdup2(test->message, MAX(test->length, 1));
    Uevent uevent = {.action = "untouched"};

    g_assert_false(uevent_parse(message, test->length, &uevent));
    g_assert_cmpstr(uevent.action, ==, "untouched");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uevent/bound-gadget", test_bound_gadget);
    g_test_add_func("/uevent/device-type", test_device_type);
    g_test_add_func("/uevent/first-property-counts", test_first_property_counts);
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strconcat("/uevent/refused/", refused[i].name, NULL);
        g_test_add_data_func(path, &refused[i], test_refused);
    }
    return g_test_run();
}
