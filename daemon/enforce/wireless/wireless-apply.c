/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-apply.h"

#include <errno.h>

#include "daemon/enforce/wireless/link-state.h"
#include "daemon/enforce/wireless/wireless-decision.h"

static gboolean act(const WirelessTools *tools, const WirelessAction *action, GError **error)
{
    switch (action->kind) {
    case WIRELESS_UNBLOCK_ALL:
        return rfkill_set_all(tools->rfkill, FALSE, error);
    case WIRELESS_BLOCK_ALL:
        return rfkill_set_all(tools->rfkill, TRUE, error);
    case WIRELESS_BLOCK:
        return rfkill_set(tools->rfkill, (guint32)action->object, TRUE, error);
    case WIRELESS_UNBLOCK:
        return rfkill_set(tools->rfkill, (guint32)action->object, FALSE, error);
    case WIRELESS_DELETE:
        return nl80211_delete_interface(tools->nl80211, action->object, error);
    case WIRELESS_LINK_DOWN:
        return link_state_set(tools->links, (guint32)action->object, FALSE, error);
    case WIRELESS_LINK_UP:
        return link_state_set(tools->links, (guint32)action->object, TRUE, error);
    case WIRELESS_RECORD:
        break;
    }
    return TRUE;
}

/* What is gone needs nothing any more. A radio that somebody else has just blocked stays so; but
 * unless all of @lifted, it may be secpold's own block. */
static gboolean is_over(const WirelessAction *action, gboolean lifted, const GError *error)
{
    return g_error_matches(error, NL_REQUEST_ERROR, ENODEV) ||
           g_error_matches(error, NL_REQUEST_ERROR, ENOENT) ||
           (action->kind == WIRELESS_LINK_UP && lifted &&
            g_error_matches(error, NL_REQUEST_ERROR, ERFKILL));
}

static char *describe_failure(const WirelessAction *action, const GError *error)
{
    static const char *const texts[] = {
        [WIRELESS_UNBLOCK_ALL] = "Cannot unblock radios",
        [WIRELESS_BLOCK_ALL] = "Cannot block radios",
        [WIRELESS_BLOCK] = "Cannot block a radio",
        [WIRELESS_DELETE] = "Cannot delete a wireless device",
        [WIRELESS_LINK_DOWN] = "Cannot set a wireless interface down",
        [WIRELESS_UNBLOCK] = "Cannot unblock a radio",
        [WIRELESS_LINK_UP] = "Cannot set a wireless interface up again",
        [WIRELESS_RECORD] = "",
    };

    if (action->found)
        return g_strdup_printf("%s (%s): %s", texts[action->kind], action->found, error->message);
    return g_strdup_printf("%s: %s", texts[action->kind], error->message);
}

static void note(RunRecord *record, const WirelessAction *action, WirelessMemory memory)
{
    g_autofree char *line = wireless_record_entry_to_string(&action->entry);

    if (action->memory != memory)
        return;
    if (memory == WIRELESS_REMEMBER)
        run_record_add(record, line);
    else if (memory == WIRELESS_FORGET)
        run_record_remove(record, line);
}

static void save(RunRecord *record, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;

    if (!run_record_save(record, &error))
        g_ptr_array_add(problems,
                        g_strdup_printf("What is done to radios now will not be taken back after a "
                                        "restart of secpold: %s",
                                        error->message));
}

/* Whether its memory may go. */
static gboolean do_one(const WirelessTools *tools, const WirelessAction *action, gboolean lifted,
                       GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;

    if (act(tools, action, &error) || is_over(action, lifted, error))
        return TRUE;
    g_ptr_array_add(problems, describe_failure(action, error));
    return FALSE;
}

/* The record is written first: whenever this is cut short, it names all that may have been done.
 * Others' blocks are needed again where lifting all blocks has to be done again. */
gboolean wireless_apply(const WirelessTools *tools, const GArray *actions, RunRecord *record,
                        gboolean abandon, GPtrArray *problems)
{
    gboolean complete = TRUE;

    for (guint i = 0; i < actions->len; i++)
        note(record, &g_array_index(actions, WirelessAction, i), WIRELESS_REMEMBER);
    save(record, problems);
    for (guint i = 0; i < actions->len; i++) {
        const WirelessAction *action = &g_array_index(actions, WirelessAction, i);
        const gboolean done = do_one(tools, action, complete && tools->rfkill, problems);

        if (!done && action->memory == WIRELESS_FORGET)
            complete = FALSE;
        if (abandon || (done && (complete || action->entry.deed != WIRELESS_DEED_FOREIGN)))
            note(record, action, WIRELESS_FORGET);
    }
    save(record, problems);
    return complete;
}
