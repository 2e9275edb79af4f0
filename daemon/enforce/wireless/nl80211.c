/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/nl80211.h"

#include <errno.h>
#include <netlink/genl/genl.h>

#include "daemon/enforce/genl-family.h"
#include "daemon/enforce/nl-request.h"

/* There as soon as the kernel has wireless devices. */
#define CLASS_FOLDER "/sys/class/ieee80211"

/* A table that changes during every one of so many readings is changing for good. */
#define MAX_READINGS 8

struct Nl80211 {
    NlSocket *nl;
    guint16 family;
};

/* What a dump is collected into. */
typedef struct Collection {
    GArray *objects;
    gboolean (*parse)(struct nlmsghdr *message, gpointer ret);
    gpointer object; /* room for one */
    gboolean too_many;
} Collection;

gboolean nl80211_is_there(void)
{
    return g_file_test(CLASS_FOLDER, G_FILE_TEST_IS_DIR);
}

Nl80211 *nl80211_new(GError **error)
{
    g_autoptr(Nl80211) nl80211 = g_new0(Nl80211, 1);
    GenlFamily family;

    if (!nl80211_is_there()) {
        g_set_error_literal(error, NL_REQUEST_ERROR, ENOENT, "This kernel has no wireless devices");
        return NULL;
    }
    nl80211->nl = nl_request_open(NETLINK_GENERIC, error);
    if (!nl80211->nl || !genl_family_find(nl80211->nl, NL80211_GENL_NAME, NULL, &family, error))
        return NULL;
    nl80211->family = family.id;
    return g_steal_pointer(&nl80211);
}

void nl80211_free(Nl80211 *nl80211)
{
    if (!nl80211)
        return;
    nl_socket_discard(nl80211->nl);
    g_free(nl80211);
}

static NlMessage *request_new(const Nl80211 *nl80211, guint8 command, int flags)
{
    g_autoptr(NlMessage) request = nlmsg_alloc();

    g_assert(request);
    genlmsg_put(request, NL_AUTO_PORT, NL_AUTO_SEQ, nl80211->family, 0, flags, command, 0);
    return g_steal_pointer(&request);
}

static void collect(struct nlmsghdr *message, gpointer data)
{
    Collection *collection = data;

    if (!collection->parse(message, collection->object))
        return;
    if (collection->objects->len < NL80211_MAX_OBJECTS)
        g_array_append_vals(collection->objects, collection->object, 1);
    else
        collection->too_many = TRUE;
}

static gboolean dump(Nl80211 *nl80211, NlMessage *request, Collection *collection, GError **error)
{
    for (guint reading = 1;; reading++) {
        g_autoptr(GError) refusal = NULL;

        g_array_set_size(collection->objects, 0);
        if (nl_request_run(nl80211->nl, request, collect, collection, &refusal))
            break;
        if (reading < MAX_READINGS && g_error_matches(refusal, NL_REQUEST_ERROR, EAGAIN))
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&refusal),
                                   "Cannot list wireless devices: ");
        return FALSE;
    }
    if (!collection->too_many)
        return TRUE;
    g_set_error(error, NL_REQUEST_ERROR, E2BIG, "There are more than %u wireless devices",
                NL80211_MAX_OBJECTS);
    return FALSE;
}

static gboolean parse_wiphy(struct nlmsghdr *message, gpointer ret)
{
    return nl80211_message_parse_wiphy(message, ret);
}

static gboolean parse_interface(struct nlmsghdr *message, gpointer ret)
{
    return nl80211_message_parse_interface(message, ret);
}

/* The description of a radio comes in many messages, each of which says whose it is. */
static void remove_repetitions(GArray *wiphys)
{
    guint kept = 0;

    for (guint i = 0; i < wiphys->len; i++) {
        const WirelessWiphy wiphy = g_array_index(wiphys, WirelessWiphy, i);
        if (kept > 0 && g_array_index(wiphys, WirelessWiphy, kept - 1).radio == wiphy.radio)
            continue;
        g_array_index(wiphys, WirelessWiphy, kept++) = wiphy;
    }
    g_array_set_size(wiphys, kept);
}

GArray *nl80211_dump_wiphys(Nl80211 *nl80211, GError **error)
{
    g_autoptr(GArray) wiphys = g_array_new(FALSE, FALSE, sizeof(WirelessWiphy));
    g_autoptr(NlMessage) request = request_new(nl80211, NL80211_CMD_GET_WIPHY, NLM_F_DUMP);
    WirelessWiphy room;
    Collection collection = {.objects = wiphys, .parse = parse_wiphy, .object = &room};

    /* Without, the kernel has to fit all about a radio into one message, and some do not fit. */
    nla_put_flag(request, NL80211_ATTR_SPLIT_WIPHY_DUMP);
    if (!dump(nl80211, request, &collection, error))
        return NULL;
    remove_repetitions(wiphys);
    return g_steal_pointer(&wiphys);
}

GArray *nl80211_dump_interfaces(Nl80211 *nl80211, GError **error)
{
    g_autoptr(GArray) interfaces = g_array_new(FALSE, FALSE, sizeof(WirelessInterface));
    g_autoptr(NlMessage) request = request_new(nl80211, NL80211_CMD_GET_INTERFACE, NLM_F_DUMP);
    WirelessInterface room;
    Collection collection = {.objects = interfaces, .parse = parse_interface, .object = &room};

    return dump(nl80211, request, &collection, error) ? g_steal_pointer(&interfaces) : NULL;
}

gboolean nl80211_read_interface(Nl80211 *nl80211, guint32 interface, WirelessInterface *ret,
                                GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(WirelessInterface));
    g_autoptr(NlMessage) request = request_new(nl80211, NL80211_CMD_GET_INTERFACE, 0);
    WirelessInterface room;
    Collection collection = {.objects = found, .parse = parse_interface, .object = &room};

    nla_put_u32(request, NL80211_ATTR_IFINDEX, interface);
    if (!nl_request_run(nl80211->nl, request, collect, &collection, error))
        return FALSE;
    if (found->len != 1) {
        g_set_error(error, NL_REQUEST_ERROR, EPROTO,
                    "The kernel's answer on interface %u is not about one wireless device",
                    interface);
        return FALSE;
    }
    *ret = g_array_index(found, WirelessInterface, 0);
    return TRUE;
}

gboolean nl80211_delete_interface(Nl80211 *nl80211, guint64 wdev, GError **error)
{
    g_autoptr(NlMessage) request = request_new(nl80211, NL80211_CMD_DEL_INTERFACE, 0);

    nla_put_u64(request, NL80211_ATTR_WDEV, wdev);
    return nl_request_run(nl80211->nl, request, NULL, NULL, error);
}
