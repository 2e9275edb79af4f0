/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A survey of a tree laid out as sysfs and configfs do, with names that hardware may bring. */
#include "daemon/enforce/usb/gadget-survey.h"

#include <glib/gstdio.h>
#include <unistd.h>

static char *root;

static char *in_root(const char *path)
{
    return g_build_filename(root, path, NULL);
}

static void put(const char *path, const char *text)
{
    g_autofree char *file = in_root(path);
    g_autofree char *directory = g_path_get_dirname(file);

    g_assert_no_errno(g_mkdir_with_parents(directory, 0700));
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void put_link(const char *path, const char *target)
{
    g_autofree char *link = in_root(path);
    g_autofree char *directory = g_path_get_dirname(link);

    g_assert_no_errno(g_mkdir_with_parents(directory, 0700));
    g_assert_no_errno(symlink(target, link));
}

static void put_udc(const char *name, const char *device, const char *driver, const char *function)
{
    g_autofree char *parent = g_strdup_printf("devices/%s", name);
    g_autofree char *directory = g_strdup_printf("%s/udc/%s", parent, name);
    g_autofree char *attribute = g_strdup_printf("%s/function", directory);
    g_autofree char *up = g_strdup_printf("%s/device", directory);
    g_autofree char *class = g_strdup_printf("class/udc/%s", name);
    g_autofree char *target = g_strdup_printf("../../%s", directory);

    put(attribute, function);
    put_link(up, "../..");
    put_link(class, target);
    if (!device)
        return;
    g_autofree char *subsystem = g_strdup_printf("%s/%s/subsystem", parent, device);
    put_link(subsystem, "../../../bus/gadget");
    if (!driver)
        return;
    g_autofree char *bound = g_strdup_printf("%s/%s/driver", parent, device);
    g_autofree char *to = g_strdup_printf("../../../bus/gadget/drivers/%s", driver);
    g_autofree char *listed = g_strdup_printf("bus/gadget/drivers/%s/bind", driver);
    put_link(bound, to);
    put(listed, "");
}

static void set_up(void)
{
    root = g_dir_make_tmp("secpold-survey-XXXXXX", NULL);
}

static void tear_down(void)
{
    g_autofree char *remove = g_strdup_printf("rm -r %s", root);
    g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
    g_clear_pointer(&root, g_free);
}

static GadgetSurvey *look(void)
{
    g_autofree char *configfs = in_root("config");
    return gadget_survey_new(root, configfs);
}

static void test_nothing(void)
{
    set_up();
    g_autoptr(GadgetSurvey) survey = look();
    g_assert_cmpuint(survey->udcs->len, ==, 0);
    g_assert_cmpuint(survey->gadgets->len, ==, 0);
    g_assert_false(survey->has_bus);
    g_autoptr(GadgetSurvey) unmounted = gadget_survey_new(root, NULL);
    g_assert_cmpuint(unmounted->gadgets->len, ==, 0);
    tear_down();
}

static void test_bound_and_free(void)
{
    set_up();
    put("bus/gadget/drivers_autoprobe", "1\n");
    put_udc("a.0", "gadget.1", "configfs-gadget.g1", "g1\n");
    put_udc("b.0", "gadget.0", "g_ether", "g_ether\n");
    put_udc("c.0", "gadget.2", NULL, "");
    put("config/usb_gadget/g1/UDC", "a.0\n");
    put("config/usb_gadget/g2/UDC", "\n");
    g_autoptr(GadgetSurvey) survey = look();

    g_assert_true(survey->has_bus && survey->autoprobe);
    const Udc *first = gadget_survey_find_udc(survey, "a.0");
    g_assert_cmpstr(first->device, ==, "gadget.1");
    g_assert_cmpstr(first->driver, ==, "configfs-gadget.g1");
    g_assert_true(udc_is_bound(first));
    g_assert_cmpstr(gadget_survey_gadget_on(survey, first)->name, ==, "g1");
    const Udc *second = gadget_survey_udc_of_driver(survey, "g_ether");
    g_assert_cmpstr(second->name, ==, "b.0");
    g_assert_null(gadget_survey_gadget_on(survey, second));
    g_assert_false(udc_is_bound(gadget_survey_find_udc(survey, "c.0")));
    g_assert_cmpstr(gadget_survey_find_gadget(survey, "g2")->udc, ==, "");
    g_assert_null(gadget_survey_find_udc(survey, "d.0"));

    put("bus/gadget/drivers_autoprobe", "0\n");
    g_autoptr(GadgetSurvey) again = gadget_survey_again(survey);
    g_assert_false(again->autoprobe);
    tear_down();
}

/* Before Linux 6.0. */
static void test_without_the_bus(void)
{
    set_up();
    put_udc("a.0", NULL, NULL, "g1\n");
    g_autoptr(GadgetSurvey) survey = look();
    const Udc *udc = gadget_survey_find_udc(survey, "a.0");

    g_assert_false(survey->has_bus);
    g_assert_null(udc->device);
    g_assert_true(udc_is_bound(udc));
    tear_down();
}

/* The controller's driver may have a device of that name on another bus. */
static void test_other_devices_are_no_gadgets(void)
{
    set_up();
    put_udc("a.0", "gadget.0", NULL, "");
    put_link("devices/a.0/gadget.-1/subsystem", "../../../bus/platform");
    g_autoptr(GadgetSurvey) survey = look();

    g_assert_cmpstr(gadget_survey_find_udc(survey, "a.0")->device, ==, "gadget.0");
    tear_down();
}

static void test_any_names(void)
{
    set_up();
    put_udc("\377\n", "gadget.0", NULL, "");
    put("config/usb_gadget/.g 1/UDC", "\377\n");
    put_link("class/udc/dangling", "../../devices/no-such");
    g_autoptr(GadgetSurvey) survey = look();

    g_assert_cmpuint(survey->udcs->len, ==, 1);
    g_assert_nonnull(gadget_survey_find_udc(survey, "\377\n"));
    g_assert_nonnull(gadget_survey_find_gadget(survey, ".g 1"));
    tear_down();
}

static void test_mount_point(void)
{
    static const struct {
        const char *line;
        const char *point;
    } cases[] = {
        {"30 22 0:24 / /sys/kernel/config rw,nosuid shared:12 - configfs configfs rw",
         "/sys/kernel/config"},
        {"30 22 0:24 / /a\\040place rw - configfs none rw", "/a place"},
        {"30 22 0:24 /usb_gadget /elsewhere rw - configfs none rw", NULL},
        {"30 22 0:24 / /sys/kernel/config rw - sysfs configfs rw", NULL},
        {"30 22 0:24 / /sys/kernel/config rw - configfsx none rw", NULL},
        {"30 22 0:24 / relative rw - configfs none rw", NULL},
        {"30 22 0:24 / /back\\ rw - configfs none rw", NULL},
        {"30 22 - configfs none rw", NULL},
        {" - configfs ", NULL},
        {"", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *point = configfs_mount_point_of_line(cases[i].line);
        g_assert_cmpstr(point, ==, cases[i].point);
    }
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gadget-survey/nothing", test_nothing);
    g_test_add_func("/gadget-survey/bound-and-free", test_bound_and_free);
    g_test_add_func("/gadget-survey/without-the-bus", test_without_the_bus);
    g_test_add_func("/gadget-survey/other-devices-are-no-gadgets",
                    test_other_devices_are_no_gadgets);
    g_test_add_func("/gadget-survey/any-names", test_any_names);
    g_test_add_func("/gadget-survey/mount-point", test_mount_point);
    return g_test_run();
}
