/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports in the words of the web page. */
#include "remote-ui/page-ports.h"

static char *words_of(const char *ports)
{
    g_autofree char *text = g_strdup_printf("{'Ports': <@a(sqq) %s>}", ports);
    g_autoptr(GVariant) item = g_variant_parse(G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
    g_assert_nonnull(item);
    return page_ports_words(item);
}

static void check(const char *ports, const char *expected)
{
    g_autofree char *words = words_of(ports);
    g_assert_cmpstr(words, ==, expected);
}

static void test_words(void)
{
    check("[('tcp', 515, 515), ('udp', 515, 515)]", "TCP and UDP 515");
    check("[('tcp', 515, 515)]", "TCP 515");
    check("[('udp', 137, 138)]", "UDP 137-138");
    check("[('tcp', 1, 2), ('udp', 137, 138), ('udp', 9, 9)]", "TCP 1-2; UDP 137-138, 9");
}

static void test_none(void)
{
    check("[]", NULL);
    /* Of a newer secpold: nothing is said rather than something wrong. */
    check("[('sctp', 515, 515)]", NULL);
    check("[('sctp', 515, 515), ('udp', 7, 7)]", "UDP 7");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page-ports/words", test_words);
    g_test_add_func("/page-ports/none", test_none);
    return g_test_run();
}
