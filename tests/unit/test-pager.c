/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/pager.h"

static void check(const char *systemd_pager, const char *pager, gboolean secure, gboolean set,
                  const char *expected)
{
    g_autoptr(GPtrArray) candidates = pager_candidates(systemd_pager, pager, secure, set);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < candidates->len; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
                               (const char *)g_ptr_array_index(candidates, i));
    }
    g_assert_cmpstr(text->str, ==, expected);
    g_string_free(text, TRUE);
}

static void test_order(void)
{
    check(NULL, NULL, FALSE, FALSE, "pager,less,more");
    check("most -s", "less -R", FALSE, FALSE, "most -s,pager,less,more");
    check(NULL, "less", FALSE, FALSE, "less,pager,more");
}

static void test_switched_off(void)
{
    check("", "less", FALSE, FALSE, "");
    check("cat", NULL, FALSE, FALSE, "");
    check(NULL, "cat", FALSE, FALSE, "");
    check("less", "cat", FALSE, FALSE, "less,pager,more");
}

/* With more rights than the one who reads, nothing that can start a shell. */
static void test_secure(void)
{
    check(NULL, "vim -", TRUE, FALSE, "less");
    check("vim -", NULL, TRUE, TRUE, "vim -,less");
    check("cat", NULL, TRUE, FALSE, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pager/order", test_order);
    g_test_add_func("/pager/switched-off", test_switched_off);
    g_test_add_func("/pager/secure", test_secure);
    return g_test_run();
}
