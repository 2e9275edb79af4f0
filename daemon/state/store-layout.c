/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/store-layout.h"

#include <string.h>
#include <unistd.h>

#include "daemon/files/file-io.h"

gboolean store_fail(GError **error, StoreError code, const GError *cause)
{
    g_set_error_literal(error, STORE_ERROR, (gint)code, cause->message);
    return FALSE;
}

char *store_generation_path(const Store *store, guint64 number)
{
    return g_strdup_printf("%s/%" G_GUINT64_FORMAT, store->policies, number);
}

/* 0 for a name that is not a generation's. */
static guint64 name_to_number(const char *name)
{
    guint64 number;

    if (*name == '0' || !g_ascii_string_to_unsigned(name, 10, 1, STORE_NUMBER_MAX, &number, NULL))
        return 0;
    return number;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a;
    const guint64 right = *(const guint64 *)b;
    return left > right ? -1 : left < right;
}

GArray *store_list_numbers(const Store *store, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(store->policies, 0, error);
    if (!dir)
        return NULL;

    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        const guint64 number = name_to_number(name);
        if (number > 0)
            g_array_append_val(numbers, number);
    }
    g_array_sort(numbers, newest_first);
    return numbers;
}

guint64 store_current_number(const Store *store)
{
    g_autofree char *target = g_file_read_link(store->current, NULL);
    return target && g_str_has_prefix(target, STORE_POLICIES "/")
               ? name_to_number(target + strlen(STORE_POLICIES "/"))
               : 0;
}

void store_remove_folder(const char *path)
{
    static const char *const parts[] = {"policy", "policy.minisig", "meta", "meta.new"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *part = g_build_filename(path, parts[i], NULL);
        unlink(part);
    }
    rmdir(path);
}

void store_remove_generation(const Store *store, guint64 number)
{
    g_autofree char *path = store_generation_path(store, number);
    store_remove_folder(path);
}

char *store_fresh_path(const Store *store)
{
    return g_build_filename(store->policies, ".new", NULL);
}

gboolean store_make_current(const Store *store, guint64 number, GError **error)
{
    g_autofree char *target = g_strdup_printf(STORE_POLICIES "/%" G_GUINT64_FORMAT, number);
    return link_replace(store->current, target, error);
}
