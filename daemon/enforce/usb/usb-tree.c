/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/usb-descriptors.h"
#include "daemon/policy/hardware-name.h"

#define DIGITS "0123456789"

gboolean usb_tree_kind_of_name(const char *name, UsbKind *ret)
{
    if (g_str_has_prefix(name, "usb") && name[3] != '\0' &&
        strspn(name + 3, DIGITS) == strlen(name + 3))
        *ret = USB_ROOT_HUB;
    else if (strspn(name, DIGITS) == 0 || name[strspn(name, DIGITS)] != '-')
        return FALSE;
    else
        *ret = strchr(name, ':') ? USB_INTERFACE : USB_DEVICE;
    return TRUE;
}

char *usb_tree_root_hub_name(const char *name)
{
    return g_strdup_printf("usb%.*s", (int)strspn(name, DIGITS), name);
}

char *usb_tree_device_name(const char *interface)
{
    g_autofree char *name = g_strndup(interface, strcspn(interface, ":"));

    return g_str_has_suffix(name, "-0") ? usb_tree_root_hub_name(name) : g_steal_pointer(&name);
}

gboolean usb_tree_parse_interface(const char *name, guint8 *ret_configuration, guint8 *ret_number)
{
    const char *colon = strchr(name, ':');
    g_auto(GStrv) parts = colon ? g_strsplit(colon + 1, ".", 3) : NULL;
    guint64 configuration, number;

    if (!parts || g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXUINT8, &configuration, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT8, &number, NULL))
        return FALSE;
    *ret_configuration = (guint8)configuration;
    *ret_number = (guint8)number;
    return TRUE;
}

char *usb_tree_attribute(const char *name, const char *attribute)
{
    return g_build_filename(USB_DEVICES_DIRECTORY, name, attribute, NULL);
}

static void usb_node_free(gpointer data)
{
    UsbNode *node = data;

    g_free(node->name);
    g_free(node->driver);
    g_free(node);
}

/* NULL where it is gone. */
static UsbNode *read_node(UsbKind kind, const char *name)
{
    g_autofree char *directory = g_build_filename(USB_DEVICES_DIRECTORY, name, NULL);
    g_autofree char *path = usb_tree_attribute(name, "authorized");
    g_autofree char *authorized = sysfs_read(path);
    struct stat status;

    if (!authorized || stat(directory, &status) < 0)
        return NULL;
    UsbNode *node = g_new0(UsbNode, 1);
    node->kind = kind;
    node->name = g_strdup(name);
    node->id = (guint64)status.st_ino;
    node->authorized = strcmp(authorized, "0") != 0;
    if (kind == USB_INTERFACE) {
        g_autofree char *link = g_build_filename(directory, "driver", NULL);
        node->driver = sysfs_link_name(link);
    }
    return node;
}

GPtrArray *usb_tree_list(UsbKind kind, gboolean *cut)
{
    g_auto(GStrv) names = sysfs_list_noting(USB_DEVICES_DIRECTORY, cut);
    GPtrArray *nodes = g_ptr_array_new_with_free_func(usb_node_free);
    UsbKind found;

    for (guint i = 0; names[i]; i++) {
        if (!usb_tree_kind_of_name(names[i], &found) || found != kind)
            continue;
        UsbNode *node = read_node(kind, names[i]);
        if (node)
            g_ptr_array_add(nodes, node);
    }
    return nodes;
}

static gboolean fail(GError **error, const char *name, const char *attribute, int code)
{
    g_set_error(error, SYSFS_ERROR, code, "%s: cannot write %s: %s", name, attribute,
                g_strerror(code));
    return FALSE;
}

static int open_directory(const char *name, guint64 id)
{
    g_autofree char *path = g_build_filename(USB_DEVICES_DIRECTORY, name, NULL);
    struct stat status;

    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    if (fstat(directory, &status) == 0 && (guint64)status.st_ino == id)
        return directory;
    close(directory);
    return -ENODEV;
}

/* An open directory stays that of the same thing: once it is gone, nothing opens in there. */
static int write_in(int directory, const char *attribute, const char *value)
{
    const gsize length = strlen(value);

    const int fd = openat(directory, attribute, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return errno;
    const ssize_t n = write(fd, value, length);
    const int code = n < 0 ? errno : EIO;
    close(fd);
    return n == (ssize_t)length ? 0 : code;
}

gboolean usb_tree_is_exempt(const Plan *plan, const char *interface)
{
    const char *const *patterns = (const char *const *)plan->exempt_usb_ports;
    if (!patterns[0])
        return FALSE;
    g_autofree char *device = usb_tree_device_name(interface);
    g_autofree char *link = g_build_filename(USB_DEVICES_DIRECTORY, device, NULL);
    g_autofree char *path = sysfs_device_path(link);
    return hardware_name_matches(patterns, device, path);
}

static gboolean is_there(const char *name, guint64 id)
{
    const int directory = open_directory(name, id);
    if (directory >= 0)
        close(directory);
    return directory >= 0;
}

gboolean usb_tree_write(const char *name, guint64 id, const char *attribute, const char *value,
                        GError **error)
{
    const int directory = open_directory(name, id);
    if (directory < 0)
        return fail(error, name, attribute, -directory);
    int code = write_in(directory, attribute, value);
    close(directory);
    /* A kernel older than 4.4 has no authorization of interfaces. */
    if (code == ENOENT && is_there(name, id))
        code = EOPNOTSUPP;
    return code == 0 || fail(error, name, attribute, code);
}

GBytes *usb_tree_read_descriptors(const char *device)
{
    g_autofree char *path = usb_tree_attribute(device, "descriptors");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 buffer[4096];
    ssize_t n;

    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    while ((n = read(fd, buffer, sizeof(buffer))) > 0 && bytes->len < USB_DESCRIPTORS_MAX_BYTES)
        g_byte_array_append(bytes, buffer, (guint)n);
    close(fd);
    return n < 0 ? NULL : g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}
