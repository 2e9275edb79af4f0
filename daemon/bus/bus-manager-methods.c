/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-manager-methods.h"

#include <errno.h>
#include <inttypes.h>

#include "daemon/bus/bus-error.h"
#include "daemon/bus/bus-value.h"
#include "daemon/enforce/consequences/consequences.h"
#include "daemon/policy/policy-document.h"
#include "daemon/policy/text.h"

/* More than there are settings, so that an agent can report on all of them at once. */
#define MAX_CLAIMS 256
/* Calls of Verify that one pass serves; with more waiting it is made at once. */
#define MAX_VERIFYING 256

static Reconciler *reconciler_of(const BusManager *manager)
{
    return manager_reconciler(manager->context->manager);
}

static int append_item(sd_bus_message *reply, const BusManager *manager, guint item)
{
    const Reconciler *reconciler = reconciler_of(manager);
    const CatalogItem *row = &catalog_items[item];
    g_autofree char *label = catalog_item_display_label(row);

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_STRUCT, "sssvs");
    if (r >= 0)
        r = sd_bus_message_append(reply, "sss", row->key, label, category_to_string(row->category));
    if (r >= 0)
        r = bus_value_append_variant(reply, reconciler_plan(reconciler)->items[item].value);
    if (r >= 0)
        r = sd_bus_message_append(reply, "s",
                                  item_state_to_string(reconciler_item(reconciler, item)->state));
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_manager_list_items(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    g_autoptr(sd_bus_message) reply = NULL;

    int r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(sssvs)");
    for (guint i = 0; r >= 0 && i < CATALOG_N_ITEMS; i++)
        r = append_item(reply, data, i);
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int append_refusal(sd_bus_message *reply, const BlockedRefusal *refusal)
{
    char source[INET6_ADDRSTRLEN];
    char destination[INET6_ADDRSTRLEN];
    /* The kernel takes nearly any bytes for a name, D-Bus takes only UTF-8. */
    g_autofree char *interface = text_sanitize(refusal->interface, 3 * IF_NAMESIZE);

    packet_summary_source(&refusal->packet, source);
    packet_summary_destination(&refusal->packet, destination);
    return sd_bus_message_append(reply, "(tsssqsqs)", refusal->realtime_usec, refusal->item->key,
                                 packet_summary_protocol_name(refusal->packet.protocol), source,
                                 refusal->packet.source_port, destination,
                                 refusal->packet.destination_port, interface);
}

int bus_manager_list_blocked(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    const BlockedLog *log = manager->context->blocked_log;
    const char *problem = blocked_log_problem(log);
    g_autoptr(sd_bus_message) reply = NULL;
    guint32 limit;

    int r = sd_bus_message_read(message, "u", &limit);
    if (r < 0)
        return r;
    if (problem)
        return sd_bus_error_set(ret_error, SD_BUS_ERROR_FAILED, problem);

    const guint count = blocked_log_count(log);
    const guint wanted = limit == 0 ? count : MIN(limit, count);
    r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(tsssqsqs)");
    for (guint age = 0; r >= 0 && age < wanted; age++)
        r = append_refusal(reply, blocked_log_get(log, age));
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int reply_diagnostics(sd_bus_message *message, const Diagnostics *diagnostics)
{
    g_autoptr(sd_bus_message) reply = NULL;

    int r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(usss)");
    for (guint i = 0; r >= 0 && i < diagnostics->list->len; i++) {
        const Diagnostic *diagnostic = g_ptr_array_index(diagnostics->list, i);
        r = sd_bus_message_append(reply, "(usss)", diagnostic->line,
                                  diagnostic_severity_to_string(diagnostic->severity),
                                  diagnostic->key, diagnostic->message);
    }
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int bus_manager_validate(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const char *document;
    gsize length;

    const int r = bus_value_read_document(message, &document, &length);
    if (r < 0)
        return r;

    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(document, length, diagnostics);
    return reply_diagnostics(message, diagnostics);
}

static int append_change(sd_bus_message *reply, const PlanChange *change, GStrv consequences)
{
    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_STRUCT, "svvas");
    if (r >= 0)
        r = sd_bus_message_append(reply, "s", catalog_items[change->item].key);
    if (r >= 0)
        r = bus_value_append_variant(reply, change->from);
    if (r >= 0)
        r = bus_value_append_variant(reply, change->to);
    if (r >= 0)
        r = sd_bus_message_append_strv(reply, consequences);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reply_changes(sd_bus_message *message, const GPtrArray *changes, const Plan *to)
{
    g_autoptr(sd_bus_message) reply = NULL;

    int r = sd_bus_message_new_method_return(message, &reply);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(svvas)");
    for (guint i = 0; r >= 0 && i < changes->len; i++) {
        const PlanChange *change = g_ptr_array_index(changes, i);
        g_auto(GStrv) consequences = consequences_of_change(change, to);
        r = append_change(reply, change, consequences);
    }
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int bus_manager_diff(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    const char *document;
    gsize length;

    const int r = bus_value_read_document(message, &document, &length);
    if (r < 0)
        return r;

    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = NULL;
    g_autoptr(GPtrArray) changes =
        manager_diff(manager->context->manager, document, length, &plan, &error);
    return changes ? reply_changes(message, changes, plan) : bus_error_set(ret_error, error);
}

static void verify_now(BusManager *manager)
{
    manager->verify = sd_event_source_disable_unref(manager->verify);
    reconciler_verify(reconciler_of(manager));
    for (guint i = 0; i < manager->verifying->len; i++)
        sd_bus_reply_method_return(g_ptr_array_index(manager->verifying, i), NULL);
    g_ptr_array_set_size(manager->verifying, 0);
}

static int on_verify(sd_event_source *source, void *data)
{
    verify_now(data);
    return 0;
}

/* Everybody may ask, as often as they like. So one pass serves all who have asked when it begins,
 * and other calls go before it. */
int bus_manager_verify(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    BusManager *manager = data;

    g_ptr_array_add(manager->verifying, sd_bus_message_ref(message));
    if (manager->verifying->len >= MAX_VERIFYING) {
        verify_now(manager);
        return 1;
    }
    if (manager->verify)
        return 1;

    sd_event *event = sd_bus_get_event(sd_bus_message_get_bus(message));
    int r = sd_event_add_defer(event, &manager->verify, on_verify, manager);
    if (r >= 0)
        r = sd_event_source_set_priority(manager->verify, SD_EVENT_PRIORITY_IDLE);
    if (r < 0)
        verify_now(manager);
    return 1;
}

static void claim_clear(SettingsClaim *claim)
{
    g_variant_unref(claim->value);
}

/* 1 for a claim, 0 at the end of the array, negative errno or the code of *ret_error otherwise. */
static int read_claim(sd_bus_message *message, SettingsClaim *ret_claim, sd_bus_error *ret_error)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) value = NULL;
    const char *setting;
    const char *reason;

    int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_STRUCT, "svs");
    if (r <= 0)
        return r;
    r = sd_bus_message_read(message, "s", &setting);
    if (r < 0)
        return r;
    value = bus_value_read_variant(message, &error);
    if (!value)
        return bus_error_set(ret_error, error);
    r = sd_bus_message_read(message, "s", &reason);
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (r < 0)
        return r;
    *ret_claim = (SettingsClaim){setting, g_steal_pointer(&value), reason};
    return 1;
}

static int read_claims(sd_bus_message *message, GArray *claims, sd_bus_error *ret_error)
{
    int r = sd_bus_message_rewind(message, TRUE);
    if (r >= 0)
        r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "(svs)");
    if (r < 0)
        return r;

    SettingsClaim claim;
    while ((r = read_claim(message, &claim, ret_error)) > 0) {
        g_array_append_val(claims, claim);
        if (claims->len > MAX_CLAIMS)
            return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                     "More than %d reports in one call", MAX_CLAIMS);
    }
    return r;
}

