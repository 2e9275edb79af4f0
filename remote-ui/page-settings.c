/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-settings.h"

#include "remote-ui/html.h"
#include "remote-ui/words.h"

/* More agents than secpold lets report on a setting cannot be there. */
#define MAX_REPORTS 32

static void add_report(GString *out, const char *name, GVariant *report)
{
    const char *agent;
    const char *unit;
    const char *reason;
    g_autoptr(GVariant) boxed = NULL;
    g_variant_get(report, "(&s&sv&s)", &agent, &unit, &boxed, &reason);
    /* The value may come in a variant of its own. */
    g_autoptr(GVariant) value = g_variant_is_of_type(boxed, G_VARIANT_TYPE_VARIANT)
                                    ? g_variant_get_variant(boxed)
                                    : g_variant_ref(boxed);
    g_autofree char *words = words_value(name, value);
    html_add(out, "<li><bdi class=\"agent\">%s</bdi>: <bdi>%s</bdi>", *unit ? unit : agent, words);
    if (*reason)
        html_add(out, " <span class=\"reason\"><bdi>%s</bdi></span>", reason);
    g_string_append(out, "</li>");
}

static void add_reports(GString *out, GVariant *setting)
{
    g_autoptr(GVariant) reports = facts_value(setting, "Reports", "a(ssvs)");
    const gsize n_reports = reports ? MIN(g_variant_n_children(reports), MAX_REPORTS) : 0;
    g_string_append(out, "<td role=\"cell\"><span class=\"cap\" aria-hidden=\"true\">Reported by"
                         "</span>");
    if (n_reports == 0)
        g_string_append(out, "<span class=\"quiet\">nobody</span>");
    else
        g_string_append(out, "<ul class=\"reports\">");
    for (gsize i = 0; i < n_reports; i++) {
        g_autoptr(GVariant) report = g_variant_get_child_value(reports, i);
        add_report(out, facts_string(setting, "Name"), report);
    }
    g_string_append(out, n_reports > 0 ? "</ul></td>" : "</td>");
}

static void add_setting(GString *out, GVariant *setting)
{
    const char *name = facts_string(setting, "Name");
    const char *state = facts_string(setting, "State");
    g_autoptr(GVariant) value = facts_value(setting, "Value", NULL);
    g_autofree char *words =
        facts_boolean(setting, "Locked") ? words_value(name, value) : g_strdup("not locked");
    html_add(out,
             "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">%s <code>%s</code></th>"
             "<td role=\"cell\"><span class=\"cap\" aria-hidden=\"true\">Demanded</span>"
             "<bdi>%s</bdi></td>"
             "<td role=\"cell\"><span class=\"cap\" aria-hidden=\"true\">State</span>"
             "<span class=\"setting-state\" data-state=\"%s\">%s</span></td>",
             facts_string(setting, "Label"), name, words, state, words_setting_state(state));
    add_reports(out, setting);
    g_string_append(out, "</tr>");
}

void page_settings_add(GString *out, const DeviceView *view, GVariant *item)
{
    g_autofree const char **names = facts_strings(item, "Settings");
    if (!*names)
        return;
    g_string_append(out,
                    "<table role=\"table\" class=\"settings\"><caption>Settings of other services"
                    "</caption><thead role=\"rowgroup\"><tr role=\"row\">"
                    "<th role=\"columnheader\" scope=\"col\">Setting</th>"
                    "<th role=\"columnheader\" scope=\"col\">Demanded</th>"
                    "<th role=\"columnheader\" scope=\"col\">State</th>"
                    "<th role=\"columnheader\" scope=\"col\">Reported by</th>"
                    "</tr></thead><tbody role=\"rowgroup\">");
    for (const char **name = names; *name; name++) {
        GVariant *setting = device_view_setting(view, *name);
        if (setting)
            add_setting(out, setting);
    }
    g_string_append(out, "</tbody></table>");
}
