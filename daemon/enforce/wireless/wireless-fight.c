/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-fight.h"

#define COST_USEC (G_TIME_SPAN_SECOND / WIRELESS_FIGHT_STOPS_PER_SECOND)

void wireless_fight_note(WirelessFight *fight, WirelessUse stopped, gint64 now)
{
    if (stopped == WIRELESS_USE_NONE)
        return;
    fight->paid_until = MAX(fight->paid_until, now) + COST_USEC;
    if (now >= fight->until && fight->paid_until <= now + G_TIME_SPAN_SECOND)
        return;
    fight->uses = stopped | wireless_fight_uses(fight, now);
    fight->until = now + WIRELESS_FIGHT_PAUSE_USEC;
    /* However long it was, the account is settled with the pause. */
    fight->paid_until = MIN(fight->paid_until, fight->until);
}

WirelessUse wireless_fight_uses(const WirelessFight *fight, gint64 now)
{
    return now < fight->until ? fight->uses : WIRELESS_USE_NONE;
}
