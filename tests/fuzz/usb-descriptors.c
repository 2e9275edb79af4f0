/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every input counts twice: as what a device says of itself, and as lists of aliases. */
#include "daemon/enforce/usb/usb-storage-decision.h"
#include "tests/fuzz/fuzz.h"

static void try_descriptors(const guint8 *bytes, gsize length, const UsbAliases *aliases)
{
    g_autoptr(UsbDescriptors) descriptors = usb_descriptors_parse(bytes, length);

    if (!descriptors)
        return;
    g_assert_cmpuint(descriptors->settings->len, <=, USB_DESCRIPTORS_MAX_SETTINGS);
    for (guint i = 0; i < descriptors->settings->len && i < 8; i++) {
        const UsbSetting *setting = &g_array_index(descriptors->settings, UsbSetting, i);
        const UsbInterfaceFacts facts = {
            .descriptors = descriptors,
            .configuration = setting->configuration,
            .interface = setting->interface,
            .aliases = aliases,
        };
        const UsbStorageReason reason = usb_storage_decide(&facts);
        g_assert_true(setting->class != 8 || reason != USB_STORAGE_NOT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(UsbAliases) aliases = usb_aliases_new();

    usb_aliases_add_list(aliases, (const char *)data, size);
    usb_aliases_add_builtin(aliases, (const char *)data, size);
    usb_aliases_find(aliases, "usb:v1D6Bp0104d0601dc00dsc00dp00ic08isc06ip50in01");
    try_descriptors(data, size, aliases);
    return 0;
}
