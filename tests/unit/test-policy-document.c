/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/policy-document.h"

#include "tests/unit/policy-document-texts.h"

static void test_content(void)
{
    static const char text[] = "[Policy]\nSerial=12\nName=Head office, floors 1-4\n"
                               "FormatVersion=1\n"
                               "[Authentication]\nLockoutPeriodMin=60\nEnableLockout=yes\n"
                               "ForceAutoLogout=no\nMinimumPasswordLength=32\n"
                               "[Log]\nForceSntp=yes\nSntpServer=2001:db8::1\n";
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(text, diagnostics);
    assert_diagnostics(diagnostics, "");

    g_autoptr(Policy) expected = policy_new("Head office, floors 1-4", 12);
    const CatalogItem *lockout = catalog_find_item("EnableLockout");
    policy_request(expected, lockout, 0);
    expected->items[catalog_item_index(lockout)].parameters[0] = 3;
    expected->items[catalog_item_index(lockout)].parameters[1] = 60;
    policy_request(expected, catalog_find_item("MinimumPasswordLength"), 32);
    const CatalogItem *sntp = catalog_find_item("ForceSntp");
    policy_request(expected, sntp, 0);
    expected->items[catalog_item_index(sntp)].host = g_strdup("2001:db8::1");
    g_assert_true(policy_equal(policy, expected));
}

static gboolean accepts(const char *group, const char *lines)
{
    g_autofree char *text = g_strdup_printf(HEAD "[%s]\n%s", group, lines);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(text, diagnostics);
    return policy != NULL;
}

static gboolean accepts_number(const CatalogItem *item, const char *before, const char *key,
                               guint number)
{
    g_autofree char *lines = g_strdup_printf("%s%s=%u\n", before, key, number);
    return accepts(category_to_string(item->category), lines);
}

static void assert_range(const CatalogItem *item, const char *before, const char *key,
                         guint minimum, guint maximum)
{
    g_assert_false(accepts_number(item, before, key, minimum - 1));
    g_assert_true(accepts_number(item, before, key, minimum));
    g_assert_true(accepts_number(item, before, key, maximum));
    g_assert_false(accepts_number(item, before, key, maximum + 1));
}

static void test_ranges(void)
{
    guint n_ranges = 0;
    for (const CatalogItem *item = catalog_items; item < catalog_items + CATALOG_N_ITEMS; item++) {
        if (item->kind == VALUE_NUMBER) {
            assert_range(item, "", item->key, item->minimum, item->maximum);
            n_ranges++;
        }
        for (gsize i = 0; i < item->n_parameters; i++) {
            const CatalogParameter *parameter = &item->parameters[i];
            if (parameter->kind != VALUE_NUMBER)
                continue;
            g_autofree char *before = g_strdup_printf("%s=yes\n", item->key);
            assert_range(item, before, parameter->key, parameter->minimum, parameter->maximum);
            n_ranges++;
        }
    }
    g_assert_cmpuint(n_ranges, ==, 5);
}

/* Each item stands in just one group. */
static void test_every_item_in_every_group(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        for (guint category = 0; category <= CATEGORY_LAST; category++) {
            const CatalogItem *item = &catalog_items[i];
            g_autofree char *parent =
                item->parent != NULL ? g_strdup_printf("%s=yes\n", item->parent) : g_strdup("");
            g_autofree char *line = g_strdup_printf("%s%s=%s\n", parent, item->key,
                                                    item->kind == VALUE_NUMBER ? "8" : "yes");
            g_assert_cmpint(accepts(category_to_string((Category)category), line), ==,
                            item->category == (Category)category);
        }
}

static void assert_suggested(const char *written, const char *name, const char *kind)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(written, diagnostics);
    g_autofree char *expected = g_strdup_printf("unknown %s; did you mean %s?", kind, name);
    g_assert_cmpuint(diagnostics->list->len, ==, 1);
    g_assert_cmpstr(((Diagnostic *)diagnostics->list->pdata[0])->message, ==, expected);
}

