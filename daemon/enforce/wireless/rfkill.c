/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/rfkill.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rfkill.h>
#include <unistd.h>

#include "daemon/enforce/sysfs.h"

#define DEVICE_PATH  "/dev/rfkill"
#define CLASS_FOLDER "/sys/class/rfkill"

/* Events read in one go, so that a flood cannot hold up the event loop. */
#define MAX_READS 1024

struct Rfkill {
    int fd;
    RfkillTable *table;
};

gboolean rfkill_is_there(void)
{
    return g_file_test(CLASS_FOLDER, G_FILE_TEST_IS_DIR);
}

Rfkill *rfkill_new(GError **error)
{
    const int fd = open(DEVICE_PATH, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        const int number = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "%s: %s", DEVICE_PATH,
                    g_strerror(number));
        return NULL;
    }
    Rfkill *rfkill = g_new0(Rfkill, 1);
    rfkill->fd = fd;
    rfkill->table = rfkill_table_new();
    rfkill_read_waiting(rfkill);
    return rfkill;
}

void rfkill_free(Rfkill *rfkill)
{
    if (!rfkill)
        return;
    close(rfkill->fd);
    rfkill_table_free(rfkill->table);
    g_free(rfkill);
}

int rfkill_fd(const Rfkill *rfkill)
{
    return rfkill->fd;
}

gboolean rfkill_read_waiting(Rfkill *rfkill)
{
    struct rfkill_event event;
    gboolean changed = FALSE;

    for (guint reads = 0; reads < MAX_READS; reads++) {
        const ssize_t length = read(rfkill->fd, &event, RFKILL_EVENT_SIZE_V1);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break;
        changed = rfkill_table_apply(rfkill->table, &event, (gsize)length) || changed;
    }
    return changed;
}

const RfkillTable *rfkill_table(const Rfkill *rfkill)
{
    return rfkill->table;
}

static gboolean hand_over(Rfkill *rfkill, const struct rfkill_event *event, GError **error)
{
    if (write(rfkill->fd, event, RFKILL_EVENT_SIZE_V1) == RFKILL_EVENT_SIZE_V1)
        return TRUE;
    const int number = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "%s: %s", DEVICE_PATH,
                g_strerror(number));
    return FALSE;
}

gboolean rfkill_set(Rfkill *rfkill, guint32 index, gboolean blocked, GError **error)
{
    const struct rfkill_event event = {
        .idx = index,
        .type = RFKILL_TYPE_WLAN,
        .op = RFKILL_OP_CHANGE,
        .soft = blocked ? 1 : 0,
    };
    return hand_over(rfkill, &event, error);
}

gboolean rfkill_set_all(Rfkill *rfkill, gboolean blocked, GError **error)
{
    const struct rfkill_event event = {
        .type = RFKILL_TYPE_WLAN,
        .op = RFKILL_OP_CHANGE_ALL,
        .soft = blocked ? 1 : 0,
    };
    return hand_over(rfkill, &event, error);
}

gboolean rfkill_blocks_at_first(void)
{
    g_autofree char *state = sysfs_read("/sys/module/rfkill/parameters/default_state");
    return g_strcmp0(state, "0") == 0;
}
