/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy-record.h"

#include <string.h>

#define HEAD     "[Policy]\nFormatVersion=1\nName=Office\nSerial=12\n"
#define DOCUMENT HEAD "[Network]\nRestrictLpdPort=yes\n"

static GBytes *bytes(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static GBytes *sealed(const char *text)
{
    g_autoptr(Password) password = password_new("secret", 6, NULL);
    gsize length;
    char *document = seal_make(text, strlen(text), password, NULL, &length, NULL);
    g_assert_nonnull(document);
    return g_bytes_new_take(document, length);
}

static PolicyRecord *record_of(GBytes *document)
{
    g_autoptr(GError) error = NULL;
    PolicyRecord *record = policy_record_new(document, "x", POLICY_ORIGIN_PROVISIONED, &error);
    g_assert_no_error(error);
    return record;
}

static void test_without_document(void)
{
    g_autoptr(PolicyRecord) none = policy_record_new_none();
    g_autoptr(PolicyRecord) fallback = policy_record_new_fallback();

    g_assert_null(none->policy);
    g_assert_cmpstr(policy_record_name(none), ==, "");
    g_assert_nonnull(fallback->policy);
    for (guint i = 0; i < 2; i++) {
        const PolicyRecord *record = i ? fallback : none;
        g_assert_null(record->document);
        g_assert_cmpuint(policy_record_serial(record), ==, 0);
        g_assert_cmpstr(record->digest, ==, "");
        g_assert_cmpstr(record->signer, ==, "");
        g_assert_false(record->sealed);
    }
    g_assert_cmpstr(policy_origin_to_string(none->origin), ==, "");
    g_assert_cmpstr(policy_origin_to_string(fallback->origin), ==, "fallback");
    policy_record_free(NULL);
}

static void test_document(void)
{
    g_autoptr(GBytes) document = bytes(DOCUMENT);
    g_autoptr(PolicyRecord) record = record_of(document);
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, document);

    g_assert_cmpstr(policy_record_name(record), ==, "Office");
    g_assert_cmpuint(policy_record_serial(record), ==, 12);
    g_assert_cmpstr(record->digest, ==, digest);
    g_assert_true(g_bytes_equal(record->document, document));
    g_assert_cmpuint(g_bytes_get_size(record->signature), ==, 0);
    g_assert_false(record->sealed);
    g_assert_cmpuint(record->generation, ==, 0);
}

static void test_sealed(void)
{
    g_autoptr(GBytes) document = sealed(DOCUMENT);
    g_autoptr(GBytes) other = sealed(DOCUMENT);
    g_autoptr(PolicyRecord) record = record_of(document);
    g_autoptr(PolicyRecord) same = record_of(document);
    g_autoptr(PolicyRecord) another = record_of(other);

    g_assert_true(record->sealed);
    g_assert_true(seal_key_equal(&record->key, &same->key));
    /* The same password under another salt. */
    g_assert_false(seal_key_equal(&record->key, &another->key));
}

static void assert_invalid(GBytes *document, GQuark domain, int code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(policy_record_new(document, "x.policy", POLICY_ORIGIN_IMPORTED, &error));
    g_assert_error(error, domain, code);
    g_assert_true(g_str_has_prefix(error->message, "x.policy:"));
    g_assert_nonnull(strstr(error->message, message));
}

static void test_invalid(void)
{
    g_autoptr(GBytes) two_errors = bytes(HEAD "[Network]\nRestrictLpdPrt=yes\nOther=no\n");
    g_autoptr(GBytes) good = sealed(DOCUMENT);
    g_autofree char *text = g_strndup(g_bytes_get_data(good, NULL), g_bytes_get_size(good));
    strstr(text, "Office")[0] = 'o';
    g_autoptr(GBytes) forged = bytes(text);

    assert_invalid(two_errors, POLICY_RECORD_ERROR, POLICY_RECORD_ERROR_INVALID, "RestrictLpdPort");
    assert_invalid(two_errors, POLICY_RECORD_ERROR, POLICY_RECORD_ERROR_INVALID, ":7: Other");
    assert_invalid(forged, SEAL_ERROR, SEAL_ERROR_FORGED, "seal does not fit");
}

static Generation *generation(const char *document, gboolean confirmed)
{
    Generation *made = g_new0(Generation, 1);

    made->number = 7;
    made->document = bytes(document);
    made->signature = bytes("signature");
    made->meta = (GenerationMeta){
        .name = g_strdup("Office"),
        .digest = g_strdup(""),
        .unit = g_strdup(""),
        .signer = g_strdup("ABC, head office"),
        .boot_id = g_strdup(""),
        .imported_usec = 1234,
        .previous = 6,
        .confirmed = confirmed,
        .deadline_usec = 5678,
    };
    return made;
}

static void test_imported(void)
{
    for (guint confirmed = 0; confirmed < 2; confirmed++) {
        g_autoptr(Generation) stored = generation(DOCUMENT, (gboolean)confirmed);
        g_autoptr(PolicyRecord) record = policy_record_new_imported(stored, NULL);

        g_assert_cmpstr(policy_origin_to_string(record->origin), ==, "imported");
        g_assert_cmpuint(record->generation, ==, 7);
        g_assert_cmpuint(record->imported_usec, ==, 1234);
        g_assert_cmpuint(record->previous, ==, 6);
        g_assert_cmpuint(record->deadline_usec, ==, confirmed ? 0 : 5678);
        g_assert_cmpstr(record->signer, ==, "ABC, head office");
        g_assert_true(g_bytes_equal(record->signature, stored->signature));
    }
}

static void test_imported_damaged(void)
{
    g_autoptr(Generation) stored = generation("[Policy]\n", TRUE);
    g_autoptr(GError) error = NULL;

    g_assert_null(policy_record_new_imported(stored, &error));
    g_assert_error(error, POLICY_RECORD_ERROR, POLICY_RECORD_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(error->message, "generation 7"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-record/without-document", test_without_document);
    g_test_add_func("/policy-record/document", test_document);
    g_test_add_func("/policy-record/sealed", test_sealed);
    g_test_add_func("/policy-record/invalid", test_invalid);
    g_test_add_func("/policy-record/imported", test_imported);
    g_test_add_func("/policy-record/imported-damaged", test_imported_damaged);
    return g_test_run();
}
