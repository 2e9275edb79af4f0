/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/mount-check.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What is written where, and which mount point is missing: NULL where none is. */
typedef struct Case {
    const char *name;
    const char *fstab;
    const char *mounted;
    const char *unit;
    const char *directory;
    const char *missing;
} Case;

#define STORE "/var/lib/secpold"

/* Lines of /proc/PID/mountinfo. */
#define MOUNT(id, parent, device, root, point)                                                     \
#id " " #parent " " device " " root " " point " rw,relatime shared:1 - ext4 /dev/sda rw\n"
#define ROOT MOUNT(20, 1, "8:1", "/", "/")
/* What a service sees that may write to its state directory and nothing else. */
#define BOUND_ONTO_ITSELF MOUNT(30, 20, "8:1", "/var/lib/secpold", STORE)

static const Case cases[] = {
    {"nothing-listed", "", "", NULL, STORE, NULL},
    {"itself", "LABEL=a /var/lib/secpold ext4 defaults 0 2\n", "", NULL, STORE, STORE},
    {"parent", "LABEL=a /var ext4 defaults 0 2\n", "", NULL, STORE, "/var"},
    {"mounted", "LABEL=a /var ext4 defaults 0 2\n", ROOT MOUNT(21, 20, "8:2", "/", "/var"), NULL,
     STORE, NULL},
    {"only-the-upper-one", "LABEL=a /var ext4 d 0 2\nLABEL=b /var/lib ext4 d 0 2\n",
     ROOT MOUNT(21, 20, "8:2", "/", "/var"), NULL, STORE, "/var/lib"},
    {"bound-onto-itself", "LABEL=a /var/lib/secpold ext4 d 0 2\n", ROOT BOUND_ONTO_ITSELF, NULL,
     STORE, STORE},
    {"bound-onto-itself-below-a-mount", "LABEL=a /var/lib/secpold ext4 d 0 2\n",
     ROOT MOUNT(21, 20, "8:2", "/", "/var") MOUNT(22, 21, "8:2", "/lib/secpold", STORE), NULL,
     STORE, STORE},
    {"mounted-and-bound-onto-itself", "LABEL=a /var/lib/secpold ext4 d 0 2\n",
     ROOT MOUNT(21, 20, "8:2", "/", STORE) MOUNT(22, 21, "8:2", "/", STORE), NULL, STORE, NULL},
    {"hidden-by-the-bound-one", "LABEL=a /var/lib/secpold ext4 d 0 2\n",
     ROOT MOUNT(30, 31, "8:1", "/var/lib/secpold", STORE) MOUNT(31, 20, "8:2", "/", STORE), NULL,
     STORE, STORE},
    {"mounted-over-the-bound-one", "LABEL=a /var/lib/secpold ext4 d 0 2\n",
     ROOT MOUNT(30, 20, "8:1", "/var/lib/secpold", STORE) MOUNT(31, 30, "8:2", "/", STORE), NULL,
     STORE, NULL},
    {"bound-from-elsewhere", "/data/policies /var/lib/secpold none bind 0 0\n",
     ROOT MOUNT(21, 20, "8:1", "/data/policies", STORE), NULL, STORE, NULL},
    {"subvolume", "LABEL=a /var btrfs subvol=@var 0 0\n",
     MOUNT(20, 1, "0:21", "/@", "/") MOUNT(21, 20, "0:21", "/@var", "/var"), NULL, STORE, NULL},
    {"blank-mounted", "LABEL=a /my\\040store ext4 d 0 2\n",
     ROOT MOUNT(21, 20, "8:2", "/", "/my\\040store"), NULL, "/my store", NULL},
    {"half-a-mount", "LABEL=a /var ext4 d 0 2\n", ROOT "21 20 8:2 / /var\n", NULL, STORE, "/var"},
    {"commented-out", "# LABEL=a /var ext4 defaults 0 2\n", "", NULL, STORE, NULL},
    {"root-is-not-asked-for", "LABEL=a / ext4 defaults 0 1\n", "", NULL, STORE, NULL},
    {"like-named", "LABEL=a /var/lib/secpold2 ext4 defaults 0 2\n", "", NULL, STORE, NULL},
    {"below", "LABEL=a /var/lib/secpold/policies ext4 defaults 0 2\n", "", NULL, STORE, NULL},
    {"slash-at-the-end", "LABEL=a /var/lib/ ext4 defaults 0 2\n", "", NULL, STORE, "/var/lib"},
    {"slash-in-the-question", "LABEL=a /var/lib ext4 defaults 0 2\n", "", NULL,
     "/var//lib/secpold/", "/var/lib"},
    {"blank", "LABEL=a /var/lib/my\\040store ext4 defaults 0 2\n", "", NULL, "/var/lib/my store",
     "/var/lib/my store"},
    {"swap", "LABEL=a none swap sw 0 0\n", "", NULL, STORE, NULL},
    {"half-a-line", "LABEL=a\n", "", NULL, STORE, NULL},
    {"unit", "", "", "var-lib.mount", STORE, "/var/lib"},
    {"unit-mounted", "", ROOT MOUNT(21, 20, "8:2", "/", "/var/lib"), "var-lib.mount", STORE, NULL},
    {"unit-with-dash", "", "", "srv-sec\\x2dpold.mount", "/srv/sec-pold/state", "/srv/sec-pold"},
    {"unit-with-dot", "", "", "srv-.store.v2.mount", "/srv/.store.v2", "/srv/.store.v2"},
    {"unit-with-leading-dot", "", "", "\\x2estore.v2.mount", "/.store.v2", "/.store.v2"},
    {"unit-with-blank", "", "", "my\\x20store.mount", "/my store", "/my store"},
    {"unit-of-another-kind", "", "", "var-lib.automount", STORE, NULL},
};

