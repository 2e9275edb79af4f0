/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as what lies in the state directory, with the byte 0x1E between them: where the link to
 * the policy in force leads, the serial floor, the last generation, and the record and document of
 * generation 3. What is read back is whole or nothing, and a new policy takes its place. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/policy/policy-document.h"
#include "daemon/state/store.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

#define SEPARATOR '\x1E'

enum {
    LINK,
    SERIAL_FLOOR,
    LAST_GENERATION,
    META,
    DOCUMENT,
    N_PARTS
};

typedef struct Part {
    const char *start;
    size_t size;
} Part;

static void split(const char *text, size_t size, Part *parts)
{
    const char *end = text + size;

    for (guint i = 0; i < N_PARTS; i++) {
        const char *separator =
            i + 1 < N_PARTS ? memchr(text, SEPARATOR, (size_t)(end - text)) : NULL;
        parts[i] = (Part){text, (size_t)((separator ? separator : end) - text)};
        text = separator ? separator + 1 : end;
    }
}

static void put_files(const Part *parts)
{
    g_autofree char *generation = g_build_filename(scratch_folder(), "policies/3", NULL);
    g_autofree char *link = g_build_filename(scratch_folder(), "current", NULL);
    g_autofree char *target = g_strndup(parts[LINK].start, parts[LINK].size);

    scratch_empty();
    g_assert_cmpint(g_mkdir_with_parents(generation, 0700), ==, 0);
    /* A target that cannot be one leaves no link. */
    (void)!symlink(target, link);
    scratch_file("serial-floor", parts[SERIAL_FLOOR].start, parts[SERIAL_FLOOR].size);
    scratch_file("last-generation", parts[LAST_GENERATION].start, parts[LAST_GENERATION].size);
    scratch_file("policies/3/meta", parts[META].start, parts[META].size);
    scratch_file("policies/3/policy", parts[DOCUMENT].start, parts[DOCUMENT].size);
    scratch_file("policies/3/policy.minisig", "", 0);
}

static void check_whole(const Generation *generation, const Part *document)
{
    gsize length;
    const char *bytes = g_bytes_get_data(generation->document, &length);
    g_autofree char *digest = policy_document_digest(bytes, length);

    g_assert_cmpuint(generation->number, ==, 3);
    g_assert_cmpstr(digest, ==, generation->meta.digest);
    g_assert_true(length == document->size && memcmp(bytes, document->start, length) == 0);
}

static gboolean accept(const Generation *generation, gpointer data, GError **error)
{
    return TRUE;
}

static Generation *load(Store *store)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) damaged = NULL;
    Generation *generation = NULL;

    g_assert_true(store_load_current(store, accept, NULL, &generation, &damaged, &error));
    g_assert_no_error(error);
    return generation;
}

static void check_add(Store *store)
{
    static const char text[] = "[Policy]\nFormatVersion=1\nName=B\nSerial=2\n";
    g_autoptr(GBytes) document = g_bytes_new_static(text, strlen(text));
    g_autoptr(GBytes) signature = g_bytes_new_static("", 0);
    g_autofree char *digest = policy_document_digest(text, strlen(text));
    const GenerationMeta meta = {.name = (char *)"B",
                                 .digest = digest,
                                 .unit = (char *)"",
                                 .signer = (char *)"",
                                 .boot_id = (char *)"",
                                 .confirmed = TRUE};
    guint64 number = 0;
    g_autoptr(GError) error = NULL;

    if (!store_add(store, document, signature, &meta, &number, &error)) {
        g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "the last number that there is"));
        return;
    }
    g_assert_cmpuint(number, >, 0);
    g_autoptr(Generation) generation = load(store);
    g_assert_true(generation && generation->number == number);
    g_assert_true(g_bytes_equal(generation->document, document));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Part parts[N_PARTS];
    guint64 serial;
    g_autofree char *digest = NULL;

    split((const char *)data, size, parts);
    put_files(parts);
    g_autoptr(Store) store = store_open(scratch_folder(), NULL);
    g_assert_nonnull(store);
    g_assert_true(store_was_used(store));
    store_serial_floor(store, &serial, &digest);
    g_assert_nonnull(digest);
    g_autoptr(Generation) generation = load(store);
    if (generation)
        check_whole(generation, &parts[DOCUMENT]);
    check_add(store);
    return 0;
}
