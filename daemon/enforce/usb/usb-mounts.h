/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mounted from USB storage, directly or through the device mapper, RAID, loop devices and
 * overlays; and on which of it the machine itself runs: /, /usr, /var, /boot, swap.
 */
#pragma once

#include <glib.h>

typedef struct UsbMount {
    guint major; /* st_dev of what lies in it */
    guint minor;
    char *point;           /* may hold any byte but NUL */
    GPtrArray *interfaces; /* element type char: USB interfaces it lies on, "1-1.4:1.0" */
} UsbMount;

/* A USB interface that must stay. */
typedef struct UsbEssential {
    char *interface; /* "1-1.4:1.0" */
    char *use;       /* "/var", "swap" */
} UsbEssential;

/* Element type UsbMount: those with at least one interface. What cannot be read is empty. */
GPtrArray *usb_mounts_read(void);

/* Element type UsbEssential, of each interface the first use. */
GPtrArray *usb_mounts_essential(void);

/* One line of /proc/self/mountinfo, as far as it matters here. */
typedef struct MountLine {
    guint major;
    guint minor;
    char *point;   /* may hold any byte but NUL */
    char *source;  /* what was mounted: "/dev/sda1", "tmpfs" */
    char *options; /* of the file system: "rw,lowerdir=/ro" */
} MountLine;

void mount_line_clear(MountLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MountLine, mount_line_clear)

/* FALSE, leaving @ret, where the line is none. Pure. */
gboolean usb_mounts_parse_line(const char *text, MountLine *ret);

/* Directories that an overlay of these options is made of: lowerdir (several, with colons between
 * them) and upperdir. Element type char. Pure. */
GPtrArray *usb_mounts_overlay_directories(const char *options);

/* Whether @path is @point or lies below it. Pure. */
gboolean usb_mounts_is_below(const char *path, const char *point);
