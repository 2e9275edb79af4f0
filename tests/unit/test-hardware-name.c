/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/hardware-name.h"

#include <string.h>

#include "daemon/policy/ini-value.h"

#define NOT_A_NAME "is neither the kernel's name of a device nor a path that begins with /devices/"

static const char *const good[] = {
    "phy0",
    "phy*",
    "*",
    "musb-hdrc.1.auto",
    "1-1.4:1.0",
    "dummy_udc.?",
    "a.b,c@d+e#f!g",
    "/devices/platform/soc/fe980000.usb",
    "/devices/pci0000:00/*/usb?/1-1",
    "/devices/x",
};

static void test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        gboolean passes = hardware_name_check(good[i], &error);

        g_assert_no_error(error);
        g_assert_true(passes);
    }
}

static const struct {
    const char *text;
    const char *message;
} bad[] = {
    {"", NOT_A_NAME},
    {".", NOT_A_NAME},
    {"..", NOT_A_NAME},
    {"soc/fe980000.usb", NOT_A_NAME},
    {"devices/platform", NOT_A_NAME},
    {"phy[01]", NOT_A_NAME},
    {"phy\\0", NOT_A_NAME},
    {"\"phy0\"", NOT_A_NAME},
    {"'phy0'", NOT_A_NAME},
    {"ph\303\274", NOT_A_NAME},
    {"phy\t0", NOT_A_NAME},
    {"/sys/devices/platform",
     "is a path below /sys and is written without it, beginning with /devices/"},
    {"/", "is not the path of a device, which begins with /devices/"},
    {"/class/udc/x", "is not the path of a device, which begins with /devices/"},
    {"/devices", "is not the path of a device, which begins with /devices/"},
    {"/dev*/x", "is not the path of a device, which begins with /devices/"},
    {"/devices/", "is not a path as the kernel has it"},
    {"/devices/a/", "is not a path as the kernel has it"},
    {"/devices//a", "is not a path as the kernel has it"},
    {"/devices/../a", "is not a path as the kernel has it"},
    {"/devices/./a", "is not a path as the kernel has it"},
    {"/devices/a[b]", "is not a path as the kernel has it"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *quoted = ini_value_quote(bad[i].text);
        g_autofree char *expected = g_strdup_printf("%s %s", quoted, bad[i].message);

        g_assert_false(hardware_name_check(bad[i].text, &error));
        g_assert_error(error, INI_VALUE_ERROR, INI_VALUE_ERROR_INVALID);
        g_assert_cmpstr(error->message, ==, expected);
    }
}

static gboolean passes_at_length(const char *head, gsize length)
{
    g_autofree char *letters = g_strnfill(length - strlen(head), 'a');
    g_autofree char *text = g_strconcat(head, letters, NULL);

    return hardware_name_check(text, NULL);
}

static void test_lengths(void)
{
    g_assert_true(passes_at_length("", 255));
    g_assert_false(passes_at_length("", 256));
    g_assert_true(passes_at_length("/devices/", 9 + 255));
    g_assert_false(passes_at_length("/devices/", 9 + 256));

    g_autofree char *letters = g_strnfill(250, 'a');
    g_autofree char *head = g_strconcat("/devices/", letters, "/", NULL);

    g_assert_true(passes_at_length(head, 260 + 252));
    g_assert_false(passes_at_length(head, 260 + 253));
}

typedef struct Match {
    const char *pattern;
    const char *name;
    const char *path;
    gboolean matches;
} Match;

#define USB  "/devices/platform/soc/fe980000.usb"
#define UDC  USB "/udc/fe980000.usb"
#define PORT "/devices/pci0000:00/0000:00:04.0/usb1/1-1/1-1.4"

