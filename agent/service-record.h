/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What taking back needs of a binding, also when that is not there any more to say so: whom to
 * tell, and where to write. Kept on disk, written before anything is done for the binding. */
#pragma once

#include "agent/binding.h"

/* NULL-terminated, perhaps empty; as the binding has them. */
typedef struct Service {
    GStrv run; /* program and arguments; empty: none */
    GStrv restart;
    GStrv reload;
    GStrv files;  /* that it edits */
    GStrv writes; /* further paths that its programs write to */
} Service;

typedef struct ServiceRecord ServiceRecord;

/* An empty one where the file is not there. */
ServiceRecord *service_record_load(const char *file, GError **error);
void service_record_free(ServiceRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServiceRecord, service_record_free)

/* Durable when it returns TRUE. */
gboolean service_record_save(const ServiceRecord *record, GError **error);

/* By the binding's name; NULL where nothing is known of it. */
const Service *service_record_find(const ServiceRecord *record, const char *binding);

void service_record_each(const ServiceRecord *record,
                         void (*see)(const Service *service, gpointer data), gpointer data);

/* Whether that was news. */
gboolean service_record_keep(ServiceRecord *record, const Binding *binding);

/* Forgets all but those of these bindings, a set of names. Whether there were others. */
gboolean service_record_retain(ServiceRecord *record, GHashTable *bindings);
