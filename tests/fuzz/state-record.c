/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as one of the small files that secpold keeps: they are read or refused, and what was
 * read can be written and read again. */
#include <string.h>

#include "daemon/enforce/firewall/reserved-ports.h"
#include "daemon/state/attempts.h"
#include "daemon/state/boot-clock.h"
#include "daemon/state/generation.h"
#include "daemon/state/seal-record.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

static void check_meta(const char *text, size_t length)
{
    g_auto(GenerationMeta) meta = {.serial = 7};
    g_auto(GenerationMeta) again = {0};
    g_autoptr(GError) error = NULL;

    if (!generation_meta_parse(text, length, &meta, &error)) {
        g_assert_true(error && meta.serial == 7 && !meta.name);
        return;
    }
    g_autofree char *printed = generation_meta_print(&meta);
    g_assert_true(generation_meta_parse(printed, strlen(printed), &again, NULL));
    g_autofree char *twice = generation_meta_print(&again);
    g_assert_cmpstr(printed, ==, twice);
}

/* With this boot's id where the input has an "@". */
static char *of_this_boot(const char *bytes, size_t length)
{
    static char *boot_id;
    g_autofree char *text = g_strndup(bytes, length);
    g_auto(GStrv) parts = g_strsplit(text, "@", -1);

    if (!boot_id)
        boot_id = boot_clock_id(NULL);
    return g_strjoinv(boot_id, parts);
}

/* Whatever the file says, a sixth wrong password and all after it cost time; and no file keeps
 * anybody waiting for longer than the longest wait. */
static void check_attempts(const char *bytes, size_t length)
{
    static const guint tries = ATTEMPTS_FREE + 1;
    g_autofree char *text = of_this_boot(bytes, length);
    const char *path = scratch_file("attempts", text, strlen(text));
    g_autoptr(Attempts) attempts = attempts_new(path);
    guint refused = 0;

    for (guint i = 0; i < tries; i++) {
        g_autoptr(GError) error = NULL;
        if (attempts_begin(attempts, &error))
            continue;
        refused++;
        g_assert_true(g_error_matches(error, ATTEMPTS_ERROR, ATTEMPTS_ERROR_TOO_MANY));
        const char *number = strpbrk(error->message, "0123456789");
        g_assert_cmpuint(g_ascii_strtoull(number, NULL, 10), <=, ATTEMPTS_LAST_WAIT_SEC + 1);
    }
    g_assert_cmpuint(refused, >, 0);
}

static void check_seal(const char *text, size_t length)
{
    const char *path = scratch_file("seal", text, length);
    SealKey key, again;
    g_autoptr(GError) error = NULL;

    if (!seal_record_load(path, &key, &error)) {
        g_assert_true(error != NULL);
        return;
    }
    g_assert_true(seal_record_save(path, NULL, NULL));
    g_assert_true(seal_record_save(path, &key, NULL));
    g_assert_true(seal_record_load(path, &again, NULL));
    g_assert_true(seal_key_equal(&key, &again));
}

static void check_reserved(const char *bytes, size_t length)
{
    g_autofree char *text = g_strndup(bytes, length);
    g_autofree ReservedPorts *ports = g_new0(ReservedPorts, 2);
    g_autoptr(GError) error = NULL;

    port_set_add_range(&ports->added, 7, 7);
    if (!reserved_ports_from_string(text, ports, &error)) {
        g_assert_true(error && port_set_count(&ports->added) == 1);
        return;
    }
    g_autofree char *printed = reserved_ports_to_string(ports);
    g_assert_true(reserved_ports_from_string(printed, ports + 1, NULL));
    g_assert_true(port_set_equal(&ports[0].added, &ports[1].added));
    g_assert_cmpint(ports[0].unsettled, ==, ports[1].unsettled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const char *, size_t) = {check_meta, check_attempts, check_seal,
                                                           check_reserved};

    if (size == 0)
        return 0;
    checks[data[0] % G_N_ELEMENTS(checks)]((const char *)data + 1, size - 1);
    return 0;
}
