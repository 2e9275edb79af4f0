/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/port-reservation.h"

#include <netinet/in.h>

#include "daemon/enforce/firewall/local-port-range.h"
#include "daemon/enforce/firewall/reserved-list.h"
#include "daemon/enforce/firewall/reserved-ports.h"
#include "daemon/files/file-io.h"

/* The longest list, which has every other port, is 192 KiB of text. */
#define RECORD_MAX_BYTES (256 * 1024)

typedef struct PortReservation {
    Enforcer base;
    char *record_path;
    ReservedPorts record;
    gboolean recorded; /* the file says what @record does */
} PortReservation;

static void load_record(PortReservation *reservation)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    if (file_read(reservation->record_path, RECORD_MAX_BYTES, &text, &length, &error))
        reservation->recorded = reserved_ports_from_string(text, &reservation->record, NULL);
    else
        reservation->recorded = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static gboolean save_record(PortReservation *reservation, GError **error)
{
    g_autofree char *text = reserved_ports_to_string(&reservation->record);

    reservation->recorded = g_file_set_contents_full(reservation->record_path, text, -1,
                                                     G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    return reservation->recorded;
}

static gboolean find_wanted(const Plan *plan, PortSet *ret, GError **error)
{
    PortSet tcp = {0}, udp = {0}, ephemeral = {0};
    PortRange range;

    plan_closed_ports(plan, IPPROTO_TCP, &tcp);
    plan_closed_ports(plan, IPPROTO_UDP, &udp);
    port_set_union(&tcp, &udp);
    if (!port_set_is_empty(&tcp)) {
        if (!local_port_range_read(&range, error))
            return FALSE;
        port_set_add_range(&ephemeral, range.first, range.last);
    }
    port_set_intersect(&tcp, &ephemeral);
    *ret = tcp;
    return TRUE;
}

/* What one pass found and did. Large, so it does not live on the stack: what a stack has grown to
 * once is never given back. */
typedef struct Pass {
    const Plan *plan;
    gint64 noticed;
    PortSet wanted; /* what has to be reserved */
    ReservationChange change;
    PortSet list;       /* as last read */
    PortSet unreserved; /* wanted and not in the list */
    GError *write_error;
    GError *record_error;
} Pass;

static void pass_free(Pass *pass)
{
    g_clear_error(&pass->write_error);
    g_clear_error(&pass->record_error);
    g_free(pass);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pass, pass_free)

/* The kernel is told between the two records, so that whenever this is cut short, the file names
 * every port that may have been added. Not being able to record is no reason not to reserve: what
 * then stays behind after a restart does no harm. */
static void apply(PortReservation *reservation, Pass *pass)
{
    const ReservationChange *change = &pass->change;

    port_set_union(&reservation->record.added, &change->added);
    reservation->record.unsettled = TRUE;
    save_record(reservation, NULL);

    if (port_set_equal(&pass->list, &change->list) ||
        (reserved_list_write(&change->list, &pass->write_error) &&
         reserved_list_read(&pass->list, &pass->write_error)))
        reservation->record = (ReservedPorts){.added = change->added};
    save_record(reservation, &pass->record_error);
}

/* The ports of one item among @ports as text, or NULL where there are none. */
static char *ports_of_item(const PlanItem *item, const PortSet *ports)
{
    PortSet own = {0};

    if (!item->active)
        return NULL;
    for (guint i = 0; i < item->ports->len; i++) {
        const ProtocolPorts *closed = &g_array_index(item->ports, ProtocolPorts, i);
        port_set_add_range(&own, closed->range.first, closed->range.last);
    }
    port_set_intersect(&own, ports);
    return port_set_is_empty(&own) ? NULL : port_set_to_string(&own);
}

static void report_item(const Pass *pass, guint item, EnforcerReport *report)
{
    const PlanItem *plan = &pass->plan->items[item];
    g_autofree char *unreserved = ports_of_item(plan, &pass->unreserved);
    g_autofree char *missing = ports_of_item(plan, &pass->change.missing);

    if (unreserved)
        enforcer_report_finding(report, item, VERDICT_PENDING,
                                "outgoing connections may get closed port %s as their source: %s",
                                unreserved,
                                pass->write_error ? pass->write_error->message
                                                  : RESERVED_LIST_PATH " does not take it");
    if (missing)
        enforcer_report_drift(report, item, pass->noticed, unreserved == NULL,
                              "%s was missing in " RESERVED_LIST_PATH, missing);
}

static void report_pass(const Pass *pass, EnforcerReport *report)
{
    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        report_item(pass, i, report);
    if (pass->write_error && port_set_is_empty(&pass->unreserved))
        enforcer_report_problem(report, "Ports that are not closed any more stay reserved: %s",
                                pass->write_error->message);
    if (pass->record_error)
        enforcer_report_problem(report,
                                "Ports reserved now will stay so after a restart of secpold: %s",
                                pass->record_error->message);
}

static gboolean is_due(const PortReservation *reservation, const Pass *pass)
{
    return !reservation->recorded || reservation->record.unsettled ||
           !port_set_equal(&pass->list, &pass->change.list) ||
           !port_set_equal(&reservation->record.added, &pass->change.added);
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    PortReservation *reservation = (PortReservation *)enforcer;
    g_autoptr(Pass) pass = g_new0(Pass, 1);

    pass->plan = plan;
    pass->noticed = g_get_monotonic_time();
    if (!find_wanted(plan, &pass->wanted, error))
        return FALSE;
    if (port_set_is_empty(&pass->wanted) && port_set_is_empty(&reservation->record.added) &&
        reservation->recorded)
        return TRUE;
    if (!reserved_list_read(&pass->list, error))
        return FALSE;

    reserved_ports_plan(&reservation->record, &pass->list, &pass->wanted, &pass->change);
    if (is_due(reservation, pass))
        apply(reservation, pass);

    pass->unreserved = pass->wanted;
    port_set_subtract(&pass->unreserved, &pass->list);
    report_pass(pass, report);
    return TRUE;
}

static void discard(Enforcer *enforcer)
{
    PortReservation *reservation = (PortReservation *)enforcer;

    g_free(reservation->record_path);
    g_free(reservation);
}

static const EnforcerClass port_reservation_class = {
    .name = "port-reservation",
    .reconcile = reconcile,
    .free = discard,
};

Enforcer *port_reservation_new(const char *runtime_directory)
{
    PortReservation *reservation = g_new0(PortReservation, 1);
    reservation->base.class = &port_reservation_class;
    reservation->record_path = g_build_filename(runtime_directory, PORT_RESERVATION_RECORD, NULL);
    load_record(reservation);
    return &reservation->base;
}