static void assert_key_suggested(const char *key)
{
    g_autofree char *lower = g_ascii_strdown(key, -1);
    g_autofree char *text = g_strdup_printf(HEAD "%s=yes\n", lower);
    assert_suggested(text, key, "key");
}

static void test_every_key_is_suggested(void)
{
    static const char *const fixed[] = {"FormatVersion", "Name",      "Serial",
                                        "Salt",          "PublicKey", "Signature"};
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        assert_key_suggested(fixed[i]);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        assert_key_suggested(catalog_items[i].key);
        for (gsize j = 0; j < catalog_items[i].n_parameters; j++)
            assert_key_suggested(catalog_items[i].parameters[j].key);
    }
}

static void test_every_group_is_suggested(void)
{
    static const char *const groups[] = {"Interface", "Network", "Authentication", "KeyCertificate",
                                         "Log",       "Job",     "Storage",        "Seal"};
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autofree char *lower = g_ascii_strdown(groups[i], -1);
        g_autofree char *text = g_strdup_printf(HEAD "[%s]\n", lower);
        assert_suggested(text, groups[i], "group");
    }
}

static void test_hosts(void)
{
    static const char *const good[] = {
        "ntp",
        "ntp.example.com",
        "NTP-1.example.com",
        "1.pool.example",
        "3com.example",
        "a.b1",
        "x--y",
        "192.0.2.1",
        "2001:db8::123",
        "::1",
        "::ffff:192.0.2.1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
    };
    static const char *const bad[] = {
        ".",
        "a.",
        ".a",
        "a..b",
        "-a",
        "a-",
        "a.-b",
        "a_b",
        "a b",
        "a/b",
        "a:123",
        "http://a",
        "192.0.2",
        "192.0.2.256",
        "1",
        "1.2.3.4.5",
        "0x7f.1",
        "fe80::1%eth0",
        "[::1]",
        ":::",
        "b\303\274ro.example",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
        "$(id)",
        "a;b",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *lines = g_strdup_printf("ForceSntp=yes\nSntpServer=%s\n", good[i]);
        g_assert_true(accepts("Log", lines));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *lines = g_strdup_printf("ForceSntp=yes\nSntpServer=%s\n", bad[i]);
        g_assert_false(accepts("Log", lines));
    }
}

/* Labels of 61 characters and a last one of @last. */
static gboolean accepts_long_host(guint last)
{
    g_autoptr(GString) lines = g_string_new("ForceSntp=yes\nSntpServer=");
    for (guint i = 0; i < 4; i++) {
        for (guint j = 0; j < 61; j++)
            g_string_append_c(lines, 'a');
        g_string_append_c(lines, '.');
    }
    for (guint i = 0; i < last; i++)
        g_string_append_c(lines, 'b');
    return accepts("Log", lines->str);
}

static void test_longest_host(void)
{
    g_assert_true(accepts_long_host(253 - 4 * 62));
    g_assert_false(accepts_long_host(254 - 4 * 62));
}

static gboolean accepts_name(const char *character, guint count)
{
    g_autoptr(GString) text = g_string_new("[Policy]\nFormatVersion=1\nSerial=1\nName=");
    for (guint i = 0; i < count; i++)
        g_string_append(text, character);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(text->str, diagnostics);
    return policy != NULL;
}

static void test_longest_name(void)
{
    g_assert_true(accepts_name("\360\237\226\250", POLICY_NAME_MAX_CHARACTERS));
    g_assert_false(accepts_name("a", POLICY_NAME_MAX_CHARACTERS + 1));
}

