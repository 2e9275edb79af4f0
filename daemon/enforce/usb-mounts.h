/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mounted from USB storage. */
#pragma once

#include <glib.h>

/* Mount points, each once, whose file system lies on USB storage, be it through the device mapper;
 * element type char. Left out is what lies on a USB interface that also carries /, /boot, /var or
 * swap: secpold spares it. */
GPtrArray *usb_mounts_find(void);

/* One line of /proc/self/mountinfo, as far as it matters here. */
typedef struct MountLine {
    guint major;
    guint minor;
    char *point;  /* may hold any byte but NUL */
    char *source; /* what was mounted: "/dev/sda1", "tmpfs" */
} MountLine;

void mount_line_clear(MountLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MountLine, mount_line_clear)

/* FALSE, leaving @ret, where the line is none. Pure. */
gboolean usb_mounts_parse_line(const char *text, MountLine *ret);

/* The USB interface in the path of a device below /sys/devices: everything up to and with a
 * component such as "1-1.4:1.0"; NULL where there is none. Free with g_free(). Pure. */
char *usb_mounts_interface_of_path(const char *path);
