/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/words.h"

#include <string.h>

void verdict_clear(Verdict *verdict)
{
    g_clear_pointer(&verdict->sentence, g_free);
}

static char *count_words(guint count, const char *one, const char *many)
{
    return g_strdup_printf("%u %s", count, count == 1 ? one : many);
}

static Verdict unknown(const DeviceStatus *status)
{
    const char *now = status->link == DEVICE_LINK_NO_BUS
                          ? "Without the system bus nothing can be said about this device."
                          : "Without secpold nothing can be said about this device; what it put in "
                            "force in the kernel goes on to hold.";
    return (Verdict){"unknown", "Not known", g_strdup(now)};
}

/* @violated and @pending are not both 0. Free with g_free(). */
static char *shortfall(const DeviceView *view, guint violated, guint pending)
{
    const guint requested = device_view_count_requested(view);
    g_autofree char *first = count_words(violated, "is violated", "are violated");
    g_autofree char *second = count_words(pending, "is pending", "are pending");
    if (requested == 1)
        return g_strdup_printf("The only item that the policy asks for is %s.",
                               violated > 0 ? "violated" : "pending");
    return g_strdup_printf("Of the %u items that the policy asks for, %s%s%s.", requested,
                           violated > 0 ? first : "", violated > 0 && pending > 0 ? " and " : "",
                           pending > 0 ? second : "");
}

static char *fulfilment(const DeviceView *view)
{
    const guint requested = device_view_count_requested(view);
    const guint partial = device_view_count(view, "partial");
    g_autofree char *but = count_words(partial, "is partial", "are partial");
    if (requested == 0)
        return g_strdup("The policy asks for nothing that this device has.");
    if (requested == 1)
        return g_strdup_printf("The only item that the policy asks for is %s.",
                               partial > 0 ? "partially in force" : "in force");
    return g_strdup_printf("All %u items that the policy asks for are in force%s%s.", requested,
                           partial > 0 ? "; " : "", partial > 0 ? but : "");
}

Verdict verdict_of(const DeviceStatus *status)
{
    const DeviceView *view = status->view;
    if (status->link != DEVICE_LINK_UP)
        return unknown(status);
    const char *state = facts_string(view->manager, "State");
    if (strcmp(state, "no-policy") == 0)
        return (Verdict){"violated", "No policy",
                         g_strdup("This device never had a policy; nothing is enforced.")};
    if (strcmp(state, "starting") == 0)
        return (Verdict){"open", "Starting",
                         g_strdup("secpold is starting; not everything has been read back yet.")};
    const guint violated = device_view_count(view, "violated");
    const guint pending = device_view_count(view, "pending");
    if (violated + pending > 0)
        return (Verdict){violated > 0 ? "violated" : "open",
                         violated > 0 ? "Not compliant" : "Not compliant yet",
                         shortfall(view, violated, pending)};
    if (strcmp(state, "enforcing") != 0)
        return (Verdict){"violated", "Not compliant",
                         g_strdup("secpold is at work, but something it relies on is not as it "
                                  "should be.")};
    return (Verdict){"compliant", "Compliant", fulfilment(view)};
}
