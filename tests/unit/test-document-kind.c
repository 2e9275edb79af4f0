/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/document-kind.h"

#include <string.h>

static void check(const char *bytes, gsize length, const char *start)
{
    const char *verdict = document_kind_find_other(bytes, length);
    if (start) {
        g_assert_nonnull(verdict);
        g_assert_true(g_str_has_prefix(verdict, start));
    } else {
        g_assert_null(verdict);
    }
}

static void check_text(const char *text, const char *start)
{
    check(text, strlen(text), start);
}

static void test_policies(void)
{
    check_text("", NULL);
    check_text("[Policy]\nName=x\n", NULL);
    check_text("# {\n[Policy]\n", NULL);
    check_text("  [Policy]\n", NULL);
    check_text("[Network]\nRestrictLpdPort=yes\n", NULL);
    check_text("[", NULL);
    /* What a policy may contain decides nothing. */
    check_text("[Policy]\nName=x\n[Device]\n", NULL);
    check_text("[X-Device]\n", NULL);
    check_text("nonsense", NULL);
}

static void test_others(void)
{
    check_text("# a model\n[Device]\nModel=x\n", "is a device profile");
    check_text("[Functions]\nFax=no\n", "is a device profile");
    check_text("FormatVersion=1\n[Binding]\n", "is a binding");
    check_text("[Unit]\nAfter=x\n", "is a systemd unit");
    check_text("untrusted comment: signature\nRWS", "is a key or signature");
    check_text("{\"State\":\"enforcing\"}", "is JSON");
    check_text(" \n[ {", "is JSON");
    check_text("[\"a\"]", "is JSON");
    check("\x7f"
          "ELF\2\1\1\0",
          8, "is a binary file");
    check("\xff\xfe[\0", 4, "is text in UTF-16");
    check("\xfe\xff\0[", 4, "is text in UTF-16");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document-kind/policies", test_policies);
    g_test_add_func("/document-kind/others", test_others);
    return g_test_run();
}
