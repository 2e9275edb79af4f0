/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/reporter.h"

#include "agent/bus-cleanup.h"

#define NAME      "org.secpold1"
#define ROOT      "/org/secpold1"
#define MANAGER   NAME ".Manager"
#define CALL_USEC (10 * G_USEC_PER_SEC)

struct Reporter {
    sd_event *event;
    sd_bus *bus;
    GHashTable *sent; /* setting: what was said of it */
};

static gboolean fail(GError **error, const char *what, int r, const sd_bus_error *from)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "%s: %s", what,
                from && from->message ? from->message : g_strerror(-r));
    return FALSE;
}

static sd_bus *connect_to_bus(sd_event *event, GError **error)
{
    g_autoptr(sd_bus) bus = NULL;
    const char *name;
    int r = sd_bus_open_system_with_description(&bus, "reports");
    /* The bus gives up who does not introduce himself soon; the first report may take long. */
    if (r >= 0)
        r = sd_bus_get_unique_name(bus, &name);
    /* Anybody may send to it at any time, and the bus would keep what is not read. */
    if (r >= 0)
        r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
    if (r >= 0)
        return g_steal_pointer(&bus);
    fail(error, "Cannot connect to the system bus", r, NULL);
    return NULL;
}

Reporter *reporter_new(sd_event *event, GError **error)
{
    sd_bus *bus = connect_to_bus(event, error);
    if (!bus)
        return NULL;
    Reporter *reporter = g_new0(Reporter, 1);
    reporter->event = sd_event_ref(event);
    reporter->bus = bus;
    reporter->sent = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return reporter;
}

void reporter_free(Reporter *reporter)
{
    if (!reporter)
        return;
    sd_bus_flush_close_unref(reporter->bus);
    sd_event_unref(reporter->event);
    g_hash_table_unref(reporter->sent);
    g_free(reporter);
}

void reporter_forget(Reporter *reporter)
{
    g_hash_table_remove_all(reporter->sent);
}

void reporter_forget_setting(Reporter *reporter, guint setting)
{
    g_hash_table_remove(reporter->sent, GUINT_TO_POINTER(setting));
}

static int append(sd_bus_message *call, const SettingsReport *report)
{
    const char *name = catalog_settings[report->setting].name;
    if (g_variant_is_of_type(report->value, G_VARIANT_TYPE_BOOLEAN))
        return sd_bus_message_append(call, "(svs)", name, "b", g_variant_get_boolean(report->value),
                                     report->reason);
    if (g_variant_is_of_type(report->value, G_VARIANT_TYPE_UINT32))
        return sd_bus_message_append(call, "(svs)", name, "u", g_variant_get_uint32(report->value),
                                     report->reason);
    return sd_bus_message_append(call, "(svs)", name, "s",
                                 g_variant_get_string(report->value, NULL), report->reason);
}

static gboolean is_away(const sd_bus_error *error)
{
    return sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
           sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER);
}

/* Element type SettingsReport. */
static gboolean call(Reporter *reporter, const GArray *reports, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) message = NULL;
    int r = sd_bus_message_new_method_call(reporter->bus, &message, NAME, ROOT, MANAGER,
                                           "ReportSettings");
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "(svs)");
    for (guint i = 0; r >= 0 && i < reports->len; i++)
        r = append(message, &g_array_index(reports, SettingsReport, i));
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = sd_bus_call(reporter->bus, message, CALL_USEC, &problem, NULL);
    if (r >= 0)
        return TRUE;
    reporter_forget(reporter);
    return is_away(&problem) || fail(error, "Cannot report", r, &problem);
}

static char *describe(const SettingsReport *report)
{
    g_autofree char *value = g_variant_print(report->value, TRUE);
    return g_strdup_printf("%s %s", value, report->reason);
}

/* Those that secpold does not know, from now on taken for known. Element type SettingsReport. */
static GArray *take_news(Reporter *reporter, const SettingsReport *reports, gsize n_reports)
{
    GArray *news = g_array_new(FALSE, FALSE, sizeof(SettingsReport));
    for (gsize i = 0; i < n_reports; i++) {
        gpointer key = GUINT_TO_POINTER(reports[i].setting);
        g_autofree char *text = describe(&reports[i]);
        if (g_strcmp0(g_hash_table_lookup(reporter->sent, key), text) == 0)
            continue;
        g_array_append_val(news, reports[i]);
        g_hash_table_insert(reporter->sent, key, g_steal_pointer(&text));
    }
    return news;
}

static gboolean has_setting(const SettingsReport *reports, gsize n_reports, guint setting)
{
    for (gsize i = 0; i < n_reports; i++)
        if (reports[i].setting == setting)
            return TRUE;
    return FALSE;
}

static gboolean says_less(const Reporter *reporter, const SettingsReport *reports, gsize n_reports)
{
    GHashTableIter iterator;
    gpointer key;
    g_hash_table_iter_init(&iterator, reporter->sent);
    while (g_hash_table_iter_next(&iterator, &key, NULL))
        if (!has_setting(reports, n_reports, GPOINTER_TO_UINT(key)))
            return TRUE;
    return FALSE;
}

gboolean reporter_send(Reporter *reporter, const SettingsReport *reports, gsize n_reports,
                       gboolean all, GError **error)
{
    sd_bus *old = NULL;
    if (sd_bus_is_open(reporter->bus) <= 0 || (all && says_less(reporter, reports, n_reports))) {
        sd_bus *fresh = connect_to_bus(reporter->event, error);
        if (!fresh)
            return FALSE;
        old = reporter->bus;
        reporter->bus = fresh;
        reporter_forget(reporter);
    }
    g_autoptr(GArray) news = take_news(reporter, reports, n_reports);
    const gboolean good = !news->len || call(reporter, news, error);
    /* Last of all, so that what still holds is at no time unsaid. */
    sd_bus_flush_close_unref(old);
    return good;
}
