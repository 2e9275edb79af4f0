/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tampering.h"

struct Tampering {
    GHashTable *cases; /* "BINDING/SETTING": Case */
};

/* The last one counts. */
typedef struct Case {
    char *object;
    guint setting;
    gint64 when;
} Case;

static void case_free(gpointer data)
{
    Case *one = data;
    g_free(one->object);
    g_free(one);
}

Tampering *tampering_new(void)
{
    Tampering *tampering = g_new0(Tampering, 1);
    tampering->cases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, case_free);
    return tampering;
}

void tampering_free(Tampering *tampering)
{
    if (!tampering)
        return;
    g_hash_table_unref(tampering->cases);
    g_free(tampering);
}

static char *make_key(const Binding *binding, guint setting)
{
    return g_strdup_printf("%s/%u", binding->name, setting);
}

void tampering_note(Tampering *tampering, const Binding *binding, const BindingEdit *edit,
                    const char *object, gint64 now)
{
    for (guint i = 0; i < edit->when->len; i++) {
        Case *one = g_new0(Case, 1);
        one->object = g_strdup(object);
        one->setting = g_array_index(edit->when, BindingDemand, i).setting;
        one->when = now;
        g_hash_table_replace(tampering->cases, make_key(binding, one->setting), one);
    }
}

void tampering_expire(Tampering *tampering, GVariant *const values[], gint64 now)
{
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, tampering->cases);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const Case *one = value;
        /* A clock that is set back does not keep it for ever. */
        if (!values[one->setting] || now < one->when || now > one->when + TAMPERING_SHOWN_USEC)
            g_hash_table_iter_remove(&iterator);
    }
}

char *tampering_tell(const Tampering *tampering, const Binding *binding, guint setting,
                     gboolean repaired)
{
    g_autofree char *key = make_key(binding, setting);
    const Case *one = g_hash_table_lookup(tampering->cases, key);
    if (!one)
        return NULL;
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(one->when / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(when, "%Y-%m-%d %H:%M UTC");
    return g_strdup_printf("%s was changed by somebody else at %s%s", one->object, time,
                           repaired ? ", and repaired" : "");
}
