/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/check-run.h"

#include <netinet/in.h>
#include <sys/stat.h>

#include "agent/command.h"
#include "agent/target-file.h"
#include "agent/target-path.h"
#include "agent/tree-edit.h"
#include "daemon/enforce/consequences/listener-survey.h"

static gboolean is_there(const char *what, UnitControl *control)
{
    UnitState state;
    if (*what == '/')
        return g_file_test(what, G_FILE_TEST_EXISTS);
    return control && unit_control_state(control, what, &state, NULL) && state.exists;
}

gboolean conditions_hold(const char *const *conditions, UnitControl *control)
{
    for (gsize i = 0; conditions && conditions[i]; i++) {
        const gboolean negated = *conditions[i] == '!';
        if (is_there(conditions[i] + negated, control) == negated)
            return FALSE;
    }
    return TRUE;
}

void check_finding_clear(CheckFinding *finding)
{
    g_clear_pointer(&finding->failure, g_free);
    g_clear_pointer(&finding->text, g_free);
}

static CheckFinding fail(const char *message)
{
    return (CheckFinding){.failure = g_strdup(message)};
}

static CheckFinding found(char *text)
{
    return (CheckFinding){.text = text};
}

static GStrv expand_words(const char *const *words, GVariant *const values[])
{
    g_autoptr(GStrvBuilder) expanded = g_strv_builder_new();
    for (gsize i = 0; words[i]; i++) {
        g_autofree char *word = template_expand(words[i], values, TEMPLATE_NO_LIMITS);
        g_strv_builder_add(expanded, word ? word : "");
    }
    return g_strv_builder_end(expanded);
}

/* What Match= cuts out: its first group, or all that it matches; "" where it matches nothing. */
static char *cut(const GRegex *match, const char *text)
{
    g_autoptr(GMatchInfo) info = NULL;
    if (!match)
        return g_strdup(text);
    if (!g_regex_match(match, text, 0, &info))
        return g_strdup("");
    return g_match_info_fetch(info, g_regex_get_capture_count(match) > 0 ? 1 : 0);
}

static CheckFinding run_command(const BindingCheck *check, GVariant *const values[])
{
    g_auto(CommandResult) result = {0};
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = expand_words((const char *const *)check->command, values);
    g_autofree char *input =
        check->input ? template_expand(check->input, values, TEMPLATE_NO_LIMITS) : NULL;

    const CommandCall call = {.words = (const char *const *)words, .input = input};
    if (!command_run(&call, &result, &error))
        return fail(error->message);
    return found(check->by_status ? g_strdup_printf("%d", result.status)
                                  : cut(check->match, result.output));
}

static CheckFinding read_property(const BindingCheck *check, UnitControl *control)
{
    g_autoptr(GError) error = NULL;
    if (!control)
        return fail("the system bus cannot be reached");
    g_autofree char *text =
        unit_control_property(control, (const char *const *)check->property, &error);
    return text ? found(cut(check->match, text)) : fail(error->message);
}

/* "active" where one is, "masked" where all are masked or missing, else "inactive". */
static CheckFinding read_units(const BindingCheck *check, UnitControl *control)
{
    g_autoptr(GError) error = NULL;
    gboolean all_masked = TRUE;
    UnitState state;

    if (!control)
        return fail("the system bus cannot be reached");
    for (char **unit = check->units; *unit; unit++) {
        if (!unit_control_state(control, *unit, &state, &error))
            return fail(error->message);
        if (state.active)
            return found(g_strdup("active"));
        all_masked = all_masked && (state.masked || !state.exists);
    }
    return found(g_strdup(all_masked ? "masked" : "inactive"));
}

static CheckFinding look_for_listener(const BindingCheck *check)
{
    g_autoptr(GError) error = NULL;
    PortSet ports = {0};
    port_set_add_range(&ports, check->port, check->port);
    const gboolean tcp = check->protocol == IPPROTO_TCP;
    g_autoptr(GPtrArray) listeners =
        listener_survey(tcp ? &ports : NULL, tcp ? NULL : &ports, &error);
    if (!listeners)
        return fail(error->message);
    for (guint i = 0; i < listeners->len; i++)
        if (!listener_is_loopback(g_ptr_array_index(listeners, i)))
            return found(g_strdup("open"));
    return found(g_strdup("closed"));
}

/* NULL, or why what is in the file need not be what runs. */
static char *find_unloaded(const BindingCheck *check, const char *path, UnitControl *control)
{
    struct stat status;
    UnitState state;
    guint64 loaded;
    g_autoptr(GError) error = NULL;

    if (!check->loaded || stat(path, &status) < 0)
        return NULL;
    const guint64 written =
        (guint64)status.st_mtim.tv_sec * G_USEC_PER_SEC + (guint64)status.st_mtim.tv_nsec / 1000;
    for (char **unit = check->loaded; *unit; unit++) {
        if (!control)
            return g_strdup("the system bus cannot be reached");
        if (!unit_control_state(control, *unit, &state, &error) ||
            !unit_control_load_time(control, *unit, &loaded, &error))
            return g_strdup(error->message);
        if (state.active && loaded < written)
            return g_strdup_printf("%s has not read %s since it changed", *unit, path);
    }
    return NULL;
}

static gboolean read_content(const BindingEdit *edit, const char *text, GVariant *const values[],
                             CheckFinding *finding)
{
    const TemplateLimits limits = {edit->least, edit->most};
    g_autofree char *wanted = template_expand(edit->content, values, limits);
    finding->holds = g_strcmp0(text, wanted) == 0;
    if (!finding->holds)
        finding->text = text ? g_strdup_printf("%s is not as secpol-agent made it", edit->file)
                             : g_strdup_printf("%s is not there", edit->file);
    return TRUE;
}

static CheckFinding read_edit(const Binding *binding, const BindingCheck *check,
                              GVariant *const values[], UnitControl *control)
{
    const BindingEdit *edit = g_ptr_array_index(binding->edits, check->edit);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_auto(CheckFinding) finding = {0};

    if (!binding_edit_is_wanted(edit, values))
        return fail("other settings that belong to it are not locked");
    g_autofree char *path = target_path_resolve(edit->file, &error);
    if (!path || !target_file_read(path, &text, &error))
        return fail(error->message);
    const gboolean good = edit->kind == EDIT_CONTENT
                              ? read_content(edit, text, values, &finding)
                              : tree_edit_holds(edit, text ? text : "", values, &finding.holds,
                                                &finding.text, &error);
    if (!good)
        return fail(error->message);
    g_autofree char *unloaded = find_unloaded(check, path, control);
    if (unloaded)
        return fail(unloaded);
    const CheckFinding result = finding;
    finding = (CheckFinding){0};
    return result;
}

CheckFinding check_run(const Binding *binding, const BindingCheck *check, GVariant *const values[],
                       UnitControl *control)
{
    switch (check->kind) {
    case CHECK_COMMAND:
        return run_command(check, values);
    case CHECK_PROPERTY:
        return read_property(check, control);
    case CHECK_UNITS:
        return read_units(check, control);
    case CHECK_LISTENER:
        return look_for_listener(check);
    default:
        return read_edit(binding, check, values, control);
    }
}

Verdict check_finding_judge(const CheckFinding *finding, const VerdictQuestion *question)
{
    if (finding->failure)
        return verdict_from_failure(question, finding->failure);
    if (question->check->kind == CHECK_EDIT)
        return verdict_from_edit(question, finding->holds, finding->text);
    return verdict_from_text(question, finding->text);
}
