/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/service-manager.h"

#include <stdlib.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/audit.h"

/* The netlink socket that owns the table goes by this name in systemd's file-descriptor store. */
#define STORED_SOCKET_NAME "nftables"

/* What is in the way of a message, mostly no room, is gone in a moment, or stays for long. */
#define ATTEMPTS      10
#define INTERVAL_USEC (5 * G_TIME_SPAN_MILLISECOND)

/* @fd: goes with the message, or -1. */
static void tell(const char *state, int fd)
{
    int r = 0;

    for (guint attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (attempt > 0)
            g_usleep(INTERVAL_USEC);
        r = fd < 0 ? sd_notify(FALSE, state) : sd_pid_notify_with_fds(0, FALSE, state, &fd, 1);
        if (r >= 0)
            return;
    }
    audit_note(LOG_WARNING, "systemd cannot be told \"%s\": %s", state, g_strerror(-r));
}

void service_manager_notify(const char *state)
{
    tell(state, -1);
}

int service_manager_take_socket(void)
{
    char **names = NULL;
    int socket = -1;

    const int n = sd_listen_fds_with_names(TRUE, &names);
    for (int i = 0; i < n; i++) {
        const int fd = SD_LISTEN_FDS_START + i;
        if (socket < 0 && g_str_equal(names[i], STORED_SOCKET_NAME))
            socket = fd;
        else
            close(fd);
        free(names[i]);
    }
    free(names);
    return socket;
}

/* A socket in the store that could not be used has to go, or it might be taken for the good one at
 * the next start. */
void service_manager_keep_socket(int socket)
{
    tell("FDSTOREREMOVE=1\nFDNAME=" STORED_SOCKET_NAME, -1);
    tell("FDSTORE=1\nFDPOLL=0\nFDNAME=" STORED_SOCKET_NAME, socket);
}
