/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink socket through which nftables is asked and changed. A table that was made with the
 * owner flag belongs to this very socket: it must live as long as secpold, and longer (systemd
 * keeps it across a restart).
 */
#pragma once

#include "daemon/enforce/firewall/nft-batch.h"

/* Errors that the kernel gave back; the code is its errno. No answer in time is ETIMEDOUT. */
#define NFT_ERROR (nft_error_quark())
GQuark nft_error_quark(void);

typedef struct NftSocket NftSocket;

/* @stored_fd: a socket of an earlier secpold, or -1; taken over, and closed where it cannot serve
 * (another kind of socket, or another network namespace); answers left over in it are thrown
 * away. */
NftSocket *nft_socket_new(int stored_fd, GError **error);
void nft_socket_free(NftSocket *nft_socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftSocket, nft_socket_free)

int nft_socket_fd(const NftSocket *nft_socket); /* stays owned by the socket */

/* By this the kernel knows the owner of a table and the author of a change. */
guint32 nft_socket_port_id(const NftSocket *nft_socket);

/* Called for each message of an answer. */
typedef void (*NftSocketVisit)(const struct nlmsghdr *message, gpointer data);

/* Sends @request (its sequence number is set here) and visits the answers. With @ret_interrupted,
 * whether the ruleset changed while it was being listed, so that the answers may not fit together.
 * It is only ever set to TRUE. */
gboolean nft_socket_query(NftSocket *nft_socket, struct nlmsghdr *request, NftSocketVisit visit,
                          gpointer data, gboolean *ret_interrupted, GError **error);

/* Sends the batch and waits for the kernel's answer. On failure nothing in the kernel has changed,
 * except after ETIMEDOUT and ENOBUFS, when nobody knows. */
gboolean nft_socket_commit(NftSocket *nft_socket, NftBatch *batch, GError **error);
