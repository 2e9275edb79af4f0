/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/listeners.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gio/gunixsocketaddress.h>
#include <systemd/sd-daemon.h>

GPtrArray *listeners_from_systemd(GError **error)
{
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(g_object_unref);
    const int n = sd_listen_fds(TRUE);
    for (int i = 0; i < n; i++) {
        GSocket *socket = g_socket_new_from_fd(SD_LISTEN_FDS_START + i, error);
        if (!socket) {
            g_prefix_error(error, "What systemd passed on is no socket to listen on: ");
            return NULL;
        }
        g_ptr_array_add(sockets, socket);
    }
    return g_steal_pointer(&sockets);
}

static GSocketAddress *loopback_address(const char *text, GError **error)
{
    g_autoptr(GSocketConnectable) parsed = g_network_address_parse(text, 0, error);
    if (!parsed)
        return NULL;
    const char *host = g_network_address_get_hostname(G_NETWORK_ADDRESS(parsed));
    const guint16 port = g_network_address_get_port(G_NETWORK_ADDRESS(parsed));
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    if (address && port > 0 && g_inet_address_get_is_loopback(address))
        return g_inet_socket_address_new(address, port);
    g_set_error(
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s: give 127.0.0.1:PORT, [::1]:PORT or the path of a Unix socket. To show the page "
        "to others, have the device's web server pass requests on; see "
        "secpol-remote-ui(8)",
        text);
    return NULL;
}

static GSocketAddress *address_from_text(const char *text, GError **error)
{
    if (*text != '/')
        return loopback_address(text, error);
    struct stat status;
    if (lstat(text, &status) == 0 && S_ISSOCK(status.st_mode))
        unlink(text);
    return g_unix_socket_address_new(text);
}

static GSocket *listen_at(const char *text, GError **error)
{
    g_autoptr(GSocketAddress) address = address_from_text(text, error);
    if (!address)
        return NULL;
    g_autoptr(GSocket) socket =
        g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
                     G_SOCKET_PROTOCOL_DEFAULT, error);
    if (socket && g_socket_bind(socket, address, TRUE, error) && g_socket_listen(socket, error))
        return g_steal_pointer(&socket);
    g_prefix_error(error, "Cannot listen on %s: ", text);
    return NULL;
}

GPtrArray *listeners_from_addresses(const char *const *addresses, GError **error)
{
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(g_object_unref);
    for (; addresses && *addresses; addresses++) {
        GSocket *socket = listen_at(*addresses, error);
        if (!socket)
            return NULL;
        g_ptr_array_add(sockets, socket);
    }
    return g_steal_pointer(&sockets);
}
