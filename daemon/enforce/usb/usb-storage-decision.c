/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-decision.h"

#include <linux/usb/ch9.h>
#include <string.h>

#include "daemon/enforce/usb/usb-storage-drivers.h"

/* Configuration and class in the middle of "usb:v....p....d....dc..dsc..dp..ic08isc06ip50in00". */
#define MODALIAS_CLASS_STORAGE "ic08isc"

/* The next number, in hexadecimal, of the line; FALSE where there is none. */
static gboolean take_number(const char **line, guint64 *ret)
{
    char *end;

    *line += strspn(*line, " \t");
    if (!g_ascii_isxdigit(**line))
        return FALSE;
    *ret = g_ascii_strtoull(*line, &end, 16);
    *line = end;
    return TRUE;
}

/* VENDOR PRODUCT [CLASS] */
static gboolean id_claims(const char *line, const UsbDescriptors *descriptors, guint8 class)
{
    guint64 vendor, product, only_class;

    if (!take_number(&line, &vendor) || !take_number(&line, &product) ||
        vendor != descriptors->vendor || product != descriptors->product)
        return FALSE;
    return !take_number(&line, &only_class) || only_class == class;
}

static gboolean dynamic_ids_claim(const char *ids, const UsbDescriptors *descriptors, guint8 class)
{
    while (ids && *ids) {
        if (id_claims(ids, descriptors, class))
            return TRUE;
        ids = strchr(ids, '\n');
        ids = ids ? ids + 1 : NULL;
    }
    return FALSE;
}

static UsbStorageReason decide_setting(const UsbInterfaceFacts *facts, const UsbSetting *setting)
{
    if (setting->class == USB_CLASS_MASS_STORAGE)
        return USB_STORAGE_CLASS;

    g_autofree char *modalias = usb_descriptors_modalias(facts->descriptors, setting);
    if (facts->aliases && usb_aliases_find(facts->aliases, modalias))
        return USB_STORAGE_ID;
    if (dynamic_ids_claim(facts->dynamic_ids, facts->descriptors, setting->class))
        return USB_STORAGE_DYNAMIC_ID;
    return USB_STORAGE_NOT;
}

static UsbStorageReason decide_settings(const UsbInterfaceFacts *facts)
{
    const GArray *settings = facts->descriptors->settings;
    UsbStorageReason reason = USB_STORAGE_NOT;

    for (guint i = 0; i < settings->len && reason == USB_STORAGE_NOT; i++) {
        const UsbSetting *setting = &g_array_index(settings, UsbSetting, i);
        if (setting->configuration == facts->configuration &&
            setting->interface == facts->interface)
            reason = decide_setting(facts, setting);
    }
    return reason;
}

/* The kernel's own view, for where the bytes are read otherwise here than there. */
static UsbStorageReason decide_modalias(const UsbInterfaceFacts *facts)
{
    if (strstr(facts->modalias, MODALIAS_CLASS_STORAGE))
        return USB_STORAGE_CLASS;
    if (facts->aliases && usb_aliases_find(facts->aliases, facts->modalias))
        return USB_STORAGE_ID;
    return USB_STORAGE_NOT;
}

UsbStorageReason usb_storage_decide(const UsbInterfaceFacts *facts)
{
    UsbStorageReason reason = USB_STORAGE_NOT;

    if (facts->descriptors)
        reason = decide_settings(facts);
    if (reason == USB_STORAGE_NOT && facts->modalias)
        reason = decide_modalias(facts);
    if (reason == USB_STORAGE_NOT && facts->driver && usb_storage_driver_is(facts->driver))
        reason = USB_STORAGE_DRIVER;
    if (reason == USB_STORAGE_NOT && facts->has_disk)
        reason = USB_STORAGE_DISK;
    return reason;
}
