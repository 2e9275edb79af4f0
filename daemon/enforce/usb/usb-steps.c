/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-steps.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/usb-storage-drivers.h"
#include "daemon/enforce/usb/usb-tree.h"

#define DRIVERS_PROBE "/sys/bus/usb/drivers_probe"

/* The service may not be let into the directory, which then belongs to a user: sync(2) asks nobody,
 * and writes out everything. */
static void write_out(const char *point)
{
    const int fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || syncfs(fd) < 0)
        sync();
    if (fd >= 0)
        close(fd);
}

static gboolean is_bound(const char *interface)
{
    g_autofree char *path = usb_tree_attribute(interface, "driver");
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* A driver that does not know the interface says so, and nothing has happened. */
static void bind_to_harmless(const char *interface)
{
    g_auto(GStrv) drivers = sysfs_list(USB_DRIVERS_DIRECTORY);

    for (guint i = 0; drivers[i] && !is_bound(interface); i++) {
        g_autofree char *path = g_build_filename(USB_DRIVERS_DIRECTORY, drivers[i], "bind", NULL);
        if (!usb_storage_driver_is(drivers[i]))
            sysfs_write(path, interface, NULL);
    }
}

static char *read_text(const char *device, const char *attribute)
{
    g_autofree char *path = usb_tree_attribute(device, attribute);
    return sysfs_read(path);
}

static void read_label(UsbStep *step)
{
    g_autofree char *device = usb_tree_device_name(step->name);
    g_autofree char *manufacturer = read_text(device, "manufacturer");
    g_autofree char *product = read_text(device, "product");

    if (manufacturer && product && !g_str_has_prefix(product, manufacturer)) {
        step->label = g_strdup_printf("%s %s", manufacturer, product);
        return;
    }
    step->label = g_strdup(product ? product : manufacturer);
    if (step->label)
        return;
    g_autofree char *vendor_id = read_text(device, "idVendor");
    g_autofree char *product_id = read_text(device, "idProduct");
    if (vendor_id && product_id)
        step->label = g_strdup_printf("%s:%s", vendor_id, product_id);
}

void usb_step_run(UsbStep *step)
{
    switch (step->kind) {
    case USB_STEP_WRITE_OUT:
        write_out(step->name);
        break;
    case USB_STEP_REFUSE:
        usb_tree_write(step->name, step->id, "authorized", "0", &step->error);
        break;
    case USB_STEP_ALLOW:
    case USB_STEP_ALLOW_DEVICE:
        usb_tree_write(step->name, step->id, "authorized", "1", &step->error);
        break;
    case USB_STEP_PROBE:
        sysfs_write(DRIVERS_PROBE, step->name, &step->error);
        break;
    case USB_STEP_PROBE_CAREFULLY:
        bind_to_harmless(step->name);
        break;
    case USB_STEP_READ_LABEL:
        read_label(step);
        break;
    }
    if (step->error && sysfs_error_is_gone(step->error))
        g_clear_error(&step->error);
}
