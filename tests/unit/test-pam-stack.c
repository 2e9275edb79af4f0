/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/pam/pam-stack.h"

#include <glib/gstdio.h>
#include <string.h>

#define GUARD "auth [perm_denied=die default=ignore] /g.so no\n"
/* As pam-auth-update makes it. */
#define ASK                                                                                        \
    "auth [success=2 default=ignore] pam_unix.so nullok\n"                                         \
    "auth [success=1 default=ignore] pam_sss.so use_first_pass\n"                                  \
    "auth requisite pam_deny.so\nauth required pam_permit.so\n"

/* As with pam_faillock in it, its line that counts in place of pam_deny. */
#define COUNT "auth [default=die] /g.so no\n"
#define COUNTED                                                                                    \
    "auth requisite /g.so before\n"                                                                \
    "auth [success=2 default=ignore] pam_unix.so nullok\n"                                         \
    "auth [success=1 default=ignore] pam_sss.so use_first_pass\n" COUNT                            \
    "auth required /g.so after\nauth required pam_permit.so\n"

/* The line of service "x" that lets in, or sends away, past the guard; 0: nobody does, -1: it
 * cannot be read. */
typedef struct Case {
    const char *name;
    const char *text;
    const char *included; /* service "y" */
    int line;
} Case;

static const Case ways_in[] = {
    {"debian", ASK GUARD, "", 0},
    {"no-guard", ASK, "", 1},
    {"before", GUARD ASK, "", 2},
    {"jumped-over", "auth [success=1 default=die] pam_unix.so\n" GUARD "auth required p.so\n", "",
     1},
    {"jumps-to-it", "auth [success=1 default=ignore] pam_unix.so\nauth requisite d.so\n" GUARD, "",
     0},
    {"sufficient", "auth sufficient pam_unix.so\n" GUARD, "", 1},
    {"done", "auth [success=done default=ignore] pam_unix.so\n" GUARD, "", 1},
    {"required", "auth required pam_unix.so\n" GUARD, "", 0},
    {"another-is-enough", "auth sufficient pam_rootok.so\nauth required pam_unix.so\n" GUARD, "",
     0},
    {"another-after", "auth required pam_unix.so\nauth sufficient pam_x.so\n" GUARD, "", 1},
    {"another-jumps",
     "auth required pam_unix.so\nauth [success=1 default=ok] x.so\n" GUARD "auth required y.so\n",
     "", 1},
    {"other-argument", ASK "auth [perm_denied=die default=ignore] /g.so yes\n", "", 1},
    {"other-folder", ASK "auth [perm_denied=die default=ignore] /h/g.so no\n", "", 1},
    {"toothless", ASK "auth optional /g.so no\n", "", 1},
    {"required-guard", ASK "auth required /g.so no\n", "", 0},
    {"path", "auth sufficient /lib/security/pam_unix.so\n" GUARD, "", 1},
    {"other-types", "account sufficient pam_unix.so\n" ASK GUARD, "", 0},
    {"optional-type", "-AUTH Sufficient pam_unix.so\n" GUARD, "", 1},
    {"comment", "# auth sufficient pam_unix.so\n" ASK GUARD, "", 0},
    {"next-line", "account required \\\n x.so\nauth \\\n sufficient \\\n pam_unix.so\n" GUARD, "",
     3},
    {"include", "@include y\n", ASK GUARD, 0},
    {"include-word", "auth include y\n" GUARD, "auth sufficient pam_unix.so\n", 1},
    {"include-capital", "-@Include y\n", "auth sufficient pam_unix.so\n", 1},
    {"include-word-capital", "auth INCLUDE y\n" GUARD, "auth sufficient pam_unix.so\n", 1},
    {"substack-capital", "auth SubStack y\n" GUARD, "auth sufficient pam_unix.so\n", 0},
    {"include-of-vendor", "@include v\n", "", -1},
    {"substack", "auth substack y\n" GUARD, "auth sufficient pam_unix.so\n", 0},
    {"substack-in-between", "auth substack y\nauth sufficient pam_x.so\n" GUARD,
     "auth sufficient pam_unix.so\n", 1},
    {"loop", "@include x\n", "", -1},
    {"missing", "@include z\n", "", -1},
    {"no-module", "auth required\n", "", -1},
};

