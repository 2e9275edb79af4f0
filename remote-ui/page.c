/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page.h"

#include <string.h>

#include "daemon/config.h"

#include "remote-ui/asset.h"
#include "remote-ui/html.h"
#include "remote-ui/page-items.h"
#include "remote-ui/page-summary.h"
#include "remote-ui/template.h"
#include "remote-ui/words.h"

typedef struct Page {
    const DeviceStatus *status;
    const PageFilter *filter; /* NULL: the report */
    const char *events;
} Page;

static void fill_absence(GString *out, const Page *page)
{
    page_absence_add(out, page->status);
}

static void fill_summary(GString *out, const Page *page)
{
    page_summary_add(out, page->status);
}

static void fill_items(GString *out, const Page *page)
{
    page_items_add(out, page->status->view, page->filter,
                   page->filter ? PAGE_ITEM_PLAIN : PAGE_ITEM_OPEN);
}

static void fill_categories(GString *out, const Page *page)
{
    page_categories_add(out, page->status->view);
}

static void fill_host(GString *out, const Page *page)
{
    html_add(out, "%s", g_get_host_name());
}

static void fill_now(GString *out, const Page *page)
{
    g_autofree char *moment = words_moment(g_get_real_time());
    g_autofree char *iso = words_moment_iso(g_get_real_time());
    html_add(out, "<time datetime=\"%s\">%s</time>", iso, moment);
}

static void fill_verdict(GString *out, const Page *page)
{
    g_auto(Verdict) verdict = verdict_of(page->status);
    html_add(out, "%s", verdict.word);
}

static void fill_events(GString *out, const Page *page)
{
    html_add(out, "%s", page->events);
}

static void fill_search(GString *out, const Page *page)
{
    html_add(out, "%s", page->filter->text);
}

static void fill_icons(GString *out, const Page *page)
{
    g_string_append(out, asset_text("icons.svg"));
}

static void fill_style(GString *out, const Page *page)
{
    g_string_append(out, asset_text("page.css"));
}

static void fill_style_hash(GString *out, const Page *page)
{
    g_autofree char *hash = page_report_style_hash();
    html_add(out, "%s", hash);
}

static void fill_version(GString *out, const Page *page)
{
    const char *version = facts_string(page->status->view->manager, "Version");
    html_add(out, "%s", *version ? version : SECPOLD_VERSION);
}

static guint count_matches(const Page *page)
{
    const DeviceView *view = page->status->view;
    guint matches = 0;
    for (guint i = 0; i < view->items->len; i++)
        matches += page_filter_matches(page->filter, view, view->items->pdata[i]);
    return matches;
}

static void fill_matches(GString *out, const Page *page)
{
    html_add(out, "%u of %u items", count_matches(page), page->status->view->items->len);
}

static void fill_none(GString *out, const Page *page)
{
    if (count_matches(page) > 0)
        g_string_append(out, " hidden=\"\"");
}

/* The state of which nothing is known is no choice. */
static void fill_states(GString *out, const Page *page)
{
    for (guint i = 0; *words_item_states[i].state; i++) {
        const StateWords *words = &words_item_states[i];
        html_add(out,
                 "<label class=\"chip\" data-state=\"%s\"><input type=\"checkbox\" name=\"state\" "
                 "value=\"%s\"%s><span class=\"face\"><svg class=\"icon\" aria-hidden=\"true\">"
                 "<use href=\"#icon-%s\"></use></svg>%s "
                 "<span class=\"count\" id=\"count-%s\">%u</span></span></label>",
                 words->state, words->state, page->filter->states[i] ? " checked=\"\"" : "",
                 words->state, words->word, words->state,
                 device_view_count(page->status->view, words->state));
    }
}

static void fill_counts(GString *out, const Page *page)
{
    for (guint i = 0; *words_item_states[i].state; i++) {
        const StateWords *words = &words_item_states[i];
        html_add(out, "<div data-state=\"%s\"><dt>%s</dt><dd>%u</dd></div>", words->state,
                 words->word, device_view_count(page->status->view, words->state));
    }
}

static void fill_legend(GString *out, const Page *page)
{
    for (guint i = 0; *words_item_states[i].state; i++) {
        const StateWords *words = &words_item_states[i];
        html_add(out,
                 "<div data-state=\"%s\"><dt><span class=\"badge\"><svg class=\"icon\" "
                 "aria-hidden=\"true\"><use href=\"#icon-%s\"></use></svg>%s</span></dt>"
                 "<dd>%s</dd></div>",
                 words->state, words->state, words->word, words->explanation);
    }
}

static const struct {
    const char *name;
    void (*fill)(GString *out, const Page *page);
} gaps[] = {
    {"absence", fill_absence},
    {"categories", fill_categories},
    {"counts", fill_counts},
    {"events", fill_events},
    {"host", fill_host},
    {"icons", fill_icons},
    {"items", fill_items},
    {"legend", fill_legend},
    {"matches", fill_matches},
    {"none", fill_none},
    {"now", fill_now},
    {"search", fill_search},
    {"states", fill_states},
    {"style", fill_style},
    {"style-hash", fill_style_hash},
    {"summary", fill_summary},
    {"verdict", fill_verdict},
    {"version", fill_version},
};

static void fill_gap(GString *out, const char *name, gpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(gaps); i++)
        if (strcmp(gaps[i].name, name) == 0)
            gaps[i].fill(out, data);
}

char *page_new(const DeviceStatus *status, const PageFilter *filter, const char *events)
{
    Page page = {status, filter, events};
    GString *out = g_string_sized_new(1 << 18);
    template_fill(out, asset_text("page.html"), fill_gap, &page);
    return g_string_free(out, FALSE);
}

char *page_report_new(const DeviceStatus *status)
{
    Page page = {.status = status};
    GString *out = g_string_sized_new(1 << 18);
    template_fill(out, asset_text("report.html"), fill_gap, &page);
    return g_string_free(out, FALSE);
}

char *page_report_style_hash(void)
{
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)asset_text("page.css"), -1);
    g_checksum_get_digest(checksum, digest, &length);
    g_autofree char *encoded = g_base64_encode(digest, length);
    return g_strdup_printf("'sha256-%s'", encoded);
}

typedef struct ErrorPage {
    guint status;
    const char *title;
    const char *advice;
    const char *root;
} ErrorPage;

static void fill_error_gap(GString *out, const char *name, gpointer data)
{
    const ErrorPage *page = data;
    if (strcmp(name, "status") == 0)
        html_add(out, "%u", page->status);
    else if (strcmp(name, "title") == 0)
        html_add(out, "%s", page->title);
    else if (strcmp(name, "advice") == 0)
        html_add(out, "%s", page->advice);
    else if (strcmp(name, "root") == 0)
        html_add(out, "%s", page->root);
}

char *page_error_new(guint status, const char *title, const char *advice, const char *root)
{
    ErrorPage page = {status, title, advice, root};
    GString *out = g_string_new(NULL);
    template_fill(out, asset_text("error.html"), fill_error_gap, &page);
    return g_string_free(out, FALSE);
}
