/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/report.h"

#include "ctl/item-text.h"

#include "daemon/policy/catalog.h"

#include <string.h>

static const char page_head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>Printer security policy: report</title>\n"
    "<style>\n"
    ":root { --line: #bbb; --good: #176b2c; --open: #7a4b00; --bad: #a8071a; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --line: #555; --good: #6fd08a; --open: #f0b95a; --bad: #ff8f8f; }\n"
    "}\n"
    "body { font: 1rem/1.45 system-ui, sans-serif; max-width: 75rem; margin: 1.5rem auto; "
    "padding: 0 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; "
    "border-bottom: 1px solid var(--line); overflow-wrap: break-word; }\n"
    "td[data-label=State] { white-space: nowrap; }\n"
    "td[data-label=Value] { min-width: 7rem; }\n"
    "td[data-label=Evidence] { min-width: 13rem; }\n"
    "thead th { border-bottom-width: 2px; }\n"
    "th[scope=row] { font-weight: normal; }\n"
    "th[scope=colgroup] { padding-top: 1.4rem; font-size: 1.1rem; }\n"
    "code { font-size: .9em; }\n"
    ".enforced, .confirmed { color: var(--good); font-weight: bold; }\n"
    ".partial, .pending, .unconfirmed { color: var(--open); font-weight: bold; }\n"
    ".violated, .contradicted { color: var(--bad); font-weight: bold; }\n"
    "@media (max-width: 45rem) {\n"
    "  thead { position: absolute; left: -99rem; }\n"
    "  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }\n"
    "  td, th { display: block; border: 0; padding: 0; overflow-wrap: anywhere; }\n"
    "  td[data-label]::before { content: attr(data-label) \": \"; font-weight: normal; }\n"
    "  td:empty { display: none; }\n"
    "}\n"
    "@media print { body { max-width: none; margin: 0; font-size: 9pt; } "
    "thead { display: table-header-group; } tr { break-inside: avoid; } }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<main>\n"
    "<h1>Printer security policy: report</h1>\n";

/* Text from a bus or a document as text in a page. Free with g_free(). */
static char *escape(const char *text)
{
    g_autofree char *safe = terminal_escape(text);
    return g_markup_escape_text(safe, -1);
}

/* @label stands over the column, or before the text where there is no room for columns. */
static void append_cell(GString *out, const char *label, const char *class, const char *text)
{
    g_autofree char *escaped = escape(text);
    g_string_append_printf(out, "<td data-label=\"%s\"%s%s%s>%s</td>", label,
                           class ? " class=\"" : "", class ? class : "", class ? "\"" : "",
                           escaped);
}

/* @name, and below it what it is called in the trade. */
static void append_name(GString *out, const char *name, const char *label)
{
    g_autofree char *escaped_name = escape(name);
    g_autofree char *escaped_label = escape(label);
    g_string_append_printf(out, "<th scope=\"row\">%s<br><code>%s</code></th>", escaped_label,
                           escaped_name);
}

static void append_head(GString *out, const Report *report)
{
    g_auto(ReportHead) head = {};
    report_head_fill(report, &head);
    g_string_append(out, "<table>\n<tbody>\n");
    for (gsize i = 0; i < REPORT_HEAD_LINES; i++) {
        g_string_append_printf(out, "<tr><th scope=\"row\">%s</th>", head.names[i]);
        g_autofree char *value = escape(head.values[i]);
        g_string_append_printf(out, "<td>%s</td></tr>\n", value);
    }
    g_string_append(out, "</tbody>\n</table>\n");
}

/* The states are secpold's own words, and none of another set gets into the page as a class. */
static const char *class_of(const char *state)
{
    return state_to_color(state) == COLOR_NONE ? NULL : state;
}

/* What rows of items and of settings have in common. */
static void begin_row(GString *out, JsonObject *object, const char *name, const char *value_label,
                      const char *value)
{
    const char *state = json_get_string(object, "State");
    g_string_append(out, "<tr>");
    append_name(out, name, json_get_string(object, "Label"));
    append_cell(out, value_label, NULL, value);
    append_cell(out, "State", class_of(state), state);
}

static void append_item(GString *out, JsonObject *item)
{
    g_autofree char *value = item_request_to_text(item);
    g_autofree char *evidence = report_evidence(item);
    begin_row(out, item, json_get_string(item, "Key"), "Value", value);
    append_cell(out, "Evidence", NULL, evidence);
    append_cell(out, "Detail", NULL, json_get_string(item, "Detail"));
    g_string_append(out, "</tr>\n");
}

static void append_items(GString *out, JsonArray *items)
{
    const char *category = "";
    g_string_append(out, "<h2>Items</h2>\n<table>\n<thead><tr><th scope=\"col\">Item</th>"
                         "<th scope=\"col\">Value</th><th scope=\"col\">State</th>"
                         "<th scope=\"col\">Evidence</th><th scope=\"col\">Detail</th></tr>"
                         "</thead>\n");
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        const char *next = json_get_string(item, "Category");
        if (strcmp(next, category) != 0) {
            g_autofree char *title = escape(category_display_label(next));
            g_string_append_printf(out,
                                   "%s<tbody>\n<tr><th scope=\"colgroup\" colspan=\"5\">%s</th>"
                                   "</tr>\n",
                                   i > 0 ? "</tbody>\n" : "", title);
            category = next;
        }
        append_item(out, item);
    }
    g_string_append(out, "</tbody>\n</table>\n");
}

static void append_setting(GString *out, JsonObject *setting)
{
    const char *name = json_get_string(setting, "Name");
    g_autofree char *value = item_value_to_text(name, json_object_get_member(setting, "Value"));
    g_autofree char *answers = report_answers(setting);
    begin_row(out, setting, name, "Locked to", value);
    append_cell(out, "Agents", NULL, answers);
    g_string_append(out, "</tr>\n");
}

static void append_settings(GString *out, JsonArray *settings)
{
    g_string_append(out, "<h2>Locked settings</h2>\n<table>\n<thead><tr><th scope=\"col\">Setting"
                         "</th><th scope=\"col\">Locked to</th><th scope=\"col\">State</th>"
                         "<th scope=\"col\">Agents</th></tr></thead>\n<tbody>\n");
    for (guint i = 0; i < json_array_get_length(settings); i++) {
        JsonObject *setting = json_object_at(settings, i);
        if (json_get_boolean(setting, "Locked")) {
            append_setting(out, setting);
        }
    }
    g_string_append(out, "</tbody>\n</table>\n");
}

char *report_to_html(const Report *report)
{
    GString *out = g_string_new(page_head);
    append_head(out, report);
    append_items(out, report->items);
    append_settings(out, report->settings);
    g_string_append(out, "</main>\n</body>\n</html>\n");
    return g_string_free(out, FALSE);
}
