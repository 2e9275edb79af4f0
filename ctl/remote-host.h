/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other machines as --host= names them, which is as sd_bus_open_system_remote(3) takes them:
 * [USER@]HOST[:PORT], an IPv6 address in brackets. */
#pragma once

#include <glib.h>

/* The port that SSH goes to: the one that @host names, else 22. */
guint remote_host_port(const char *host);

/* What to type to get there: "ssh -p 2222 root@mfp". Free with g_free(). */
char *remote_host_ssh(const char *host);
