/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/import.h"

#include <string.h>

#define HEAD "[Policy]\nFormatVersion=1\nName=test\n"

static Password *password(const char *text)
{
    Password *made = password_new(text, strlen(text), NULL);
    g_assert_nonnull(made);
    return made;
}

static GBytes *plain(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static GBytes *sealed(const char *text, const char *secret)
{
    g_autoptr(Password) key = password(secret);
    gsize length;
    char *document = seal_make(text, strlen(text), key, NULL, &length, NULL);
    g_assert_nonnull(document);
    return g_bytes_new_take(document, length);
}

static PolicyRecord *record_of(GBytes *document)
{
    g_autoptr(GError) error = NULL;
    PolicyRecord *record = policy_record_new(document, "test", POLICY_ORIGIN_IMPORTED, &error);
    g_assert_no_error(error);
    return record;
}

/* Examines a document against a serial floor; the code of the error, or -1. */
static int examine(const char *text, const ImportRules *rules, GQuark domain)
{
    g_autoptr(ImportRequest) request = g_new0(ImportRequest, 1);
    g_autoptr(GError) error = NULL;
    request->document = plain(text);
    request->signature = plain("");
    g_autoptr(PolicyRecord) candidate = import_examine(request, rules, &error);

    g_assert_cmpint(candidate != NULL, ==, error == NULL);
    if (!error)
        return -1;
    g_assert_cmpstr(g_quark_to_string(error->domain), ==, g_quark_to_string(domain));
    return error->code;
}

static void test_serial(void)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    g_autoptr(GBytes) five = plain(HEAD "Serial=5\n");
    g_autoptr(PolicyRecord) known = record_of(five);
    ImportRules rules = {.keys = keys, .serial_floor = 5, .floor_digest = known->digest};

    g_assert_cmpint(examine(HEAD "Serial=6\n", &rules, 0), ==, -1);
    g_assert_cmpint(examine(HEAD "Serial=5\n", &rules, 0), ==, -1);
    g_assert_cmpint(examine(HEAD "Serial=5\n# other\n", &rules, IMPORT_ERROR), ==,
                    IMPORT_ERROR_STALE_SERIAL);
    g_assert_cmpint(examine(HEAD "Serial=4\n", &rules, IMPORT_ERROR), ==,
                    IMPORT_ERROR_STALE_SERIAL);
    rules.allow_older_serial = TRUE;
    g_assert_cmpint(examine(HEAD "Serial=4\n", &rules, 0), ==, -1);
}

static void test_order_of_checks(void)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    const ImportRules rules = {
        .keys = keys, .require_signature = TRUE, .serial_floor = 5, .floor_digest = ""};

    g_assert_cmpint(examine("[Polcy]\n", &rules, POLICY_RECORD_ERROR), ==,
                    POLICY_RECORD_ERROR_INVALID);
    g_assert_cmpint(examine(HEAD "Serial=4\n", &rules, IMPORT_ERROR), ==,
                    IMPORT_ERROR_SIGNATURE_REQUIRED);
}

typedef struct Case {
    const char *title;
    const char *device;   /* password of the device, NULL: none */
    const char *document; /* password of the document, NULL: not sealed; "=": by the same seal */
    gboolean password;
    gboolean current;
    int trials; /* how many, or -1: PasswordRequired */
} Case;

static void test_trials(gconstpointer data)
{
    const Case *row = data;
    g_autoptr(GBytes) device =
        row->device ? sealed(HEAD "Serial=1\n", row->device) : plain(HEAD "Serial=1\n");
    g_autoptr(GBytes) document = NULL;
    if (!row->document)
        document = plain(HEAD "Serial=2\n");
    else if (g_str_equal(row->document, "="))
        document = g_bytes_ref(device);
    else
        document = sealed(HEAD "Serial=2\n", row->document);

    g_autoptr(PolicyRecord) in_force = record_of(device);
    g_autoptr(PolicyRecord) candidate = record_of(document);
    g_autoptr(ImportRequest) request = g_new0(ImportRequest, 1);
    request->password = row->password ? password("given") : NULL;
    request->current_password = row->current ? password("current") : NULL;

    PasswordTrial trials[PASSWORD_JOB_MAX_TRIALS];
    gsize n = 0;
    g_autoptr(GError) error = NULL;
    const gboolean allowed = import_trials(request, in_force, candidate, trials, &n, &error);
    if (row->trials < 0) {
        g_assert_false(allowed);
        g_assert_error(error, IMPORT_ERROR, IMPORT_ERROR_PASSWORD_REQUIRED);
        return;
    }
    g_assert_true(allowed);
    g_assert_cmpuint(n, ==, (guint)row->trials);
    if (n > 0) {
        g_assert_true(seal_key_equal(&trials[0].key, &in_force->key));
        g_assert_true(trials[0].password ==
                      (row->current ? request->current_password : request->password));
    }
    if (n > 1) {
        g_assert_true(seal_key_equal(&trials[1].key, &candidate->key));
        g_assert_true(trials[1].password == request->password);
    }
}

int main(int argc, char *argv[])
{
    static const Case cases[] = {
        {"no password, plain document", NULL, NULL, FALSE, FALSE, 0},
        {"no password, sealed document is adopted", NULL, "b", FALSE, FALSE, 0},
        {"sealed by the same", "a", "=", FALSE, FALSE, 0},
        {"sealed by another, nothing given", "a", "b", FALSE, FALSE, -1},
        {"sealed by another, one password for both", "a", "b", TRUE, FALSE, 2},
        {"the current password without the new one", "a", "b", FALSE, TRUE, -1},
        {"the current password and the new one", "a", "b", TRUE, TRUE, 2},
        {"a plain document needs the current password", "a", NULL, FALSE, FALSE, -1},
        {"a plain document and only a password", "a", NULL, TRUE, FALSE, -1},
        {"a plain document and the current password", "a", NULL, FALSE, TRUE, 1},
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/serial", test_serial);
    g_test_add_func("/import/order of checks", test_order_of_checks);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/import/password: ", cases[i].title, NULL);
        g_test_add_data_func(path, &cases[i], test_trials);
    }
    return g_test_run();
}
