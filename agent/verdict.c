/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/verdict.h"

#include "daemon/policy/text.h"

#define SHOWN_MAX_BYTES  80
#define REASON_MAX_BYTES 320

void verdict_clear(Verdict *verdict)
{
    g_clear_pointer(&verdict->value, g_variant_unref);
    g_clear_pointer(&verdict->reason, g_free);
}

static GVariant *demanded(const VerdictQuestion *question)
{
    return question->values[question->setting];
}

/* A value that is certainly not the demanded one. */
static GVariant *other_value(GVariant *value)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
        return g_variant_new_boolean(!g_variant_get_boolean(value));
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return g_variant_new_uint32(g_variant_get_uint32(value) == 0 ? 1 : 0);
    return g_variant_new_string(*g_variant_get_string(value, NULL) ? "" : "?");
}

static Verdict verdict_new(const VerdictQuestion *question, GVariant *value, char *reason)
{
    return (Verdict){
        .value = g_variant_ref_sink(value),
        .reason = reason,
        .good = g_variant_equal(value, demanded(question)),
    };
}

static Verdict comply(const VerdictQuestion *question, char *reason)
{
    return verdict_new(question, demanded(question), reason);
}

char *verdict_reason(const Binding *binding, const char *text)
{
    g_autofree char *shown = text_sanitize(text, REASON_MAX_BYTES);
    return g_strdup_printf("%s: %s", binding->service, shown);
}

Verdict verdict_from_failure(const VerdictQuestion *question, const char *reason)
{
    return verdict_new(question, other_value(demanded(question)),
                       verdict_reason(question->binding, reason));
}

/* The binding's limits of what the service can express, where the demanded number is outside. */
static const BindingEdit *find_limit(const VerdictQuestion *question)
{
    const guint number = g_variant_get_uint32(demanded(question));
    for (guint i = 0; i < question->binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(question->binding->edits, i);
        if (binding_edit_is_wanted(edit, question->values) &&
            binding_edit_waits_for(edit, question->setting) &&
            (number < edit->least || number > edit->most))
            return edit;
    }
    return NULL;
}

static char *explain_limit(const VerdictQuestion *question, const BindingEdit *edit)
{
    const gboolean low = g_variant_get_uint32(demanded(question)) < edit->least;
    return g_strdup_printf("%s: cannot be set %s %u", question->binding->service,
                           low ? "below" : "above", low ? edit->least : edit->most);
}

static char *explain_text(const VerdictQuestion *question, const char *text)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    g_autofree char *shown = text_sanitize(stripped, SHOWN_MAX_BYTES);
    return *shown ? g_strdup_printf("%s: %s", question->binding->service, shown)
                  : g_strdup_printf("%s: nothing is set", question->binding->service);
}

static gboolean is_accepted(const VerdictQuestion *question, const char *text)
{
    if (!question->check->accept)
        return FALSE;
    g_autofree char *accepted =
        template_expand(question->check->accept, question->values, TEMPLATE_NO_LIMITS);
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    return accepted && word_list_contains(accepted, stripped);
}

/* The setting's number for what the service counts in parts of it; one that lies between two is
 * never taken for the demanded one. */
static guint32 scale_down(const VerdictQuestion *question, guint64 number)
{
    const guint32 scale = question->check->scale;
    guint64 result = number / scale;
    if (number % scale != 0 && result == g_variant_get_uint32(demanded(question)))
        result++;
    return (guint32)MIN(result, G_MAXUINT32);
}

/* Whether the number is no more than what was written in place of the demanded one. */
static gboolean is_cut(const BindingEdit *limit, GVariant *value, GVariant *wanted)
{
    return limit && value &&
           g_variant_get_uint32(value) ==
               CLAMP(g_variant_get_uint32(wanted), limit->least, limit->most);
}