static const Match matches[] = {
    /* A name is that one device. */
    {"fe980000.usb", "fe980000.usb", UDC, TRUE},
    {"fe980000.us", "fe980000.usb", UDC, FALSE},
    {"fe980000.usb0", "fe980000.usb", UDC, FALSE},
    {"FE980000.usb", "fe980000.usb", UDC, FALSE},
    {"1-1", "1-1.4", PORT, FALSE},
    {"1-1.4", "1-1.4", PORT, TRUE},
    {"udc", "fe980000.usb", UDC, FALSE},
    {"phy0", NULL, UDC, FALSE},
    /* A path is the device there and all below it. */
    {UDC, "fe980000.usb", UDC, TRUE},
    {USB, "fe980000.usb", UDC, TRUE},
    {"/devices/platform", "fe980000.usb", UDC, TRUE},
    {"/devices/plat", "fe980000.usb", UDC, FALSE},
    {UDC "/more", "fe980000.usb", UDC, FALSE},
    {UDC, "fe980000.usb", NULL, FALSE},
    {"/devices/pci0000:00/0000:00:04.0/usb1/1-1", "1-1.4", PORT, TRUE},
    {"/devices/pci0000:00/0000:00:04.0/usb1/1", "1-1.4", PORT, FALSE},
    /* Patterns stay within an element. */
    {"phy*", "phy12", NULL, TRUE},
    {"phy?", "phy12", NULL, FALSE},
    {"phy??", "phy12", NULL, TRUE},
    {"phy?*", "phy", NULL, FALSE},
    {"*", "", NULL, TRUE},
    {"?", "", NULL, FALSE},
    {"*.usb", "fe980000.usb", NULL, TRUE},
    {"*.usb", "fe980000.usb.usb", NULL, TRUE},
    {"*a*b*", "xaybz", NULL, TRUE},
    {"*a*b*", "xbya", NULL, FALSE},
    {"a*b*c", "abbc", NULL, TRUE},
    {"**", "x", NULL, TRUE},
    {"/devices/*/usb1", "1-1.4", PORT, FALSE},
    {"/devices/*/*/usb1", "1-1.4", PORT, TRUE},
    {"/devices/pci0000:00/0000:00:04.?/usb*/1-1", "1-1.4", PORT, TRUE},
    {"/devices/platform/*", "x", "/devices/platform", FALSE},
    /* What is no pattern here is a plain character. */
    {"[a]", "a", NULL, FALSE},
    {"\\*", "*", NULL, FALSE},
};

static void test_matches(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(matches); i++) {
        const Match *match = &matches[i];
        const char *const patterns[] = {"nothing-of-this-name", match->pattern, NULL};

        g_test_message("%s against %s, %s", match->pattern, match->name, match->path);
        g_assert_cmpint(hardware_name_matches(patterns, match->name, match->path), ==,
                        match->matches);
    }
}

static void test_no_patterns(void)
{
    static const char *const none[] = {NULL};

    g_assert_false(hardware_name_matches(none, "phy0", "/devices/x"));
    g_assert_false(hardware_name_matches(NULL, "phy0", "/devices/x"));
}

/* A search that tried every way to share the text among the stars would not end in this life. */
static void test_many_stars(void)
{
    g_autofree char *text = g_strnfill(255, 'a');
    g_autoptr(GString) pattern = g_string_new(NULL);

    for (guint i = 0; i < 100; i++)
        g_string_append(pattern, "*a");
    g_string_append_c(pattern, 'b');

    const char *const patterns[] = {pattern->str, NULL};
    gint64 before = g_get_monotonic_time();

    g_assert_false(hardware_name_matches(patterns, text, NULL));
    g_assert_cmpint(g_get_monotonic_time() - before, <, G_USEC_PER_SEC);
}

static void test_overlap(void)
{
    g_assert_true(hardware_names_overlap("phy0", "phy0"));
    g_assert_true(hardware_names_overlap("phy*", "phy0"));
    g_assert_true(hardware_names_overlap("phy0", "phy*"));
    g_assert_true(hardware_names_overlap("/devices/a", "/devices/a/b"));
    g_assert_true(hardware_names_overlap("/devices/a/b", "/devices/*"));
    g_assert_false(hardware_names_overlap("phy0", "phy1"));
    g_assert_false(hardware_names_overlap("/devices/a", "/devices/b"));
    g_assert_false(hardware_names_overlap("*", "/devices/a"));
    g_assert_false(hardware_names_overlap("/devices/a", "a"));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hardware-name/good", test_good);
    g_test_add_func("/hardware-name/bad", test_bad);
    g_test_add_func("/hardware-name/lengths", test_lengths);
    g_test_add_func("/hardware-name/matches", test_matches);
    g_test_add_func("/hardware-name/no-patterns", test_no_patterns);
    g_test_add_func("/hardware-name/many-stars", test_many_stars);
    g_test_add_func("/hardware-name/overlap", test_overlap);
    return g_test_run();
}
