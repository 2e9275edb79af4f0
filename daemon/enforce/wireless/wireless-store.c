/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-store.h"

#include "daemon/enforce/wireless/wireless.h"

static gboolean is_there(const WirelessStore *store)
{
    return !store->is_there || store->is_there(store->directory);
}

void wireless_store_open(WirelessStore *store)
{
    if (!store->carried && is_there(store))
        store->carried = run_record_new(store->directory, WIRELESS_CARRIED_FILE);
}

/* Without a place to keep it in, which the store of policies complains about, a block that comes
 * back after a reboot counts as somebody else's. */
void wireless_store_save(WirelessStore *store)
{
    if (store->carried && !run_record_is_saved(store->carried) && is_there(store))
        (void)run_record_save(store->carried, NULL);
}

void wireless_store_clear(WirelessStore *store)
{
    g_clear_pointer(&store->directory, g_free);
    g_clear_pointer(&store->carried, run_record_free);
}
