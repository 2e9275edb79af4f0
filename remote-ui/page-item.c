/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-item.h"

#include <string.h>

#include "remote-ui/html.h"
#include "remote-ui/page-ports.h"
#include "remote-ui/page-settings.h"
#include "remote-ui/words.h"

/* The caption is what a column heading is where there are columns; a screen reader has that. */
static void open_cell(GString *out, const char *class, const char *caption)
{
    html_add(out,
             "<td role=\"cell\" class=\"%s\"><span class=\"cap\" aria-hidden=\"true\">%s</span>",
             class, caption);
}

static void add_parameters(GString *out, GVariant *item)
{
    g_autoptr(GVariant) parameters = facts_value(item, "Parameters", "a{sv}");
    for (gsize i = 0; parameters && i < g_variant_n_children(parameters); i++) {
        const char *key;
        g_autoptr(GVariant) value = NULL;
        g_autoptr(GVariant) entry = g_variant_get_child_value(parameters, i);
        g_variant_get(entry, "{&sv}", &key, &value);
        g_autofree char *words = words_value(key, value);
        html_add(out, "<span class=\"parameter\">%s: <bdi>%s</bdi></span>", words_parameter(key),
                 words);
    }
}

static void add_requested(GString *out, GVariant *item)
{
    open_cell(out, "requested", "Requested");
    if (*facts_string(item, "State") == '\0') {
        g_string_append(out, "<span class=\"quiet\">Not known</span>");
    } else if (!facts_boolean(item, "Requested")) {
        g_string_append(out, "<span class=\"quiet\">Not requested</span>");
    } else {
        g_autoptr(GVariant) value = facts_value(item, "Value", NULL);
        g_autofree char *words = words_value(facts_string(item, "Key"), value);
        html_add(out, "<bdi>%s</bdi>", words);
        add_parameters(out, item);
    }
    g_string_append(out, "</td>");
}

static void add_state(GString *out, const char *state)
{
    open_cell(out, "state", "State");
    html_add(out,
             "<span class=\"badge\"><svg class=\"icon\" aria-hidden=\"true\"><use "
             "href=\"#icon-%s\"></use></svg>%s</span></td>",
             *state ? state : "unknown", words_item_state(state));
}

static void add_verified(GString *out, GVariant *item)
{
    const char *by = facts_string(item, "VerifiedBy");
    const gint64 usec = (gint64)facts_number(item, "VerifiedUSec");
    open_cell(out, "verified", "Last verified");
    if (*by == '\0') {
        g_string_append(out, "<span class=\"quiet\">Not verified</span></td>");
        return;
    }
    g_autofree char *moment = words_moment(usec);
    g_autofree char *iso = words_moment_iso(usec);
    html_add(out, "<span class=\"by\">%s</span> ", words_verified_by(by));
    if (usec > 0)
        html_add(out, "<time datetime=\"%s\">%s</time>", iso, moment);
    g_string_append(out, "</td>");
}

static void add_fact(GString *out, const char *name, const char *text)
{
    html_add(out, "<dt>%s</dt><dd><bdi>%s</bdi></dd>", name, text);
}

static void add_details(GString *out, const DeviceView *view, GVariant *item, gboolean open)
{
    html_add(out, "<details%s><summary>Details<span class=\"vh\"> of %s</span></summary>",
             open ? " open=\"\"" : "", facts_string(item, "Label"));
    g_string_append(out, "<dl class=\"facts\">");
    add_fact(out, "What it does", facts_string(item, "Description"));
    add_fact(out, "Consequence", facts_string(item, "Consequence"));
    html_add(out, "<dt>Policy key</dt><dd><code>%s</code></dd></dl>", facts_string(item, "Key"));
    page_settings_add(out, view, item);
    g_string_append(out, "</details>");
}

/* An item that nobody asks for, or that is not there, closes nothing and has blocked nothing. */
static gboolean closes_its_ports(GVariant *item)
{
    const char *state = facts_string(item, "State");
    return strcmp(state, "off") != 0 && strcmp(state, "not-available") != 0;
}

static void add_ports(GString *out, GVariant *item)
{
    g_autofree char *ports = page_ports_words(item);
    if (!ports)
        return;
    if (!closes_its_ports(item)) {
        html_add(out, "<p class=\"ports quiet\">Would close <span class=\"numbers\">%s</span></p>",
                 ports);
        return;
    }
    g_autofree char *blocked = page_ports_blocked(item);
    html_add(
        out,
        "<p class=\"ports\"><span class=\"numbers\">%s</span> <span class=\"%s\">%s</span></p>",
        ports, facts_number(item, "BlockedPackets") > 0 ? "blocked" : "quiet", blocked);
}

void page_item_add(GString *out, const DeviceView *view, GVariant *item, PageItemFlags flags)
{
    const char *key = facts_string(item, "Key");
    const char *state = facts_string(item, "State");
    const char *detail = facts_string(item, "Detail");
    html_add(out, "<tr role=\"row\" class=\"item\" id=\"%s\" data-state=\"%s\"%s>", key, state,
             flags & PAGE_ITEM_HIDDEN ? " hidden=\"\"" : "");
    html_add(out, "<th role=\"rowheader\" scope=\"row\" class=\"name\"><a href=\"#%s\">%s</a></th>",
             key, facts_string(item, "Label"));
    add_requested(out, item);
    add_state(out, state);
    add_verified(out, item);
    g_string_append(out, "<td role=\"cell\" class=\"more\">");
    if (*detail)
        html_add(out, "<p class=\"detail\"><bdi>%s</bdi></p>", detail);
    add_ports(out, item);
    add_details(out, view, item, (flags & PAGE_ITEM_OPEN) != 0);
    g_string_append(out, "</td></tr>");
}