static const Case ways_out[] = {
    {"debian", ASK, "", 1},
    {"counted", COUNTED, "", 0},
    {"another-refuses-after", COUNTED "auth required pam_shells.so\n", "", 0},
    {"alone", "auth required pam_unix.so\n", "", 1},
    {"required", "auth required pam_unix.so\n" COUNTED, "", 0},
    {"requisite", "auth requisite pam_unix.so\n" COUNTED, "", 1},
    {"sufficient", "auth sufficient pam_unix.so\n" COUNT, "", 0},
    {"sufficient-and-denied", "auth sufficient pam_unix.so\nauth requisite pam_deny.so\n" COUNT, "",
     1},
    {"jumped-over", "auth [success=ok default=1] pam_unix.so\n" COUNT "auth required d.so\n", "",
     1},
    {"own-word", "auth [success=ok auth_err=die default=ignore] pam_unix.so\n" COUNT, "", 1},
    {"done-after", "auth required pam_unix.so\nauth sufficient pam_x.so\n" COUNT, "", 0},
    {"another-lets-in", "auth optional pam_unix.so\nauth sufficient x.so\n" COUNT, "", 0},
    {"before", "auth required /g.so no\nauth required pam_unix.so\n", "", 2},
    {"other-argument", "auth optional pam_unix.so\nauth [default=die] /g.so yes\n", "", 1},
    {"substack", "auth substack y\n" COUNT, "auth requisite pam_unix.so\n", 0},
    {"substack-alone", "auth substack y\n", "auth requisite pam_unix.so\n", 1},
};

static void write_service(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

typedef const PamStep *(*FindWay)(const GPtrArray *steps, const char *module,
                                  const PamGuard *guard);

static int find_line(const char *folder, const char *service, FindWay find_way)
{
    const PamGuard guard = {.module = "/g.so", .argument = "no"};
    g_autofree char *vendor = g_build_filename(folder, "vendor", NULL);
    const char *const directories[] = {folder, vendor, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) steps = pam_stack_read(directories, service, &error);
    if (!steps) {
        g_assert_nonnull(error);
        return -1;
    }
    const PamStep *way = find_way(steps, "pam_unix.so", &guard);
    return way ? (int)g_ascii_strtoll(strrchr(way->place, ':') + 1, NULL, 10) : 0;
}

static void test_case(const Case *at, FindWay find_way)
{
    g_autofree char *folder = g_dir_make_tmp("pam-XXXXXX", NULL);
    g_autofree char *vendor = g_build_filename(folder, "vendor", NULL);
    const char *const names[] = {"x", "y", "vendor/y", "vendor/v", "vendor"};

    g_assert_cmpint(g_mkdir(vendor, 0700), ==, 0);
    write_service(folder, "x", at->text);
    write_service(folder, "y", at->included);
    write_service(vendor, "y", "hidden\n");
    write_service(vendor, "v", "auth required pam_unix.so\n");
    g_assert_cmpint(find_line(folder, "x", find_way), ==, at->line);
    g_assert_cmpint(find_line(folder, "v", find_way), ==, 1);
    g_assert_cmpint(find_line(folder, "w", find_way), ==, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_rmdir(folder);
}

static void test_way_in(gconstpointer data)
{
    test_case(data, pam_stack_find_way_in);
}

static void test_way_out(gconstpointer data)
{
    test_case(data, pam_stack_find_way_out);
}

static char *repeat(const char *line, guint times)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < times; i++)
        g_string_append(text, line);
    return g_string_free(text, FALSE);
}

/* Files that include others many times come to any number of files and modules. */
static void test_no_end(gconstpointer data)
{
    static const char *const names[] = {"x", "y", "z", "modules"};
    g_autofree char *folder = g_dir_make_tmp("pam-XXXXXX", NULL);
    g_autofree char *modules = repeat("auth required pam_unix.so\n", 1025);
    g_autofree char *y = repeat("@include y\n", 100);
    g_autofree char *z = repeat("@include z\n", 100);

    write_service(folder, "x", y);
    write_service(folder, "y", z);
    write_service(folder, "z", "");
    write_service(folder, "modules", modules);
    g_assert_cmpint(find_line(folder, "x", pam_stack_find_way_in), ==, -1);
    g_assert_cmpint(find_line(folder, "modules", pam_stack_find_way_in), ==, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_rmdir(folder);
}

static void add_cases(const char *name, const Case *cases, gsize n, GTestDataFunc function)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/pam-stack/%s/%s", name, cases[i].name);
        g_test_add_data_func(path, &cases[i], function);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    add_cases("in", ways_in, G_N_ELEMENTS(ways_in), test_way_in);
    add_cases("out", ways_out, G_N_ELEMENTS(ways_out), test_way_out);
    g_test_add_data_func("/pam-stack/no-end", NULL, test_no_end);
    return g_test_run();
}
