/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-mounts.h"

#include "daemon/enforce/usb/usb-backing.h"

static void test_interface_of_path(void)
{
    static const struct {
        const char *path;
        const char *interface;
    } cases[] = {
        {"/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0/host2/target2:0:0/2:0:0:0/block/"
         "sdb/sdb1",
         "1-4:1.0"},
        {"../../devices/platform/dummy_hcd.0/usb2/2-1/2-1.4/2-1.4.3/2-1.4.3:1.2/host0/block/sda",
         "2-1.4.3:1.2"},
        {"/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1",
         NULL},
        {"/sys/devices/virtual/block/dm-0", NULL},
        {"/sys/devices/pci0000:00/0000:00:14.0/1-4:1.0/block/sda", NULL},
        {"/sys/devices/pci0000:00/usb1/1-4", NULL},
        {"/sys/devices/pci0000:00/usb1/0:0:0:0/block/sda", NULL},
        {"", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *interface = usb_backing_interface_of_path(cases[i].path);
        g_assert_cmpstr(interface, ==, cases[i].interface);
    }
}

static void test_line(void)
{
    g_auto(MountLine) line = {0};

    g_assert_true(usb_mounts_parse_line("36 35 8:17 / /media/my\\040stick rw,noatime shared:1 "
                                        "master:2 - vfat /dev/sdb1 rw,errors=continue",
                                        &line));
    g_assert_cmpuint(line.major, ==, 8);
    g_assert_cmpuint(line.minor, ==, 17);
    g_assert_cmpstr(line.point, ==, "/media/my stick");
    g_assert_cmpstr(line.source, ==, "/dev/sdb1");
    g_assert_cmpstr(line.options, ==, "rw,errors=continue");
}

static void test_line_without_optional_fields(void)
{
    g_auto(MountLine) line = {0};

    g_assert_true(usb_mounts_parse_line("22 27 0:21 / /proc rw,relatime - proc proc rw", &line));
    g_assert_cmpuint(line.major, ==, 0);
    g_assert_cmpuint(line.minor, ==, 21);
    g_assert_cmpstr(line.point, ==, "/proc");
    g_assert_cmpstr(line.source, ==, "proc");
}

static void test_no_lines(void)
{
    static const char *const texts[] = {
        "",
        "36 35 8:17 / /media rw",
        "36 35 8:17 / /media rw - vfat",
        "36 35 8-17 / /media rw - vfat /dev/sdb1 rw",
        "36 35 8:17:1 / /media rw - vfat /dev/sdb1 rw",
        "36 35 8:17 / - vfat /dev/sdb1 rw",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        MountLine line = {.major = 77};
        g_assert_false(usb_mounts_parse_line(texts[i], &line));
        g_assert_cmpuint(line.major, ==, 77);
    }
}

static void assert_overlay(const char *options, const char *expected)
{
    g_autoptr(GPtrArray) directories = usb_mounts_overlay_directories(options);
    g_ptr_array_add(directories, NULL);
    g_autofree char *joined = g_strjoinv(" ", (char **)directories->pdata);
    g_assert_cmpstr(joined, ==, expected);
}

static void test_overlay(void)
{
    assert_overlay("rw,lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work", "/ro /rw/up");
    assert_overlay("ro,lowerdir=/a:/b::/c", "/a /b /c");
    assert_overlay("ro,lowerdir+=/a,lowerdir+=/b", "/a /b");
    assert_overlay("rw,seclabel", "");
    assert_overlay("rw,lowerdir=relative", "");
    assert_overlay("", "");
}

static void test_is_below(void)
{
    g_assert_true(usb_mounts_is_below("/media/stick/image", "/media/stick"));
    g_assert_true(usb_mounts_is_below("/media/stick", "/media/stick"));
    g_assert_true(usb_mounts_is_below("/anything", "/"));
    g_assert_false(usb_mounts_is_below("/media/stick2/image", "/media/stick"));
    g_assert_false(usb_mounts_is_below("/media", "/media/stick"));
    g_assert_false(usb_mounts_is_below("relative", "/"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/usb-mounts/interface-of-path", test_interface_of_path);
    g_test_add_func("/usb-mounts/line", test_line);
    g_test_add_func("/usb-mounts/line-without-optional-fields", test_line_without_optional_fields);
    g_test_add_func("/usb-mounts/no-lines", test_no_lines);
    g_test_add_func("/usb-mounts/overlay", test_overlay);
    g_test_add_func("/usb-mounts/is-below", test_is_below);
    return g_test_run();
}
