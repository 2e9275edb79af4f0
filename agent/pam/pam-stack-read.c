/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/pam/pam-stack.h"

/* As libpam has it. */
#define MAX_DEPTH 16

/* Far more than any stack has; files that include each other many times come to any number. */
#define MAX_STEPS 1024
#define MAX_FILES 256

G_DEFINE_QUARK(secpold_pam_stack_error, pam_stack_error)

typedef struct Reader {
    const char *const *directories;
    GPtrArray *steps;
    guint depth;
    guint n_files; /* read so far */
} Reader;

static gboolean read_service(Reader *reader, const char *service, GError **error);

static void step_free(gpointer data)
{
    PamStep *step = data;
    g_free(step->place);
    g_free(step->module);
    g_strfreev(step->arguments);
    g_array_unref(step->on_answers);
    g_free(step);
}

static void add_answer(GArray *answers, int action)
{
    for (guint i = 0; i < answers->len; i++)
        if (g_array_index(answers, int, i) == action)
            return;
    g_array_append_val(answers, action);
}

/* Words are separated by blanks; one in brackets may have some in it. NULL at the end of the line.
 * Free with g_free(). */
static char *next_word(const char **at)
{
    const char *start = *at + strspn(*at, " \t");
    const gboolean in_brackets = *start == '[';
    const gsize length = strcspn(start + in_brackets, in_brackets ? "]" : " \t");
    if (!*start)
        return NULL;
    *at = start + in_brackets + length;
    if (in_brackets && **at)
        (*at)++;
    return g_strndup(start + in_brackets, length);
}

typedef struct Action {
    const char *name;
    int value;
} Action;

static int action_value(const char *name)
{
    static const Action actions[] = {
        {"ignore", PAM_STACK_IGNORE}, {"ok", PAM_STACK_OK},   {"reset", PAM_STACK_IGNORE},
        {"done", PAM_STACK_DONE},     {"bad", PAM_STACK_BAD}, {"die", PAM_STACK_DIE},
    };
    guint64 jump;
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_ascii_strcasecmp(name, actions[i].name) == 0)
            return actions[i].value;
    if (g_ascii_string_to_unsigned(name, 10, 1, G_MAXINT16, &jump, NULL))
        return (int)jump;
    return PAM_STACK_BAD;
}

