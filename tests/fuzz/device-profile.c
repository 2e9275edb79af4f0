/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the files of a device profile, one after the other with the byte 0x1E between them:
 * they are read or refused with a reason, and the profile can be asked. */
#include "daemon/policy/device-profile.h"

#include <string.h>

#include "daemon/policy/hardware-name.h"
#include "tests/fuzz/fuzz.h"

#define FILE_SEPARATOR '\x1E'
#define FILES_MAX      4

static gsize split(const char *text, gsize length, DeviceProfileSource *sources)
{
    gsize n_sources = 0;
    const char *end = text + length;
    while (n_sources < FILES_MAX - 1) {
        const char *separator =
            text < end ? memchr(text, FILE_SEPARATOR, (gsize)(end - text)) : NULL;
        if (separator == NULL)
            break;
        sources[n_sources++] = (DeviceProfileSource){"fuzz.conf", text, (gsize)(separator - text)};
        text = separator + 1;
    }
    sources[n_sources++] = (DeviceProfileSource){"last.conf", text, (gsize)(end - text)};
    return n_sources;
}

/* An item never closes more than its full list, and says so when it closes less. */
static void check_item(const DeviceProfile *profile, const CatalogItem *item)
{
    PortSet tcp;
    PortSet udp;
    device_profile_item_ports(profile, item, &tcp, &udp);
    g_assert_false(port_set_contains(&tcp, 0) || port_set_contains(&udp, 0));
    g_autofree char *narrowed = device_profile_item_narrowed(profile, item);
    for (gsize i = 0; i < item->n_ports && narrowed == NULL; i++) {
        g_assert_true(port_set_contains(&tcp, item->ports[i].first));
        g_assert_true(port_set_contains(&udp, item->ports[i].last));
    }
}

/* Every name fits itself, as the text of a pattern is among what it matches. */
static void check_hardware(const char *const *names)
{
    g_assert_nonnull(names);
    for (gsize i = 0; names[i] != NULL; i++)
        g_assert_true(hardware_name_matches(names, names[i], names[i]));
}

static void check_profile(const DeviceProfile *profile)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        check_item(profile, &catalog_items[i]);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const char *const *agents = device_profile_setting_agents(profile, &catalog_settings[i]);
        g_assert_true(agents == NULL || *agents != NULL);
    }
    g_assert_true(g_utf8_validate(device_profile_model(profile), -1, NULL));
    g_assert_nonnull(device_profile_exempt_interfaces(profile));
    for (guint i = 0; i <= HARDWARE_LIST_LAST; i++)
        check_hardware(device_profile_hardware(profile, (HardwareList)i));
    g_assert_cmpuint(device_profile_log_group(profile), <=, G_MAXUINT16);
    g_autoptr(GError) error = NULL;
    gboolean good = device_profile_check_ephemeral(profile, (PortRange){32768, 60999}, &error);
    g_assert_cmpint(good, ==, error == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DeviceProfileSource sources[FILES_MAX];
    gsize n_sources = split((const char *)data, size, sources);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = device_profile_parse(sources, n_sources, diagnostics);
    g_assert_cmpint(profile == NULL, ==, diagnostics->n_errors > 0);
    if (profile != NULL)
        check_profile(profile);
    return 0;
}
