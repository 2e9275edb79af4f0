/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/network-namespace.h"

gboolean network_namespace_is_initial(void)
{
    return g_file_test("/proc/sys/net/core/netdev_max_backlog", G_FILE_TEST_EXISTS);
}