/* The control words of old, in the words of today. */
static const char *control_in_full(const char *control)
{
    static const char *const words[][2] = {
        {"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad"},
        {"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die"},
        {"sufficient", "success=done new_authtok_reqd=done default=ignore"},
        {"optional", "success=ok new_authtok_reqd=ok default=ignore"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(control, words[i][0]) == 0)
            return words[i][1];
    return control;
}

/* What is not mentioned has the default, and where there is none it is bad. */
static void read_control(PamStep *step, const char *control)
{
    g_auto(GStrv) pairs = g_strsplit_set(control_in_full(control), " \t", -1);
    int otherwise = PAM_STACK_BAD;
    for (char **pair = pairs; *pair; pair++)
        if (g_ascii_strncasecmp(*pair, "default=", 8) == 0)
            otherwise = action_value(*pair + 8);
    step->on_success = step->on_failure = step->on_refusal = otherwise;
    add_answer(step->on_answers, otherwise);
    for (char **pair = pairs; *pair; pair++) {
        const char *value = strchr(*pair, '=');
        if (!value)
            continue;
        const int action = action_value(value + 1);
        add_answer(step->on_answers, action);
        if (g_ascii_strncasecmp(*pair, "success=", 8) == 0)
            step->on_success = action;
        else if (g_ascii_strncasecmp(*pair, "auth_err=", 9) == 0)
            step->on_failure = action;
        else if (g_ascii_strncasecmp(*pair, "perm_denied=", 12) == 0)
            step->on_refusal = action;
    }
}

static PamStep *step_new(const char *place, const char *control, const char *rest)
{
    GPtrArray *arguments = g_ptr_array_new();
    PamStep *step = g_new0(PamStep, 1);
    char *word;

    step->place = g_strdup(place);
    step->on_answers = g_array_new(FALSE, FALSE, sizeof(int));
    step->end = G_MAXUINT;
    read_control(step, control);
    step->module = next_word(&rest);
    while ((word = next_word(&rest)))
        g_ptr_array_add(arguments, word);
    g_ptr_array_add(arguments, NULL);
    step->arguments = (GStrv)g_ptr_array_free(arguments, FALSE);
    return step;
}

static gboolean include(Reader *reader, const char *rest, gboolean own_end, GError **error)
{
    g_autofree char *service = next_word(&rest);
    const guint first = reader->steps->len;
    if (service && !read_service(reader, service, error))
        return FALSE;
    for (guint i = first; own_end && i < reader->steps->len; i++) {
        PamStep *step = g_ptr_array_index(reader->steps, i);
        if (step->end == G_MAXUINT)
            step->end = reader->steps->len;
    }
    return TRUE;
}

static gboolean read_line(Reader *reader, const char *place, const char *line, GError **error)
{
    g_autofree char *type = next_word(&line);
    if (!type)
        return TRUE;
    const char *bare = type + (*type == '-');
    if (g_ascii_strcasecmp(bare, "@include") == 0)
        return include(reader, line, FALSE, error);
    if (g_ascii_strcasecmp(bare, "auth") != 0)
        return TRUE;
    g_autofree char *control = next_word(&line);
    if (!control || !line[strspn(line, " \t")]) {
        g_set_error(error, PAM_STACK_ERROR, PAM_STACK_ERROR_LINE, "%s: no module", place);
        return FALSE;
    }
    const gboolean own_end = g_ascii_strcasecmp(control, "substack") == 0;
    if (own_end || g_ascii_strcasecmp(control, "include") == 0)
        return include(reader, line, own_end, error);
    if (reader->steps->len == MAX_STEPS) {
        g_set_error(error, PAM_STACK_ERROR, PAM_STACK_ERROR_LINE, "%s: too many modules", place);
        return FALSE;
    }
    g_ptr_array_add(reader->steps, step_new(place, control, line));
    return TRUE;
}

/* A line that ends with a backslash goes on in the next: takes one together, and moves *@at to its
 * last part. Free with g_free(). */
static char *join_line(char *const *lines, guint *at)
{
    GString *joined = g_string_new(NULL);
    while (g_str_has_suffix(lines[*at], "\\") && lines[*at + 1]) {
        g_string_append_len(joined, lines[*at], (gssize)strlen(lines[*at]) - 1);
        g_string_append_c(joined, ' ');
        ++*at;
    }
    g_string_append(joined, lines[*at]);
    return g_string_free(joined, FALSE);
}

/* What is included is looked for in the first directory alone, as by libpam. Where nobody has the
 * service: where it would be looked for first. Free with g_free(). */
static char *find_service(const Reader *reader, const char *service)
{
    if (*service == '/')
        return g_strdup(service);
    const gboolean anywhere = reader->depth == 0;
    for (const char *const *directory = reader->directories; anywhere && *directory; directory++) {
        g_autofree char *path = g_build_filename(*directory, service, NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&path);
    }
    return g_build_filename(reader->directories[0], service, NULL);
}

static gboolean read_service(Reader *reader, const char *service, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *path = find_service(reader, service);
    if (reader->depth == MAX_DEPTH || reader->n_files == MAX_FILES) {
        g_set_error(error, PAM_STACK_ERROR, PAM_STACK_ERROR_DEPTH, "%s: included too %s", path,
                    reader->depth == MAX_DEPTH ? "deep" : "often");
        return FALSE;
    }
    reader->n_files++;
    if (!g_file_get_contents(path, &text, NULL, error))
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean good = TRUE;

    reader->depth++;
    for (guint i = 0; good && lines[i]; i++) {
        g_autofree char *place = g_strdup_printf("%s:%u", path, i + 1);
        g_autofree char *line = join_line(lines, &i);
        *strchrnul(line, '#') = '\0';
        good = read_line(reader, place, line, error);
    }
    reader->depth--;
    return good;
}

GPtrArray *pam_stack_read(const char *const *directories, const char *service, GError **error)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    Reader reader = {.directories = directories, .steps = steps};
    if (!read_service(&reader, service, error))
        return NULL;
    for (guint i = 0; i < steps->len; i++) {
        PamStep *step = g_ptr_array_index(steps, i);
        step->end = MIN(step->end, steps->len);
    }
    return g_steal_pointer(&steps);
}
