/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is at which address, and who is answered what. */
#pragma once

#include <libsoup/soup.h>

#include "remote-ui/connections.h"
#include "remote-ui/device-watch.h"
#include "remote-ui/event-hub.h"

typedef struct Site Site;

/* Answers the requests that @server gets. The others are borrowed and outlive the site. */
Site *site_new(SoupServer *server, Connections *connections, DeviceWatch *watch, EventHub *hub);
void site_free(Site *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Site, site_free)
