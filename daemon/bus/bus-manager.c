/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-manager.h"

#include <stddef.h>

#include "daemon/bus/bus-life.h"
#include "daemon/bus/bus-manager-methods.h"
#include "daemon/bus/bus-object.h"
#include "daemon/config.h"

static int get_compliance(sd_bus *bus, const char *path, const char *interface,
                          const char *property, sd_bus_message *reply, void *data,
                          sd_bus_error *ret_error)
{
    const BusManager *manager = data;

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "{su}");
    for (guint i = 0; r >= 0 && i <= ITEM_STATE_LAST; i++)
        r = sd_bus_message_append(reply, "{su}", item_state_to_string((ItemState)i),
                                  manager->compliance[i]);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_problems(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const BusManager *manager = data;
    return sd_bus_message_append_strv(reply, manager->problems);
}

#define CONSTANT     SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES      SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define UNPRIVILEGED SD_BUS_VTABLE_UNPRIVILEGED
#define FIELD(name)  offsetof(BusManager, name)

static const sd_bus_vtable manager_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Version", "s", NULL, FIELD(version), CONSTANT),
    SD_BUS_PROPERTY("State", "s", NULL, FIELD(state), CHANGES),
    SD_BUS_PROPERTY("PolicyName", "s", NULL, FIELD(policy_name), CHANGES),
    SD_BUS_PROPERTY("PolicySerial", "t", NULL, FIELD(policy_serial), CHANGES),
    SD_BUS_PROPERTY("PolicyDigest", "s", NULL, FIELD(policy_digest), CHANGES),
    SD_BUS_PROPERTY("PolicyOrigin", "s", NULL, FIELD(policy_origin), CHANGES),
    SD_BUS_PROPERTY("PolicySigner", "s", NULL, FIELD(policy_signer), CHANGES),
    SD_BUS_PROPERTY("PolicyImportedUSec", "t", NULL, FIELD(policy_imported_usec), CHANGES),
    SD_BUS_PROPERTY("ConfirmUntilUSec", "t", NULL, FIELD(confirm_until_usec), CHANGES),
    SD_BUS_PROPERTY("ProfileDigest", "s", NULL, FIELD(profile_digest), CHANGES),
    SD_BUS_PROPERTY("PasswordSet", "b", NULL, FIELD(password_set), CHANGES),
    SD_BUS_PROPERTY("Generation", "t", NULL, FIELD(generation), CHANGES),
    SD_BUS_PROPERTY("Compliance", "a{su}", get_compliance, 0, CHANGES),
    SD_BUS_PROPERTY("Problems", "as", get_problems, 0, CHANGES),
    SD_BUS_METHOD_WITH_ARGS("ListItems", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sssvs)", items),
                            bus_manager_list_items, UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("ListBlocked", SD_BUS_ARGS("u", limit),
                            SD_BUS_RESULT("a(tsssqsqs)", blocked), bus_manager_list_blocked,
                            UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Validate", SD_BUS_ARGS("ay", document),
                            SD_BUS_RESULT("a(usss)", diagnostics), bus_manager_validate,
                            UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Diff", SD_BUS_ARGS("ay", document), SD_BUS_RESULT("a(svvas)", changes),
                            bus_manager_diff, UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Verify", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_manager_verify,
                            UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("ReportSettings", SD_BUS_ARGS("a(svs)", reports), SD_BUS_NO_RESULT,
                            bus_manager_report_settings, UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("ListGenerations", SD_BUS_NO_ARGS,
                            SD_BUS_RESULT("a(ta{sv})", generations), bus_life_list_generations,
                            UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS(
        "Import", SD_BUS_ARGS("ay", document, "ay", signature, "a{sv}", options),
        SD_BUS_RESULT("t", generation), bus_life_import, UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
    SD_BUS_METHOD_WITH_ARGS("Export", SD_BUS_ARGS("t", generation),
                            SD_BUS_RESULT("ay", document, "ay", signature), bus_life_export,
                            UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Confirm", SD_BUS_ARGS("t", generation), SD_BUS_NO_RESULT,
                            bus_life_confirm, UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Revert", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_life_revert,
                            UNPRIVILEGED),
    SD_BUS_SIGNAL_WITH_ARGS("PolicyChanged", SD_BUS_ARGS("t", generation, "s", digest), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Violation", SD_BUS_ARGS("s", item, "s", effect, "s", detail), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Repaired", SD_BUS_ARGS("s", item, "s", effect, "s", detail, "t", usec),
                            0),
    SD_BUS_VTABLE_END,
};

static void refresh_text(char **field, const char *now, const char *property, GPtrArray *changed)
{
    bus_object_note(changed, property, g_strcmp0(*field, now) != 0);
    g_free(*field);
    *field = g_strdup(now);
}

static void refresh_compliance(BusManager *manager, GPtrArray *changed)
{
    const Reconciler *reconciler = manager_reconciler(manager->context->manager);
    guint now[G_N_ELEMENTS(manager->compliance)] = {0};
    gboolean differs = FALSE;

    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        now[reconciler_item(reconciler, i)->state]++;
    for (guint i = 0; i < G_N_ELEMENTS(now); i++) {
        differs = differs || manager->compliance[i] != now[i];
        manager->compliance[i] = now[i];
    }
    bus_object_note(changed, "Compliance", differs);
}

static void refresh_problems(BusManager *manager, GPtrArray *changed)
{
    GStrv now = manager_problems(manager->context->manager);

    bus_object_note(changed, "Problems",
                    !manager->problems || !g_strv_equal((const char *const *)manager->problems,
                                                        (const char *const *)now));
    g_strfreev(manager->problems);
    manager->problems = now;
}

static void refresh_number(guint64 *field, guint64 now, const char *property, GPtrArray *changed)
{
    bus_object_note(changed, property, *field != now);
    *field = now;
}

static void refresh_policy(BusManager *manager, GPtrArray *changed)
{
    const PolicyRecord *record = life_cycle_in_force(manager_life_cycle(manager->context->manager));
    const char *origin = policy_origin_to_string(record->origin);

    bus_object_note(changed, "PolicyOrigin", manager->policy_origin != origin);
    bus_object_note(changed, "PasswordSet", manager->password_set != record->sealed);
    manager->policy_origin = origin;
    manager->password_set = record->sealed;
    refresh_text(&manager->policy_name, policy_record_name(record), "PolicyName", changed);
    refresh_text(&manager->policy_digest, record->digest, "PolicyDigest", changed);
    refresh_text(&manager->policy_signer, record->signer, "PolicySigner", changed);
    refresh_number(&manager->policy_serial, policy_record_serial(record), "PolicySerial", changed);
    refresh_number(&manager->policy_imported_usec, record->imported_usec, "PolicyImportedUSec",
                   changed);
    refresh_number(&manager->generation, record->generation, "Generation", changed);
}

/* The deadline is kept on the clock since boot; on the wall clock it moves by some microseconds
 * from look to look, which is no change. */
static void refresh_deadline(BusManager *manager, GPtrArray *changed)
{
    const LifeCycle *life = manager_life_cycle(manager->context->manager);
    const guint64 deadline = life_cycle_in_force(life)->deadline_usec;

    if (deadline == manager->deadline_usec)
        return;
    manager->deadline_usec = deadline;
    refresh_number(&manager->confirm_until_usec, life_cycle_confirm_until(life), "ConfirmUntilUSec",
                   changed);
}

/* Takes over the present facts; adds the names of the properties that differ to @changed. */
static void refresh(BusManager *manager, GPtrArray *changed)
{
    const Manager *source = manager->context->manager;
    const char *state = manager_state_to_string(manager_state(source));

    bus_object_note(changed, "State", manager->state != state);
    manager->state = state;
    refresh_text(&manager->profile_digest, manager_profile_digest(source), "ProfileDigest",
                 changed);
    refresh_policy(manager, changed);
    refresh_deadline(manager, changed);
    refresh_compliance(manager, changed);
    refresh_problems(manager, changed);
}

static void unref_message(gpointer message)
{
    sd_bus_message_unref(message);
}

BusManager *bus_manager_new(const BusContext *context)
{
    BusManager *manager = g_new0(BusManager, 1);
    g_autoptr(GPtrArray) ignored = g_ptr_array_new();

    manager->context = context;
    manager->version = SECPOLD_VERSION;
    manager->verifying = g_ptr_array_new_with_free_func(unref_message);
    refresh(manager, ignored);
    return manager;
}

void bus_manager_free(BusManager *manager)
{
    if (!manager)
        return;
    g_free(manager->policy_name);
    g_free(manager->policy_digest);
    g_free(manager->policy_signer);
    g_free(manager->profile_digest);
    g_strfreev(manager->problems);
    sd_event_source_disable_unref(manager->verify);
    g_ptr_array_unref(manager->verifying);
    g_free(manager);
}

int bus_manager_attach(BusManager *manager, sd_bus *bus, const BusPeers *peers)
{
    manager->callers = peers->callers;
    manager->names = peers->names;
    manager->polkit = peers->polkit;
    return sd_bus_add_object_vtable(bus, NULL, BUS_PATH, BUS_MANAGER_IFACE, manager_vtable,
                                    manager);
}

void bus_manager_update(BusManager *manager, sd_bus *bus)
{
    g_autoptr(GPtrArray) changed = g_ptr_array_new();

    refresh(manager, changed);
    bus_object_emit_changed(bus, BUS_PATH, BUS_MANAGER_IFACE, changed);
}

void bus_manager_emit_policy_changed(const BusManager *manager, sd_bus *bus)
{
    if (bus)
        sd_bus_emit_signal(bus, BUS_PATH, BUS_MANAGER_IFACE, "PolicyChanged", "ts",
                           manager->generation, manager->policy_digest);
}

void bus_manager_emit_violation(sd_bus *bus, guint item, const char *effect, const char *detail)
{
    if (bus)
        sd_bus_emit_signal(bus, BUS_PATH, BUS_MANAGER_IFACE, "Violation", "sss",
                           catalog_items[item].key, effect, detail);
}

void bus_manager_emit_repaired(sd_bus *bus, guint item, const char *effect, const char *detail,
                               guint64 usec)
{
    if (bus)
        sd_bus_emit_signal(bus, BUS_PATH, BUS_MANAGER_IFACE, "Repaired", "ssst",
                           catalog_items[item].key, effect, detail, usec);
}