static void test_longest_document(void)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    while (text->len < POLICY_DOCUMENT_MAX_BYTES)
        g_string_append_c(text, '\n');
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) longest = parse(text->str, diagnostics);
    g_assert_nonnull(longest);

    g_string_append_c(text, '\n');
    g_autoptr(Policy) too_long = parse(text->str, diagnostics);
    g_assert_null(too_long);
    assert_diagnostics(diagnostics,
                       "0: error: : the text is 65537 bytes long; at most 65536 are read\n");
}

static void test_capped(void)
{
    g_autoptr(GString) text = g_string_new(HEAD "[Log]\n");
    for (guint i = 0; i < 250; i++)
        g_string_append_printf(text, "Key%u=yes\n", i);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(text->str, diagnostics);
    g_assert_null(policy);
    g_assert_cmpuint(diagnostics->n_errors, ==, 250);
    g_assert_cmpuint(diagnostics->list->len, ==, DIAGNOSTICS_MAX);
    const Diagnostic *last = diagnostics->list->pdata[DIAGNOSTICS_MAX - 1];
    g_assert_cmpuint(last->line, ==, 105);
}

/* What an earlier document brought does not tell against the next. */
static void test_diagnostics_are_added(void)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) bad = parse(HEAD "[Log]\nA=yes\n", diagnostics);
    g_autoptr(Policy) good = parse(HEAD, diagnostics);
    g_autoptr(Policy) worse = parse("B=yes\n" HEAD, diagnostics);
    g_assert_null(bad);
    g_assert_nonnull(good);
    g_assert_null(worse);
    assert_diagnostics(diagnostics, "6: error: A: unknown key\n"
                                    "1: error: B: a key stands before the first group\n");
}

static void assert_text(const char *file, guint line, const char *key, const char *reader_file,
                        const char *expected)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    diagnostics_add(diagnostics, file, line, DIAGNOSTIC_ERROR, key, "wrong by %d", 2);
    g_autofree char *text = diagnostic_to_string(diagnostics->list->pdata[0], reader_file);
    g_assert_cmpstr(text, ==, expected);
}

static void test_diagnostics_are_counted(void)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    diagnostics_add(diagnostics, NULL, 2, DIAGNOSTIC_WARNING, "B", "m");
    diagnostics_add(diagnostics, NULL, 2, DIAGNOSTIC_ERROR, "A", "m");
    diagnostics_add(diagnostics, NULL, 2, DIAGNOSTIC_WARNING, "C", "m");
    diagnostics_add(diagnostics, NULL, 1, DIAGNOSTIC_WARNING, "D", "m");
    g_assert_cmpuint(diagnostics->n_errors, ==, 1);
    g_assert_cmpuint(diagnostics->n_warnings, ==, 3);
    diagnostics_sort(diagnostics, 4);
    diagnostics_sort(diagnostics, 1);
    assert_diagnostics(diagnostics, "2: warning: B: m\n1: warning: D: m\n"
                                    "2: error: A: m\n2: warning: C: m\n");
}

static void test_diagnostic_text(void)
{
    assert_text(NULL, 3, "Key", "a.policy", "a.policy:3: Key: wrong by 2");
    assert_text("b.conf", 3, "Key", "a.policy", "b.conf:3: Key: wrong by 2");
    assert_text(NULL, 0, "Key", "a.policy", "a.policy: Key: wrong by 2");
    assert_text(NULL, 3, NULL, "a.policy", "a.policy:3: wrong by 2");
    assert_text(NULL, 3, "Key", NULL, "3: Key: wrong by 2");
    assert_text(NULL, 0, "", NULL, "wrong by 2");
    assert_text("b.conf", 1, "", NULL, "b.conf:1: wrong by 2");
}

