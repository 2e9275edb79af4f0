/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/cgroup-units.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Case {
    const char *path;
    const char *unit;
} Case;

static const Case cases[] = {
    {"/system.slice/cups.service", "cups.service"},
    {"/system.slice/cups.service/worker/1", "cups.service"},
    {"/system.slice/cups.socket", "cups.socket"},
    {"/user.slice/user-1000.slice/user@1000.service/app.slice/print.service", "print.service"},
    {"/user.slice/user-1000.slice/session-2.scope", "session-2.scope"},
    {"/system.slice/docker-0123.scope/init", "docker-0123.scope"},
    {"/init.scope", "init.scope"},
    {"/system.slice/_cpu.service", "cpu.service"},
    {"relative.service", "relative.service"},
    {"/system.slice", NULL},
    {"/", NULL},
    {"", NULL},
    {"/.service", NULL},
    {"/_.service", NULL},
    {"/a.service.d", NULL},
    {"/user.slice/user@1000.service/a\xff.service", "user@1000.service"},
    {"/user.slice/user@1000.service/a\033[31m.service", "user@1000.service"},
    {"/user.slice/user@1000.service/a b.service", "user@1000.service"},
};

static void test_unit_of_path(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *unit = cgroup_units_unit_of_path(cases[i].path);
        g_assert_cmpstr(unit, ==, cases[i].unit);
    }
}

static char *find_root(void)
{
    return g_strdup(g_access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup"
                                                                       : "/sys/fs/cgroup/unified");
}

static guint64 inode_of(const char *path)
{
    struct stat status;
    g_assert_no_errno(stat(path, &status));
    return status.st_ino;
}

static void test_groups_that_exist(void)
{
    g_autofree char *root = find_root();
    g_autofree char *name = g_strdup_printf("secpold-test-%d.service", getpid());
    g_autofree char *group = g_build_filename(root, name, NULL);
    g_autofree char *inner = g_build_filename(group, "worker", NULL);

    if (mkdir(group, 0755) < 0 || mkdir(inner, 0755) < 0) {
        rmdir(group);
        g_test_skip("no control group can be made here");
        return;
    }
    const guint64 gone = G_MAXUINT32 - 1;
    const guint64 asked[] = {inode_of(group), inode_of(inner), inode_of(root), 0, gone};
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_array_append_vals(ids, asked, G_N_ELEMENTS(asked));
    g_autoptr(GHashTable) units = cgroup_units_find(ids);
    rmdir(inner);
    rmdir(group);

    g_assert_cmpstr(cgroup_units_lookup(units, asked[0]), ==, name);
    g_assert_cmpstr(cgroup_units_lookup(units, asked[1]), ==, name);
    g_assert_cmpstr(cgroup_units_lookup(units, asked[1] | G_GUINT64_CONSTANT(1) << 32), ==, name);
    g_assert_null(cgroup_units_lookup(units, asked[2]));
    g_assert_null(cgroup_units_lookup(units, asked[3]));
    g_assert_null(cgroup_units_lookup(units, asked[4]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cgroup-units/unit-of-path", test_unit_of_path);
    g_test_add_func("/cgroup-units/groups-that-exist", test_groups_that_exist);
    return g_test_run();
}
