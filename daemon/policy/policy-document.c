/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/policy-document.h"

#include <string.h>

#include "daemon/policy/ini-scanner.h"
#include "daemon/policy/ini-value.h"
#include "daemon/policy/policy-key.h"

G_STATIC_ASSERT(POLICY_DOCUMENT_MAX_BYTES == INI_MAX_BYTES);

/* What the document says about one key, until all of it is known. */
typedef struct Statement {
    guint line;         /* 0 where the document does not have the key */
    gboolean damaged;   /* the value could not be read, so nothing follows from it */
    gboolean requested; /* items only */
    guint number;
    const char *host;
} Statement;

typedef struct Reader {
    Diagnostics *diagnostics;
    guint policy_line; /* of [Policy]; 0 where absent */
    guint seal_line;   /* of [Seal]; 0 where absent */
    const char *name;
    guint64 serial;
    Statement fixed[N_FIXED_KEYS];
    Statement items[CATALOG_N_ITEMS];
    Statement parameters[CATALOG_N_ITEMS][CATALOG_MAX_PARAMETERS];
} Reader;

static void report(Reader *reader, guint line, const char *key, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void report(Reader *reader, guint line, const char *key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    diagnostics_add(reader->diagnostics, NULL, line, DIAGNOSTIC_ERROR, key, "%s", message);
}

static gboolean read_format_version(const char *value, GError **error)
{
    if (strcmp(value, "1") == 0)
        return TRUE;
    g_autofree char *quoted = ini_value_quote(value);
    g_set_error(error, INI_VALUE_ERROR, INI_VALUE_ERROR_INVALID,
                "format version %s is not known; it must be 1", quoted);
    return FALSE;
}

static gboolean read_fixed(Reader *reader, FixedKey key, const char *value, GError **error)
{
    switch (key) {
    case FIXED_KEY_FORMAT_VERSION:
        return read_format_version(value, error);
    case FIXED_KEY_NAME:
        reader->name = value;
        return ini_value_check_text(value, 1, POLICY_NAME_MAX_CHARACTERS, error);
    case FIXED_KEY_SERIAL:
        return ini_value_parse_number(value, 1, POLICY_SERIAL_MAX, NULL, &reader->serial, error);
    case FIXED_KEY_SALT:
        return ini_value_check_base64(value, POLICY_SEAL_SALT_BYTES, error);
    case FIXED_KEY_PUBLIC_KEY:
        return ini_value_check_base64(value, POLICY_SEAL_PUBLIC_KEY_BYTES, error);
    case FIXED_KEY_SIGNATURE:
        return ini_value_check_base64(value, POLICY_SEAL_SIGNATURE_BYTES, error);
    case N_FIXED_KEYS:
        break;
    }
    g_assert_not_reached();
}

static gboolean read_number(const char *value, guint minimum, guint maximum, const char *unit,
                            guint *ret_number, GError **error)
{
    guint64 number;
    if (!ini_value_parse_number(value, minimum, maximum, unit, &number, error))
        return FALSE;
    *ret_number = (guint)number;
    return TRUE;
}

static gboolean read_item(const CatalogItem *item, const char *value, Statement *statement,
                          GError **error)
{
    if (item->kind == VALUE_FLAG)
        return ini_value_parse_flag(value, &statement->requested, error);
    statement->requested = TRUE;
    return read_number(value, item->minimum, item->maximum, item->unit, &statement->number, error);
}

static gboolean read_parameter(const CatalogParameter *parameter, const char *value,
                               Statement *statement, GError **error)
{
    if (parameter->kind == VALUE_NUMBER)
        return read_number(value, parameter->minimum, parameter->maximum, parameter->unit,
                           &statement->number, error);
    statement->host = value;
    return ini_value_check_host(value, error);
}

static Statement *find_statement(Reader *reader, const PolicyKey *key)
{
    switch (key->kind) {
    case POLICY_KEY_FIXED:
        return &reader->fixed[key->fixed];
    case POLICY_KEY_ITEM:
        return &reader->items[key->item];
    case POLICY_KEY_PARAMETER:
        return &reader->parameters[key->item][key->parameter];
    }
    g_assert_not_reached();
}

static gboolean read_value(Reader *reader, const PolicyKey *key, const char *value,
                           Statement *statement, GError **error)
{
    const CatalogItem *item = &catalog_items[key->item];
    switch (key->kind) {
    case POLICY_KEY_FIXED:
        return read_fixed(reader, key->fixed, value, error);
    case POLICY_KEY_ITEM:
        return read_item(item, value, statement, error);
    case POLICY_KEY_PARAMETER:
        return read_parameter(&item->parameters[key->parameter], value, statement, error);
    }
    g_assert_not_reached();
}

static void report_unknown_key(Reader *reader, const IniEntry *entry)
{
    g_autofree char *hint =
        diagnostics_is_full(reader->diagnostics) ? NULL : policy_key_hint(entry->key);
    report(reader, entry->line, entry->key, "unknown key%s", hint != NULL ? hint : "");
}

static void read_entry(Reader *reader, const IniEntry *entry)
{
    const char *group = entry->group->name;
    gboolean group_known = policy_group_is_known(group);
    PolicyKey key;
    if (!policy_key_find(entry->key, &key)) {
        /* In an unknown group every key would be; the group itself has been reported. */
        if (group_known)
            report_unknown_key(reader, entry);
        return;
    }
    if (group_known && strcmp(group, key.group) != 0)
        report(reader, entry->line, entry->key, "the key belongs in group [%s], not [%s]",
               key.group, group);

    Statement *statement = find_statement(reader, &key);
    statement->line = entry->line;
    g_autoptr(GError) error = NULL;
    if (entry->value == NULL) {
        statement->damaged = TRUE;
    } else if (!read_value(reader, &key, entry->value, statement, &error)) {
        statement->damaged = TRUE;
        report(reader, entry->line, entry->key, "%s", error->message);
    }
}

static void report_unknown_group(Reader *reader, const IniGroup *group)
{
    g_autofree char *hint =
        diagnostics_is_full(reader->diagnostics) ? NULL : policy_group_hint(group->name);
    report(reader, group->line, group->name, "unknown group%s", hint != NULL ? hint : "");
}

static void check_seal_group(Reader *reader, const IniGroup *group)
{
    if (!group->bare)
        report(reader, group->line, SEAL_GROUP, "no blank may stand beside the group's brackets");
    reader->seal_line = group->line;
}

static void check_policy_group(Reader *reader, const IniGroup *group, gboolean is_first)
{
    if (!is_first && reader->policy_line == 0)
        report(reader, group->line, POLICY_GROUP, "the group must be the first");
    reader->policy_line = group->line;
}

static void check_group(Reader *reader, const IniGroup *group, gboolean is_first)
{
    if (strcmp(group->name, SEAL_GROUP) == 0) {
        check_seal_group(reader, group);
        return;
    }
    if (reader->seal_line > 0)
        report(reader, group->line, group->name,
               "the group follows [Seal], which must be the last");
    if (strcmp(group->name, POLICY_GROUP) == 0)
        check_policy_group(reader, group, is_first);
    else if (!ini_group_is_foreign(group) && !policy_group_is_known(group->name))
        report_unknown_group(reader, group);
}

static void check_groups(Reader *reader, const IniFile *ini)
{
    gboolean is_first = TRUE;
    for (guint i = 0; i < ini->groups->len; i++) {
        const IniGroup *group = ini->groups->pdata[i];
        /* A group whose line is damaged has no name; it has been reported. */
        if (*group->name == '\0')
            continue;
        check_group(reader, group, is_first);
        is_first = is_first && ini_group_is_foreign(group);
    }
}

static void check_required(Reader *reader)
{
    const Statement *fixed = reader->fixed;
    gboolean any_policy_key = fixed[FIXED_KEY_FORMAT_VERSION].line > 0 ||
                              fixed[FIXED_KEY_NAME].line > 0 || fixed[FIXED_KEY_SERIAL].line > 0;
    if (reader->policy_line == 0 && !any_policy_key) {
        report(reader, 0, POLICY_GROUP, "the group is missing; a document starts with it");
        return;
    }
    for (guint i = 0; i < N_FIXED_KEYS; i++) {
        const char *group = fixed_key_group((FixedKey)i);
        gboolean in_seal = strcmp(group, SEAL_GROUP) == 0;
        if (fixed[i].line == 0 && (!in_seal || reader->seal_line > 0))
            report(reader, in_seal ? reader->seal_line : reader->policy_line,
                   fixed_key_to_string((FixedKey)i), "the key is missing from group [%s]", group);
    }
}

static void check_parent(Reader *reader, const CatalogItem *item, const Statement *statement)
{
    if (item->parent == NULL || !statement->requested)
        return;
    const Statement *parent = &reader->items[catalog_item_index(catalog_find_item(item->parent))];
    if (!parent->requested && !parent->damaged)
        report(reader, statement->line, item->key, "the item needs %s=yes", item->parent);
}

static void check_parameters(Reader *reader, const CatalogItem *item, const Statement *statement)
{
    const Statement *parameters = reader->parameters[catalog_item_index(item)];
    for (gsize i = 0; i < item->n_parameters; i++)
        if (parameters[i].line > 0 && !statement->requested && !statement->damaged)
            diagnostics_add(reader->diagnostics, NULL, parameters[i].line, DIAGNOSTIC_WARNING,
                            item->parameters[i].key,
                            "the key has no effect: the document does not ask for %s", item->key);
}

static void request_item(const Reader *reader, gsize index, Policy *policy)
{
    const CatalogItem *item = &catalog_items[index];
    if (!reader->items[index].requested)
        return;
    policy_request(policy, item, reader->items[index].number);
    PolicyItem *request = &policy->items[index];
    for (gsize i = 0; i < item->n_parameters; i++) {
        const Statement *parameter = &reader->parameters[index][i];
        if (parameter->line == 0)
            continue;
        request->parameters[i] = parameter->number;
        if (parameter->host != NULL)
            request->host = g_strdup(parameter->host);
    }
}

static Policy *build_policy(const Reader *reader)
{
    g_autoptr(Policy) policy = policy_new(reader->name, reader->serial);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        request_item(reader, i, policy);
    return g_steal_pointer(&policy);
}

Policy *policy_document_parse(const char *document, gsize length, Diagnostics *diagnostics)
{
    guint first = diagnostics->list->len;
    guint n_errors = diagnostics->n_errors;
    g_autoptr(IniFile) ini = ini_scan(document, length, NULL, diagnostics);
    if (ini == NULL)
        return NULL;

    Reader reader = {.diagnostics = diagnostics};
    check_groups(&reader, ini);
    for (guint i = 0; i < ini->entries->len; i++)
        read_entry(&reader, &g_array_index(ini->entries, IniEntry, i));
    check_required(&reader);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        check_parent(&reader, &catalog_items[i], &reader.items[i]);
        check_parameters(&reader, &catalog_items[i], &reader.items[i]);
    }
    diagnostics_sort(diagnostics, first);
    return diagnostics->n_errors == n_errors ? build_policy(&reader) : NULL;
}
