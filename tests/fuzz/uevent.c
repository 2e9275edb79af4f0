/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a message about a device: what is accepted lies within the message, and every
 * property can be asked for. */
#include "daemon/enforce/uevent.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void check_lies_within(const char *text, const uint8_t *data, size_t size)
{
    const char *message = (const char *)data;

    g_assert_true(text > message && text < message + size);
    g_assert_true(text + strlen(text) < message + size);
}

static void check_properties(const Uevent *uevent, const uint8_t *data, size_t size)
{
    const char *end = uevent->properties + uevent->length;

    for (const char *p = uevent->properties; p < end; p += strlen(p) + 1) {
        g_autofree char *key = g_strndup(p, (gsize)(strchr(p, '=') - p));
        const char *value = uevent_get(uevent, key);
        g_assert_nonnull(value);
        check_lies_within(value, data, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Uevent uevent;

    if (!uevent_parse((const char *)data, size, &uevent))
        return 0;
    check_lies_within(uevent.action, data, size);
    check_lies_within(uevent.devpath, data, size);
    check_lies_within(uevent.subsystem, data, size);
    if (uevent.devtype)
        check_lies_within(uevent.devtype, data, size);
    g_assert_true(uevent.action == uevent_get(&uevent, "ACTION"));
    g_assert_true(uevent.subsystem == uevent_get(&uevent, "SUBSYSTEM"));
    check_properties(&uevent, data, size);
    return 0;
}