static GArray *claims_new(void)
{
    GArray *claims = g_array_new(FALSE, FALSE, sizeof(SettingsClaim));
    g_array_set_clear_func(claims, (GDestroyNotify)claim_clear);
    return claims;
}

static int file_claims(sd_bus_message *message, const BusManager *manager, const BusCaller *caller,
                       sd_bus_error *ret_error)
{
    g_autoptr(GArray) claims = claims_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = bus_names_owned_by(manager->names, caller->connection);
    const SettingsAgent agent = {caller->connection, caller->unit, (const char *const *)names,
                                 caller->uid};

    const int r = read_claims(message, claims, ret_error);
    if (r < 0)
        return r;
    if (!reconciler_report(reconciler_of(manager), &agent, (const SettingsClaim *)claims->data,
                           claims->len, &error))
        return bus_error_set(ret_error, error);
    return sd_bus_reply_method_return(message, NULL);
}

/* Runs when it is known who reports; sends the reply, whatever it is. */
static int on_reporter_known(sd_bus_message *message, const BusCaller *caller,
                             const sd_bus_error *failure, gpointer data)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    int r;

    if (!caller)
        r = sd_bus_error_copy(&error, failure);
    else if (!caller->privileged)
        r = sd_bus_error_set(&error, SD_BUS_ERROR_ACCESS_DENIED,
                             "Only root and the group secpold-agent may report settings");
    else if (!caller->remembered)
        /* Its reports could not be taken back when it leaves. */
        r = sd_bus_error_setf(&error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                              "User %" PRIu32 " has too many connections that report already",
                              (guint32)caller->uid);
    else
        r = file_claims(message, data, caller, &error);

    if (r < 0)
        r = sd_bus_reply_method_errno(message, r, &error);
    sd_bus_error_free(&error);
    return r;
}

int bus_manager_report_settings(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    g_autoptr(GArray) claims = claims_new();

    const int r = read_claims(message, claims, ret_error);
    if (r < 0)
        return r;
    return bus_callers_look_up(manager->callers, message, on_reporter_known, data);
}
