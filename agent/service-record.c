/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/service-record.h"

#include "agent/record-file.h"

/* Binding, program, units to restart, units to reload, files, further paths. A path need not be
 * valid UTF-8. */
#define SERVICE_TYPE     "(sasasasaayaay)"
#define SERVICE_FORMAT   "(s^as^as^as^aay^aay)"
#define RECORD_TYPE      "a" SERVICE_TYPE
#define RECORD_MAX_BYTES (1U << 20)

struct ServiceRecord {
    char *file;
    GHashTable *services; /* binding: Service */
};

static void service_free(gpointer data)
{
    Service *service = data;
    g_strfreev(service->run);
    g_strfreev(service->restart);
    g_strfreev(service->reload);
    g_strfreev(service->files);
    g_strfreev(service->writes);
    g_free(service);
}

static ServiceRecord *service_record_new(const char *file)
{
    ServiceRecord *record = g_new0(ServiceRecord, 1);
    record->file = g_strdup(file);
    record->services = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, service_free);
    return record;
}

void service_record_free(ServiceRecord *record)
{
    if (!record)
        return;
    g_free(record->file);
    g_hash_table_unref(record->services);
    g_free(record);
}

static void read_services(ServiceRecord *record, GVariant *variant)
{
    GVariantIter iterator;
    char *name;
    Service found;
    g_variant_iter_init(&iterator, variant);
    while (g_variant_iter_next(&iterator, SERVICE_FORMAT, &name, &found.run, &found.restart,
                               &found.reload, &found.files, &found.writes))
        g_hash_table_replace(record->services, name, g_memdup2(&found, sizeof found));
}

ServiceRecord *service_record_load(const char *file, GError **error)
{
    g_autoptr(ServiceRecord) record = service_record_new(file);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GVariant) variant =
        record_file_load(file, RECORD_TYPE, RECORD_MAX_BYTES,
                         "remove it, and restart the services that bindings name", &problem);

    if (variant) {
        read_services(record, variant);
    } else if (!g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return g_steal_pointer(&record);
}

gboolean service_record_save(const ServiceRecord *record, GError **error)
{
    GVariantBuilder services;
    GHashTableIter iterator;
    gpointer key;
    gpointer value;
    g_variant_builder_init(&services, G_VARIANT_TYPE(RECORD_TYPE));
    g_hash_table_iter_init(&iterator, record->services);
    while (g_hash_table_iter_next(&iterator, &key, &value)) {
        const Service *service = value;
        g_variant_builder_add(&services, SERVICE_FORMAT, key, service->run, service->restart,
                              service->reload, service->files, service->writes);
    }
    return record_file_save(record->file, g_variant_builder_end(&services), error);
}

const Service *service_record_find(const ServiceRecord *record, const char *binding)
{
    return g_hash_table_lookup(record->services, binding);
}

static GStrv copy_list(GStrv list)
{
    return list ? g_strdupv(list) : g_new0(char *, 1);
}

static gboolean equal_lists(GStrv a, GStrv b)
{
    return g_strv_equal((const char *const *)a, (const char *const *)b);
}

static GStrv list_files(const Binding *binding)
{
    g_autoptr(GStrvBuilder) files = g_strv_builder_new();
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        if (edit->file)
            g_strv_builder_add(files, edit->file);
    }
    return g_strv_builder_end(files);
}

static gboolean equal(const Service *a, const Service *b)
{
    return equal_lists(a->run, b->run) && equal_lists(a->restart, b->restart) &&
           equal_lists(a->reload, b->reload) && equal_lists(a->files, b->files) &&
           equal_lists(a->writes, b->writes);
}

void service_record_each(const ServiceRecord *record,
                         void (*see)(const Service *service, gpointer data), gpointer data)
{
    GHashTableIter iterator;
    gpointer service;
    g_hash_table_iter_init(&iterator, record->services);
    while (g_hash_table_iter_next(&iterator, NULL, &service))
        see(service, data);
}

gboolean service_record_keep(ServiceRecord *record, const Binding *binding)
{
    const Service *known = service_record_find(record, binding->name);
    Service *service = g_new0(Service, 1);
    service->run = copy_list(binding->run);
    service->restart = copy_list(binding->restart);
    service->reload = copy_list(binding->reload);
    service->files = list_files(binding);
    service->writes = copy_list(binding->writes);
    if (known && equal(known, service)) {
        service_free(service);
        return FALSE;
    }
    g_hash_table_replace(record->services, g_strdup(binding->name), service);
    return TRUE;
}

static gboolean is_other(gpointer name, gpointer service, gpointer bindings)
{
    return !g_hash_table_contains(bindings, name);
}

gboolean service_record_retain(ServiceRecord *record, GHashTable *bindings)
{
    return g_hash_table_foreach_remove(record->services, is_other, bindings) > 0;
}