static Verdict number_verdict(const VerdictQuestion *question, const char *text)
{
    guint64 number;
    const BindingEdit *limit = find_limit(question);
    g_autoptr(GVariant) value = NULL;

    if (number_from_text(text, &number))
        value = g_variant_ref_sink(g_variant_new_uint32(scale_down(question, number)));
    if (value && g_variant_equal(value, demanded(question)))
        return comply(question, g_strdup(""));
    if (!is_cut(limit, value, demanded(question)) && is_accepted(question, text))
        return comply(question, explain_text(question, text));
    Verdict verdict =
        verdict_new(question, value ? value : other_value(demanded(question)),
                    limit && value ? explain_limit(question, limit) : explain_text(question, text));
    verdict.final = limit != NULL;
    return verdict;
}

static const BindingMeaning *find_meaning(const BindingCheck *check, const char *word)
{
    for (guint i = 0; i < check->meanings->len; i++) {
        const BindingMeaning *meaning = g_ptr_array_index(check->meanings, i);
        if (word_list_contains(meaning->words, word))
            return meaning;
    }
    return NULL;
}

/* Whatever else a program prints, no more of it goes over the bus than a reason shows. */
static GVariant *string_value(const VerdictQuestion *question, const char *word)
{
    if (g_str_equal(word, g_variant_get_string(demanded(question), NULL)))
        return demanded(question);
    g_autofree char *shown = text_sanitize(word, SHOWN_MAX_BYTES);
    /* Cutting must not make it the demanded one. */
    GVariant *value = g_variant_new_string(shown);
    if (!g_variant_equal(value, demanded(question)))
        return value;
    g_variant_unref(g_variant_ref_sink(value));
    return other_value(demanded(question));
}

/* With one meaning given, a flag has the other value whatever else the result is. */
static GVariant *unlisted_value(const VerdictQuestion *question, const char *word)
{
    const GPtrArray *meanings = question->check->meanings;
    if (g_variant_is_of_type(demanded(question), G_VARIANT_TYPE_STRING))
        return string_value(question, word);
    if (meanings->len == 1)
        return other_value(((BindingMeaning *)g_ptr_array_index(meanings, 0))->value);
    return other_value(demanded(question));
}

static Verdict word_verdict(const VerdictQuestion *question, const char *text)
{
    g_autofree char *word = g_strstrip(g_strdup(text));
    const BindingMeaning *meaning = find_meaning(question->check, word);
    g_autoptr(GVariant) value =
        g_variant_ref_sink(meaning ? meaning->value : unlisted_value(question, word));

    if (g_variant_equal(value, demanded(question)))
        return comply(question, g_strdup(""));
    if (is_accepted(question, word))
        return comply(question, explain_text(question, word));
    return verdict_new(question, value, explain_text(question, word));
}

Verdict verdict_from_text(const VerdictQuestion *question, const char *text)
{
    return g_variant_is_of_type(demanded(question), G_VARIANT_TYPE_UINT32)
               ? number_verdict(question, text)
               : word_verdict(question, text);
}

/* What Keep= lets stand is told. */
static char *explain_kept(const VerdictQuestion *question, const char *found)
{
    return found ? explain_text(question, found) : g_strdup("");
}

Verdict verdict_from_edit(const VerdictQuestion *question, gboolean holds, const char *found)
{
    if (!g_variant_is_of_type(demanded(question), G_VARIANT_TYPE_UINT32)) {
        if (holds)
            return comply(question, explain_kept(question, found));
        g_autofree char *reason = explain_text(question, found ? found : "");
        return verdict_new(question, other_value(demanded(question)), g_steal_pointer(&reason));
    }
    const BindingEdit *limit = find_limit(question);
    if (holds && limit) {
        const guint number =
            CLAMP(g_variant_get_uint32(demanded(question)), limit->least, limit->most);
        Verdict verdict =
            verdict_new(question, g_variant_new_uint32(number), explain_limit(question, limit));
        verdict.final = TRUE;
        return verdict;
    }
    if (holds)
        return comply(question, explain_kept(question, found));
    return number_verdict(question, found ? found : "");
}
