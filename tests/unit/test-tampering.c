/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tampering.h"

#include <string.h>

#include "agent/binding-parse.h"

static const char text[] =
    "[Binding]\nFormatVersion=1\nService=Test\n"
    "[Edit e]\nWhen=SnmpV1=false SnmpV2c=false\nStop=x.service\n"
    "[Check c]\nSettings=SnmpV1 SnmpV2c\nListener=tcp/1\nMeans.false=closed\n";

/* 2026-11-22 23:41:00 UTC */
#define THEN (G_GINT64_CONSTANT(1795390860) * G_USEC_PER_SEC)

typedef struct Fixture {
    Binding *binding;
    Tampering *tampering;
    GVariant *values[CATALOG_N_SETTINGS];
    guint setting;
    guint other;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    fixture->binding = binding_parse("test", text, strlen(text), NULL, diagnostics);
    g_assert_nonnull(fixture->binding);
    fixture->tampering = tampering_new();
    fixture->setting = (guint)catalog_setting_index(catalog_find_setting("SnmpV1"));
    fixture->other = (guint)catalog_setting_index(catalog_find_setting("SnmpV3"));
    fixture->values[fixture->setting] = g_variant_ref_sink(g_variant_new_boolean(FALSE));
    tampering_note(fixture->tampering, fixture->binding,
                   g_ptr_array_index(fixture->binding->edits, 0), "/etc/x", THEN);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    binding_free(fixture->binding);
    tampering_free(fixture->tampering);
    g_clear_pointer(&fixture->values[fixture->setting], g_variant_unref);
}

static void assert_told(const Fixture *fixture, guint setting, gboolean repaired, const char *what)
{
    g_autofree char *told = tampering_tell(fixture->tampering, fixture->binding, setting, repaired);
    g_assert_cmpstr(told, ==, what);
}

static void test_tell(Fixture *fixture, gconstpointer data)
{
    assert_told(fixture, fixture->setting, FALSE,
                "/etc/x was changed by somebody else at 2026-11-22 23:41 UTC");
    assert_told(fixture, fixture->setting, TRUE,
                "/etc/x was changed by somebody else at 2026-11-22 23:41 UTC, and repaired");
    assert_told(fixture, fixture->other, TRUE, NULL);
}

static void test_expire(Fixture *fixture, gconstpointer data)
{
    tampering_expire(fixture->tampering, fixture->values, THEN + TAMPERING_SHOWN_USEC);
    assert_told(fixture, fixture->setting, FALSE,
                "/etc/x was changed by somebody else at 2026-11-22 23:41 UTC");
    tampering_expire(fixture->tampering, fixture->values, THEN + TAMPERING_SHOWN_USEC + 1);
    assert_told(fixture, fixture->setting, FALSE, NULL);
}

static void test_clock_set_back(Fixture *fixture, gconstpointer data)
{
    tampering_expire(fixture->tampering, fixture->values, THEN - 1);
    assert_told(fixture, fixture->setting, FALSE, NULL);
}

static void test_freed(Fixture *fixture, gconstpointer data)
{
    g_clear_pointer(&fixture->values[fixture->setting], g_variant_unref);
    tampering_expire(fixture->tampering, fixture->values, THEN);
    assert_told(fixture, fixture->setting, FALSE, NULL);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/tampering/tell", Fixture, NULL, set_up, test_tell, tear_down);
    g_test_add("/tampering/expire", Fixture, NULL, set_up, test_expire, tear_down);
    g_test_add("/tampering/clock-set-back", Fixture, NULL, set_up, test_clock_set_back, tear_down);
    g_test_add("/tampering/freed", Fixture, NULL, set_up, test_freed, tear_down);
    return g_test_run();
}
