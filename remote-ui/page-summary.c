/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-summary.h"

#include <string.h>

#include "remote-ui/html.h"
#include "remote-ui/words.h"

void page_absence_add(GString *out, const DeviceStatus *status)
{
    g_autofree char *absence = words_absence(status);
    g_string_append(out, "<div id=\"absence\" class=\"absence\" role=\"status\">");
    if (absence)
        html_add(out,
                 "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#icon-unknown\"></use></svg>"
                 "<p><bdi>%s</bdi></p>",
                 absence);
    g_string_append(out, "</div>");
}

/* What somebody has to see to, with its reason. */
static void add_violations(GString *out, const DeviceStatus *status)
{
    const DeviceView *view = status->view;
    if (status->link != DEVICE_LINK_UP || device_view_count(view, "violated") == 0)
        return;
    g_string_append(out, "<ul class=\"violations\" aria-label=\"Violated\">");
    for (guint i = 0; i < view->items->len; i++) {
        GVariant *item = view->items->pdata[i];
        if (strcmp(facts_string(item, "State"), "violated") != 0)
            continue;
        html_add(out,
                 "<li data-state=\"violated\"><svg class=\"icon\" aria-hidden=\"true\"><use "
                 "href=\"#icon-violated\"></use></svg><p><a href=\"#%s\">%s</a> <bdi>%s</bdi></p>"
                 "</li>",
                 facts_string(item, "Key"), facts_string(item, "Label"),
                 facts_string(item, "Detail"));
    }
    g_string_append(out, "</ul>");
}

static void add_problems(GString *out, GVariant *manager)
{
    g_autofree const char **problems = facts_strings(manager, "Problems");
    if (!*problems)
        return;
    g_string_append(out, "<ul class=\"problems\" aria-label=\"Problems\">");
    for (const char **problem = problems; *problem; problem++)
        html_add(out, "<li><bdi>%s</bdi></li>", *problem);
    g_string_append(out, "</ul>");
}

static void add_deadline(GString *out, GVariant *manager)
{
    const gint64 until = (gint64)facts_number(manager, "ConfirmUntilUSec");
    if (until == 0)
        return;
    g_autofree char *moment = words_moment(until);
    html_add(out,
             "<p class=\"deadline\">This policy waits to be confirmed. Without confirmation the "
             "device goes back to the one before at %s.</p>",
             moment);
}

static void add_fact(GString *out, const char *class, const char *name, const char *text)
{
    if (*text)
        html_add(out, "<div class=\"%s\"><dt>%s</dt><dd><bdi>%s</bdi></dd></div>", class, name,
                 text);
}

static void add_moment(GString *out, const char *name, gint64 usec)
{
    g_autofree char *moment = words_moment(usec);
    g_autofree char *iso = words_moment_iso(usec);
    if (usec > 0)
        html_add(out, "<div><dt>%s</dt><dd><time datetime=\"%s\">%s</time></dd></div>", name, iso,
                 moment);
}

static const char *origin_words(const char *origin)
{
    static const struct {
        const char *origin;
        const char *words;
    } origins[] = {
        {"imported", "Imported on this device"},
        {"provisioned", "Provisioned with the device"},
        {"fallback", "Built-in fallback"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(origins); i++)
        if (strcmp(origins[i].origin, origin) == 0)
            return origins[i].words;
    return origin;
}

static void add_policy(GString *out, GVariant *manager)
{
    const guint64 serial = facts_number(manager, "PolicySerial");
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, serial);
    const char *signer = facts_string(manager, "PolicySigner");
    add_fact(out, "long", "Policy", facts_string(manager, "PolicyName"));
    add_fact(out, "", "Serial", serial > 0 ? number : "");
    add_fact(out, "", "Origin", origin_words(facts_string(manager, "PolicyOrigin")));
    add_moment(out, "Imported", (gint64)facts_number(manager, "PolicyImportedUSec"));
    add_fact(out, "", "Setting password",
             facts_boolean(manager, "PasswordSet") ? "Set" : "Not set");
    add_fact(out, "long", "Signed by", *signer ? signer : "Not signed");
    const char *digest = facts_string(manager, "PolicyDigest");
    if (*digest)
        html_add(out, "<div class=\"digest\"><dt>SHA-256</dt><dd><code>%s</code></dd></div>",
                 digest);
}

void page_summary_add(GString *out, const DeviceStatus *status)
{
    GVariant *manager = status->view->manager;
    g_auto(Verdict) verdict = verdict_of(status);
    html_add(out,
             "<section id=\"summary\" class=\"summary\" data-verdict=\"%s\" "
             "aria-labelledby=\"verdict\"><div class=\"verdict\"><svg class=\"icon\" "
             "aria-hidden=\"true\"><use href=\"#verdict-%s\"></use></svg><div>"
             "<h2 id=\"verdict\">%s</h2><p id=\"verdict-sentence\">%s</p></div></div>",
             verdict.kind, verdict.kind, verdict.word, verdict.sentence);
    add_violations(out, status);
    add_problems(out, manager);
    add_deadline(out, manager);
    if (*facts_string(manager, "PolicyOrigin")) {
        g_string_append(out, "<dl class=\"facts policy\">");
        add_policy(out, manager);
        g_string_append(out, "</dl>");
    }
    g_string_append(out, "</section>");
}
