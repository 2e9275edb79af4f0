/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what the agent does to files, and when they are needed. */
#include <string.h>
#include <unistd.h>

#include "agent/agent-files-private.h"
#include "agent/target-path.h"

static void add_once(GPtrArray *names, char *name)
{
    if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_free(name);
    else
        g_ptr_array_add(names, name);
}

static GStrv end_list(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (GStrv)g_ptr_array_free(list, FALSE);
}

/* Bindings whose services have to read the file: those whose edits come, go or are changed. The
 * name of the binding is the first field of a fingerprint. */
static GStrv find_untold(const FileRecord *earlier, const GPtrArray *wanted, gboolean changes)
{
    GPtrArray *names = g_ptr_array_new();
    for (char **name = earlier ? earlier->untold : NULL; name && *name; name++)
        add_once(names, g_strdup(*name));
    for (char **edit = earlier && changes ? earlier->edits : NULL; edit && *edit; edit++)
        add_once(names, g_strndup(*edit, strcspn(*edit, FILE_PLAN_SEPARATOR)));
    for (guint i = 0; changes && i < wanted->len; i++)
        add_once(names, g_strdup(((WantedEdit *)g_ptr_array_index(wanted, i))->binding->name));
    return end_list(names);
}

static void add_all(GPtrArray *names, char *const *more)
{
    for (char *const *name = more; name && *name; name++)
        add_once(names, g_strdup(*name));
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those that are missing, and those that were made for other files and that this one is in as well:
 * whichever goes last takes them along. */
static GStrv find_made(const Agent *agent, const char *path)
{
    GPtrArray *made = g_ptr_array_new();
    g_auto(GStrv) missing = target_path_missing_directories(path);
    GHashTableIter iterator;
    gpointer value;

    add_all(made, missing);
    g_hash_table_iter_init(&iterator, agent->files);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const FileRecord *other = value;
        for (char **directory = other->made; *directory; directory++)
            if (g_str_has_prefix(path, *directory) && path[strlen(*directory)] == '/')
                add_once(made, g_strdup(*directory));
    }
    g_ptr_array_sort(made, compare_paths);
    return end_list(made);
}

FileRecord *record_from_plan(const Agent *agent, const Target *target, const FilePlan *plan)
{
    FileRecord *record = g_new0(FileRecord, 1);
    const FileRecord *earlier = g_hash_table_lookup(agent->files, target->path);
    const gboolean changes = g_strcmp0(plan->text, target->present) != 0;
    record->path = g_strdup(target->path);
    record->original = g_strdup(plan->original);
    record->written = g_strdup(plan->text);
    record->before = g_strdup(changes ? target->present : earlier ? earlier->before : NULL);
    record->edits = g_strdupv(plan->edits);
    record->made = find_made(agent, target->path);
    record->untold = find_untold(earlier, target->wanted, changes);
    return record;
}

gboolean agent_keep_record(Agent *agent, FileRecord *record, GError **error)
{
    const FileRecord *earlier = g_hash_table_lookup(agent->files, record->path);
    if (!(earlier && file_record_equal(earlier, record)) &&
        !file_record_save(agent->state, record, error)) {
        file_record_free(record);
        return FALSE;
    }
    g_hash_table_replace(agent->files, record->path, record);
    return TRUE;
}

void record_remove_directories(const FileRecord *record)
{
    for (guint i = g_strv_length(record->made); i-- > 0;)
        rmdir(record->made[i]);
}

static gboolean drop_record(Agent *agent, const FileRecord *record, GError **error)
{
    record_remove_directories(record);
    if (!file_record_remove(agent->state, record->path, error))
        return FALSE;
    g_hash_table_remove(agent->files, record->path);
    return TRUE;
}

void agent_take_back_record(Agent *agent, const char *path, FileRecord *earlier)
{
    g_autoptr(GError) error = NULL;
    const FileRecord *record = g_hash_table_lookup(agent->files, path);
    if (earlier ? agent_keep_record(agent, earlier, &error) : drop_record(agent, record, &error))
        return;
    note(LOG_ERR, "%s", error->message);
}

static GStrv find_still_untold(const FileRecord *record, GHashTable *untold)
{
    GPtrArray *names = g_ptr_array_new();
    for (char **name = record->untold; *name; name++)
        if (g_hash_table_contains(untold, *name))
            g_ptr_array_add(names, g_strdup(*name));
    return end_list(names);
}

/* A record is needed as long as the file is edited, or somebody has yet to read it as it is. */
static void close_record(Agent *agent, FileRecord *record)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) untold = find_still_untold(record, agent->untold);
    const gboolean same =
        g_strv_equal((const char *const *)untold, (const char *const *)record->untold);

    if (!*untold && !*record->edits) {
        if (!drop_record(agent, record, &error))
            note(LOG_ERR, "%s", error->message);
        return;
    }
    if (same)
        return;
    g_strfreev(record->untold);
    record->untold = g_steal_pointer(&untold);
    if (!*record->untold)
        g_clear_pointer(&record->before, g_free);
    if (!file_record_save(agent->state, record, &error))
        note(LOG_ERR, "%s", error->message);
}

void pass_close_records(Pass *pass)
{
    g_autoptr(GList) records = g_hash_table_get_values(pass->agent->files);
    for (const GList *at = records; at; at = at->next)
        close_record(pass->agent, at->data);
}
