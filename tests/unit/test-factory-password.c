/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/pam/factory-password.h"

#include <crypt.h>
#include <glib.h>
#include <glib/gstdio.h>

typedef struct Case {
    const char *name;
    const char *field; /* "" is an empty password, NULL none at all */
    const char *typed;
    FactoryPassword expected;
} Case;

/* A field that begins with "$" is made of "secret" by that scheme. */
static const Case cases[] = {
    {"yescrypt", "$y$", "secret", FACTORY_PASSWORD_SAME},
    {"sha512", "$6$", "secret", FACTORY_PASSWORD_SAME},
    {"md5", "$1$", "secret", FACTORY_PASSWORD_SAME},
    {"wrong", "$6$", "Secret", FACTORY_PASSWORD_OTHER},
    {"longer", "$6$", "secret ", FACTORY_PASSWORD_OTHER},
    {"typed-nothing", "$6$", "", FACTORY_PASSWORD_OTHER},
    {"was-not-asked", "$6$", NULL, FACTORY_PASSWORD_OTHER},
    {"empty", "", "", FACTORY_PASSWORD_SAME},
    {"empty-and-not-asked", "", NULL, FACTORY_PASSWORD_SAME},
    {"empty-and-typed", "", "secret", FACTORY_PASSWORD_OTHER},
    {"locked", "!", "!", FACTORY_PASSWORD_OTHER},
    {"none", "*", "*", FACTORY_PASSWORD_OTHER},
    {"unknown-scheme", "$nope$x$y", "secret", FACTORY_PASSWORD_UNKNOWN},
    {"another-account", NULL, "secret", FACTORY_PASSWORD_OTHER},
};

static char *make_field(const char *field)
{
    static struct crypt_data data;
    char salt[CRYPT_GENSALT_OUTPUT_SIZE];
    if (*field != '$' || g_str_has_prefix(field, "$nope$"))
        return g_strdup(field);
    g_assert_nonnull(crypt_gensalt_rn(field, 0, NULL, 0, salt, sizeof salt));
    return g_strdup(crypt_r("secret", salt, &data));
}

static void test_case(gconstpointer data)
{
    const Case *at = data;
    g_autofree char *folder = g_dir_make_tmp("factory-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "shadow", NULL);
    g_autofree char *field = make_field(at->field ? at->field : "$6$");
    g_autofree char *text = g_strdup_printf("root:*:1::::::\n%s:%s:1:0:99999:7:::\n",
                                            at->field ? "admin" : "admin2", field);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(factory_password_compare(path, "admin", at->typed), ==, at->expected);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_files(void)
{
    g_assert_cmpint(factory_password_compare("/nowhere/shadow", "admin", "x"), ==,
                    FACTORY_PASSWORD_OTHER);
    g_assert_cmpint(factory_password_compare("/dev/null/shadow", "admin", "x"), ==,
                    FACTORY_PASSWORD_UNKNOWN);
}

static void test_hosts(void)
{
    static const char *const here[] = {"",          "localhost", "127.0.0.1",
                                       "127.8.8.8", "::1",       "::ffff:127.0.0.1"};
    static const char *const elsewhere[] = {"192.0.2.1",
                                            "2001:db8::1",
                                            "::ffff:192.0.2.1",
                                            "::",
                                            "0.0.0.0",
                                            "128.0.0.1",
                                            "localhost.",
                                            "localhost.evil.example",
                                            "127.0.0.1.evil.example",
                                            "127.1",
                                            "::1%eth0",
                                            "fe80::1%eth0",
                                            ":0",
                                            "?"};
    g_assert_false(factory_password_is_remote(NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(here); i++)
        g_assert_false(factory_password_is_remote(here[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++)
        g_assert_true(factory_password_is_remote(elsewhere[i]));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/factory-password/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/factory-password/files", test_files);
    g_test_add_func("/factory-password/hosts", test_hosts);
    return g_test_run();
}
