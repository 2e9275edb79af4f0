/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-drivers.h"

#include <string.h>

/* Drivers of usb-storage's family for devices of one make; there are about fifteen. */
#define FAMILY_PREFIX "ums_"

static const struct {
    const char *driver; /* hyphens as underscores */
    const char *module;
} drivers[] = {
    /* SCSI over bulk-only, CBI and UAS transport: the disks and sticks themselves. */
    {"usb_storage", "usb_storage"},
    {"uas", "uas"},
    /* Controllers of SD and MMC cards: mmc_block makes mmcblkN of what is in their slot. */
    {"ushc", "ushc"},
    {"vub300", "vub300"},
    /* Realtek's card readers: the SD and Memory Stick hosts are children of this one. */
    {"rtsx_usb", "rtsx_usb"},
    /* A bridge whose SDIO host can hold a card. */
    {"es2_ap_driver", "gb_es2"},
    /* Scanners that are SCSI behind a bridge: whatever claims to be a disk there becomes one. */
    {"microtekx6", "microtek"},
    /* Card readers of older kernels' staging tree, each a SCSI host of its own. */
    {"ums_eneub6250", "ums_eneub6250"},
    {"usb_ene", "keucr"},
    {"rts5139", "rts5139"},
    /* Before it was taken out of Linux 3.18, a block driver beside usb-storage. */
    {"ub", "ub"},
};

static char *normalize(const char *name)
{
    return g_strdelimit(g_ascii_strdown(name, -1), "-", '_');
}

gboolean usb_storage_driver_is(const char *name)
{
    g_autofree char *normal = normalize(name);

    if (g_str_has_prefix(normal, FAMILY_PREFIX))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++)
        if (strcmp(normal, drivers[i].driver) == 0 || strcmp(normal, drivers[i].module) == 0)
            return TRUE;
    return FALSE;
}

char *usb_storage_driver_module(const char *driver)
{
    char *normal = normalize(driver);

    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++)
        if (strcmp(normal, drivers[i].driver) == 0) {
            g_free(normal);
            return g_strdup(drivers[i].module);
        }
    return normal;
}
