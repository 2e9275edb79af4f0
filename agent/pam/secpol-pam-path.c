/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See secpol-pam-path(8). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/pam/pam-stack.h"

#define ASKED "pam_unix.so"

enum {
    EXIT_WAY = 1,
    EXIT_USAGE = 2
};

typedef struct Options {
    char **directories; /* NULL-terminated; may be NULL: those of libpam */
    gboolean refused;
    char **except; /* services, NULL-terminated; may be NULL */
    char **words;  /* what is no option, likewise */
} Options;

static const char *const *get_directories(const Options *options)
{
    static const char *const of_libpam[] = {"/etc/pam.d", "/usr/lib/pam.d", NULL};
    return options->directories ? (const char *const *)options->directories : of_libpam;
}

/* Packages and editors leave copies behind; no program asks for a service with such a name. */
static gboolean is_service(const Options *options, const char *name)
{
    const char *const *except = (const char *const *)options->except;
    return strcspn(name, ".~") == strlen(name) && !(except && g_strv_contains(except, name));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name in several directories is one service. */
static gboolean list_directory(const Options *options, const char *path, GPtrArray *services,
                               GError **error)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, error);
    if (!directory)
        return FALSE;
    const char *name;
    while ((name = g_dir_read_name(directory)))
        if (is_service(options, name) &&
            !g_ptr_array_find_with_equal_func(services, name, g_str_equal, NULL))
            g_ptr_array_add(services, g_strdup(name));
    return TRUE;
}

/* All but the first may be missing. */
static gboolean list_services(const Options *options, GPtrArray *services, GError **error)
{
    const char *const *directories = get_directories(options);
    for (const char *const *path = directories; *path; path++) {
        if (path != directories && !g_file_test(*path, G_FILE_TEST_EXISTS))
            continue;
        if (!list_directory(options, *path, services, error))
            return FALSE;
    }
    g_ptr_array_sort(services, compare_names);
    return TRUE;
}

/* Whether nobody gets past the guard; *n_modules grows by how many could let somebody in. */
static gboolean check_service(const Options *options, const char *service, const PamGuard *guard,
                              guint *n_modules)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) steps = pam_stack_read(get_directories(options), service, &error);
    if (!steps) {
        printf("%s: %s\n", service, error->message);
        return FALSE;
    }
    const PamStep *way = options->refused ? pam_stack_find_way_out(steps, ASKED, guard)
                                          : pam_stack_find_way_in(steps, ASKED, guard);
    *n_modules += pam_stack_count(steps, ASKED);
    if (way)
        printf("%s: %s %s unasked\n", service, way->place,
               options->refused ? "sends away" : "lets in");
    return way == NULL;
}

static int check_services(const Options *options)
{
    const PamGuard guard = {.module = options->words[0], .argument = options->words[1]};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) services = g_ptr_array_new_with_free_func(g_free);
    gboolean good = TRUE;
    guint n_modules = 0;

    if (!list_services(options, services, &error)) {
        puts(error->message);
        return EXIT_WAY;
    }
    for (guint i = 0; i < services->len; i++) {
        const char *service = g_ptr_array_index(services, i);
        good = check_service(options, service, &guard, &n_modules) && good;
    }
    if (n_modules)
        return good ? EXIT_SUCCESS : EXIT_WAY;
    printf("no service asks %s\n", ASKED);
    return EXIT_WAY;
}

static gboolean read_options(int argc, char *argv[], Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"refused", 0, 0, G_OPTION_ARG_NONE, &options->refused, "who is refused has to come by",
         NULL},
        {"directory", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->directories,
         "where services are", "DIR"},
        {"except", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->except, "leave it out", "SERVICE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->words, NULL, NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("MODULE ARGUMENT");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (options->words && g_strv_length(options->words) == 2)
        return TRUE;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "MODULE and ARGUMENT are missing");
    return FALSE;
}

int main(int argc, char *argv[])
{
    g_autoptr(GError) error = NULL;
    Options options = {0};
    if (!read_options(argc, argv, &options, &error)) {
        fprintf(stderr, "secpol-pam-path: %s\n", error->message);
        return EXIT_USAGE;
    }
    return check_services(&options);
}
