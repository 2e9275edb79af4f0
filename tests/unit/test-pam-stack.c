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

/* The line of service "x" that lets in past the guard; 0: nobody does, -1: it cannot be read. */
typedef struct Case {
    const char *name;
    const char *text;
    const char *included; /* service "y" */
    int line;
} Case;

static const Case cases[] = {
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
    {"substack", "auth substack y\n" GUARD, "auth sufficient pam_unix.so\n", 0},
    {"substack-in-between", "auth substack y\nauth sufficient pam_x.so\n" GUARD,
     "auth sufficient pam_unix.so\n", 1},
    {"loop", "@include x\n", "", -1},
    {"missing", "@include z\n", "", -1},
    {"no-module", "auth required\n", "", -1},
};

static void write_service(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static int find_line(const char *folder)
{
    const PamGuard guard = {.module = "/g.so", .argument = "no"};
    g_autoptr(GError) error = NULL;
    guint n_modules;
    g_autoptr(GPtrArray) steps = pam_stack_read(folder, "x", &error);
    if (!steps) {
        g_assert_nonnull(error);
        return -1;
    }
    const PamStep *way = pam_stack_find_way_around(steps, "pam_unix.so", &guard, &n_modules);
    return way ? (int)g_ascii_strtoll(strrchr(way->place, ':') + 1, NULL, 10) : 0;
}

static void test_case(gconstpointer data)
{
    const Case *at = data;
    g_autofree char *folder = g_dir_make_tmp("pam-XXXXXX", NULL);
    g_autofree char *x = g_build_filename(folder, "x", NULL);
    g_autofree char *y = g_build_filename(folder, "y", NULL);

    write_service(folder, "x", at->text);
    write_service(folder, "y", at->included);
    g_assert_cmpint(find_line(folder), ==, at->line);
    g_unlink(x);
    g_unlink(y);
    g_rmdir(folder);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/pam-stack/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
