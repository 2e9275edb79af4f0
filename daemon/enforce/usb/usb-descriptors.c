/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-descriptors.h"

#include <linux/usb/ch9.h>

/* Multi-byte fields stand there as on the bus, low byte first. */
static guint16 read_le16(const guint8 *bytes)
{
    return (guint16)(bytes[0] | bytes[1] << 8);
}

static void read_device(const guint8 *bytes, UsbDescriptors *descriptors)
{
    descriptors->class = bytes[4];
    descriptors->subclass = bytes[5];
    descriptors->protocol = bytes[6];
    descriptors->vendor = read_le16(bytes + 8);
    descriptors->product = read_le16(bytes + 10);
    descriptors->release = read_le16(bytes + 12);
}

static void add_setting(GArray *settings, guint8 configuration, const guint8 *bytes)
{
    const UsbSetting setting = {
        .configuration = configuration,
        .interface = bytes[2],
        .class = bytes[5],
        .subclass = bytes[6],
        .protocol = bytes[7],
    };
    if (settings->len < USB_DESCRIPTORS_MAX_SETTINGS)
        g_array_append_val(settings, setting);
}

static void read_settings(const guint8 *bytes, gsize length, GArray *settings)
{
    guint8 configuration = 0;

    while (length >= 2) {
        const guint8 size = bytes[0];
        /* Where a descriptor claims less than its own header, nothing tells where the next begins.
         */
        if (size < 2 || size > length)
            return;
        if (bytes[1] == USB_DT_CONFIG && size >= USB_DT_CONFIG_SIZE)
            configuration = bytes[5];
        else if (bytes[1] == USB_DT_INTERFACE && size >= USB_DT_INTERFACE_SIZE)
            add_setting(settings, configuration, bytes);
        bytes += size;
        length -= size;
    }
}

UsbDescriptors *usb_descriptors_parse(const guint8 *bytes, gsize length)
{
    if (length < USB_DT_DEVICE_SIZE || bytes[1] != USB_DT_DEVICE)
        return NULL;
    UsbDescriptors *descriptors = g_new0(UsbDescriptors, 1);
    descriptors->settings = g_array_new(FALSE, FALSE, sizeof(UsbSetting));
    read_device(bytes, descriptors);
    read_settings(bytes + USB_DT_DEVICE_SIZE,
                  MIN(length, USB_DESCRIPTORS_MAX_BYTES) - USB_DT_DEVICE_SIZE,
                  descriptors->settings);
    return descriptors;
}

void usb_descriptors_free(UsbDescriptors *descriptors)
{
    if (!descriptors)
        return;
    g_array_unref(descriptors->settings);
    g_free(descriptors);
}

char *usb_descriptors_modalias(const UsbDescriptors *descriptors, const UsbSetting *setting)
{
    return g_strdup_printf("usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02Xic%02Xisc%02Xip%02Xin%02X",
                           descriptors->vendor, descriptors->product, descriptors->release,
                           descriptors->class, descriptors->subclass, descriptors->protocol,
                           setting->class, setting->subclass, setting->protocol,
                           setting->interface);
}