static void test_diagnostic_is_displayable(void)
{
    g_autofree char *long_key = g_strnfill(5000, 'k');
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    diagnostics_add(diagnostics, NULL, 1, DIAGNOSTIC_ERROR, "a\033b\374\357\277\276", "\n%s",
                    long_key);
    diagnostics_add(diagnostics, NULL, 1, DIAGNOSTIC_ERROR, long_key, "%s", "m");
    const Diagnostic *hostile = diagnostics->list->pdata[0];
    g_assert_cmpstr(hostile->key, ==, "a\357\277\275b\357\277\275\357\277\275");
    g_assert_cmpuint(strlen(hostile->message), ==, 512);
    g_assert_true(g_str_has_prefix(hostile->message, "\357\277\275kkk"));
    g_assert_true(g_str_has_suffix(hostile->message, "kkk..."));
    g_assert_cmpuint(strlen(((Diagnostic *)diagnostics->list->pdata[1])->key), ==, 128);

    g_autofree char *longest_key = g_strnfill(128, 'k');
    diagnostics_add(diagnostics, NULL, 1, DIAGNOSTIC_ERROR, longest_key, "%s", "m");
    g_assert_cmpstr(((Diagnostic *)diagnostics->list->pdata[2])->key, ==, longest_key);
}

static void test_digest(void)
{
    g_autofree char *empty = policy_document_digest("", 0);
    g_assert_cmpstr(empty, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    /* FIPS 180-2, appendix B.1; what follows the three bytes does not count. */
    g_autofree char *abc = policy_document_digest("abcd", 3);
    g_assert_cmpstr(abc, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_print(void)
{
    g_autoptr(Policy) policy = policy_new(" A\\B ", 7);
    policy_request(policy, catalog_find_item("EnableLockout"), 0);
    policy_request(policy, catalog_find_item("MinimumPasswordLength"), 8);
    policy_request(policy, catalog_find_item("RestrictRawPort"), 0);
    policy_request(policy, catalog_find_item("RestrictLpdPort"), 0);
    g_autofree char *text = policy_document_print(policy);
    g_assert_cmpstr(text, ==,
                    "[Policy]\nFormatVersion=1\nName=\\sA\\\\B\\s\nSerial=7\n"
                    "\n[Network]\nRestrictLpdPort=yes\nRestrictRawPort=yes\n"
                    "\n[Authentication]\nMinimumPasswordLength=8\nEnableLockout=yes\n"
                    "LockoutThreshold=3\nLockoutPeriodMin=3\n");
}

static guint random_in(guint minimum, guint maximum)
{
    return (guint)g_test_rand_int_range((gint32)minimum, (gint32)maximum + 1);
}

static void randomize_parameters(const CatalogItem *item, PolicyItem *request)
{
    for (gsize i = 0; i < item->n_parameters; i++) {
        const CatalogParameter *parameter = &item->parameters[i];
        if (parameter->kind == VALUE_NUMBER)
            request->parameters[i] = random_in(parameter->minimum, parameter->maximum);
        else if (g_test_rand_bit())
            request->host = g_strdup("time.example");
    }
}

static Policy *random_policy(void)
{
    static const char *const names[] = {"A",        "  ",    "\\s\\",
                                        "[Policy]", "# B=c", "\303\274 \342\202\254"};
    guint64 serial = random_in(1, G_MAXINT32 - 1) * G_GUINT64_CONSTANT(4294967296);
    Policy *policy = policy_new(names[random_in(0, G_N_ELEMENTS(names) - 1)], serial);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = &catalog_items[i];
        if (g_test_rand_bit())
            continue;
        guint number = item->kind == VALUE_NUMBER ? random_in(item->minimum, item->maximum) : 0;
        policy_request(policy, item, number);
        randomize_parameters(item, &policy->items[i]);
        if (item->parent != NULL)
            policy_request(policy, catalog_find_item(item->parent), 0);
    }
    return policy;
}

static void test_print_and_parse(void)
{
    for (guint i = 0; i < 500; i++) {
        g_autoptr(Policy) policy = random_policy();
        g_autofree char *text = policy_document_print(policy);
        g_autoptr(Diagnostics) diagnostics = diagnostics_new();
        g_autoptr(Policy) again = parse(text, diagnostics);
        assert_diagnostics(diagnostics, "");
        g_assert_true(policy_equal(policy, again));
    }
}

/* The error comes with at least one diagnostic, the policy without an error. */
static void assert_consistent(const char *text, gsize length)
{
    g_autofree char *tight = copy_tightly(text, length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(tight, length, diagnostics);
    g_assert_cmpint(policy == NULL, ==, diagnostics->n_errors > 0);
    g_autofree char *found = diagnostics_to_text(diagnostics);
    g_assert_true(g_utf8_validate(found, -1, NULL));
}

static void test_garbage(void)
{
    for (guint i = 0; i < 2000; i++) {
        char garbage[300];
        gsize length = random_in(0, sizeof garbage);
        for (gsize j = 0; j < length; j++)
            garbage[j] = (char)g_test_rand_int();
        assert_consistent(garbage, length);
    }
}

static void test_mutations(void)
{
    static const char letters[] = "\n\n[]=\\#; \t\rsyneo01-.X\377\303\200";
    for (guint i = 0; i < 3000; i++) {
        g_autoptr(Policy) policy = random_policy();
        g_autofree char *printed = policy_document_print(policy);
        g_autoptr(GString) text = g_string_new(printed);
        g_string_append(text, SEAL);
        for (guint changes = random_in(1, 5); changes > 0; changes--) {
            gsize at = random_in(0, (guint)text->len - 1);
            gsize length = random_in(1, 20);
            if (g_test_rand_bit())
                g_string_erase(text, (gssize)at, (gssize)MIN(length, text->len - at));
            else
                text->str[at] = letters[random_in(0, sizeof letters - 1)];
        }
        assert_consistent(text->str, text->len);
    }
}

static void assert_example(const char *path)
{
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_test_message("%s", path);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    assert_diagnostics(diagnostics, "");
    g_assert_nonnull(policy);
}

static void test_examples(void)
{
    g_autofree char *folder = g_build_filename(SOURCE_ROOT, "policy-examples", NULL);
    g_autoptr(GDir) examples = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(examples);
    guint n_examples = 0;
    for (const char *name; (name = g_dir_read_name(examples)) != NULL;) {
        if (!g_str_has_suffix(name, ".policy"))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        assert_example(path);
        n_examples++;
    }
    g_assert_cmpuint(n_examples, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy-document/content", test_content);
    g_test_add_func("/policy-document/ranges", test_ranges);
    g_test_add_func("/policy-document/every-item-in-every-group", test_every_item_in_every_group);
    g_test_add_func("/policy-document/every-key-is-suggested", test_every_key_is_suggested);
    g_test_add_func("/policy-document/every-group-is-suggested", test_every_group_is_suggested);
    g_test_add_func("/policy-document/hosts", test_hosts);
    g_test_add_func("/policy-document/longest-host", test_longest_host);
    g_test_add_func("/policy-document/longest-name", test_longest_name);
    g_test_add_func("/policy-document/longest-document", test_longest_document);
    g_test_add_func("/policy-document/capped", test_capped);
    g_test_add_func("/policy-document/diagnostics-are-added", test_diagnostics_are_added);
    g_test_add_func("/policy-document/diagnostics-are-counted", test_diagnostics_are_counted);
    g_test_add_func("/policy-document/diagnostic-text", test_diagnostic_text);
    g_test_add_func("/policy-document/diagnostic-is-displayable", test_diagnostic_is_displayable);
    g_test_add_func("/policy-document/digest", test_digest);
    g_test_add_func("/policy-document/print", test_print);
    g_test_add_func("/policy-document/print-and-parse", test_print_and_parse);
    g_test_add_func("/policy-document/garbage", test_garbage);
    g_test_add_func("/policy-document/mutations", test_mutations);
    g_test_add_func("/policy-document/examples", test_examples);
    return g_test_run();
}