typedef struct Machine {
    char *root;
    char *fstab;
    char *mounted;
    char *unit; /* NULL: none */
} Machine;

static char *write_part(const char *root, const char *name, const char *text)
{
    char *path = g_build_filename(root, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void machine_set_up(Machine *machine, const Case *row)
{
    machine->root = g_dir_make_tmp("mount-check-XXXXXX", NULL);
    machine->fstab = write_part(machine->root, "fstab", row->fstab);
    machine->mounted = write_part(machine->root, "mounts", row->mounted);
    machine->unit = row->unit ? write_part(machine->root, row->unit, "[Mount]\n") : NULL;
}

static void machine_clear(Machine *machine)
{
    unlink(machine->fstab);
    unlink(machine->mounted);
    if (machine->unit)
        unlink(machine->unit);
    g_assert_cmpint(rmdir(machine->root), ==, 0);
    g_free(machine->root);
    g_free(machine->fstab);
    g_free(machine->mounted);
    g_free(machine->unit);
}

static void test_case(gconstpointer data)
{
    const Case *row = data;
    Machine machine;
    g_autoptr(GError) error = NULL;

    machine_set_up(&machine, row);
    const char *const directories[] = {"/nonexistent", machine.root, NULL};
    const MountTables tables = {machine.fstab, machine.mounted, directories};
    const gboolean good = mount_check(&tables, row->directory, &error);
    machine_clear(&machine);

    g_assert_cmpint(good, ==, row->missing == NULL);
    if (good) {
        g_assert_no_error(error);
        return;
    }
    g_autofree char *message =
        g_strdup_printf("%s: its file system %s is not mounted", row->directory, row->missing);
    g_assert_error(error, MOUNT_ERROR, MOUNT_ERROR_NOT_MOUNTED);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_no_tables(void)
{
    const char *const directories[] = {NULL};
    const MountTables tables = {"/nonexistent", "/nonexistent", directories};
    g_autoptr(GError) error = NULL;

    g_assert_true(mount_check(&tables, STORE, &error));
    g_assert_no_error(error);
}

/* What is mounted here is mounted. */
static void test_this_machine(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(mount_check(&mount_tables_system, "/proc/self", &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/mount-check/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/mount-check/no-tables", test_no_tables);
    g_test_add_func("/mount-check/this-machine", test_this_machine);
    return g_test_run();
}
