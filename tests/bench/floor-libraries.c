/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that opens the libraries secpold opens, and does nothing with them: the memory that is
 * their price and not secpold's. */
#include <libmnl/libmnl.h>
#include <libnftnl/table.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <glib.h>

int main(void)
{
    sd_event *event = NULL;
    struct nftnl_table *table = nftnl_table_alloc();
    struct mnl_socket *mnl = mnl_socket_open(NETLINK_NETFILTER);
    struct nl_sock *wireless = nl_socket_alloc();
    GString *text = g_string_new("libraries");

    if (!table || !mnl || !wireless || genl_connect(wireless) < 0 || !text ||
        sd_event_new(&event) < 0 || sd_notify(FALSE, "READY=1") < 0)
        return EXIT_FAILURE;
    pause();
    return EXIT_SUCCESS;
}
