/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "daemon/life-cycle-private.h"
#include "daemon/state/mount-check.h"

static gboolean is_mounted(const LifeCycle *life)
{
    return mount_check(&mount_tables_system, life->state_directory, NULL);
}

/* A store that is mounted and still not to be had is not helped by what else is mounted, which in
 * places any user may do as often as he likes. */
static int on_mounts_changed(sd_event_source *source, int fd, uint32_t revents, void *data)
{
    LifeCycle *life = data;
    const gboolean was_mounted = life->mounted;

    life->mounted = is_mounted(life);
    if (life->mounted && !was_mounted)
        life_cycle_reload(life, NULL);
    return 0;
}

void life_cycle_watch_mounts(LifeCycle *life)
{
    const int fd = open(mount_tables_system.mounted, O_RDONLY | O_CLOEXEC);

    life_cycle_ignore_mounts(life);
    if (fd < 0)
        return;
    life->mounted = is_mounted(life);
    /* The kernel tells of a change as of urgent data. */
    if (sd_event_add_io(life->event, &life->mounts, fd, EPOLLPRI, on_mounts_changed, life) < 0)
        close(fd);
    else
        sd_event_source_set_io_fd_own(life->mounts, TRUE);
}

void life_cycle_ignore_mounts(LifeCycle *life)
{
    life->mounts = sd_event_source_disable_unref(life->mounts);
}
