/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/ini-scanner.h"

#include <string.h>

#include "daemon/policy/ini-escape.h"
#include "daemon/policy/text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Bytes of the text, not terminated. */
typedef struct Span {
    const char *start;
    gsize length;
} Span;

typedef struct Scanner {
    IniFile *ini;
    const char *file;
    Diagnostics *diagnostics;
    GHashTable *lines_by_name; /* "[GROUP" or "KEY[GROUP": the line it was first seen on */
    IniGroup *group;           /* NULL before the first */
    guint line;
} Scanner;

static void report(const Scanner *scanner, const char *key, const char *message)
{
    diagnostics_add(scanner->diagnostics, scanner->file, scanner->line, DIAGNOSTIC_ERROR, key, "%s",
                    message);
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static Span trim(Span span)
{
    while (span.length > 0 && is_blank(span.start[0])) {
        span.start++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.start[span.length - 1]))
        span.length--;
    return span;
}

/* What is wrong with the characters, or NULL. Free with g_free(). */
static char *find_bad_character(Span span)
{
    if (memchr(span.start, '\0', span.length) != NULL)
        return g_strdup("the line contains a NUL byte");
    if (!g_utf8_validate_len(span.start, span.length, NULL))
        return g_strdup("the line is not valid UTF-8");
    const char *end = span.start + span.length;
    for (const char *at = span.start; at < end; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (character != '\t' && !text_is_displayable(character))
            return g_strdup_printf("the line contains U+%04X, which is not a character to display",
                                   character);
    }
    return NULL;
}

static const char *keep(Scanner *scanner, Span span)
{
    return g_string_chunk_insert_len(scanner->ini->strings, span.start, (gssize)span.length);
}

/* The line on which the name was first seen, or 0, in which case it is seen now. */
static guint see(Scanner *scanner, const char *name)
{
    const guint *line = g_hash_table_lookup(scanner->lines_by_name, name);
    if (line != NULL)
        return *line;
    g_hash_table_insert(scanner->lines_by_name, g_strdup(name),
                        g_memdup2(&scanner->line, sizeof scanner->line));
    return 0;
}

static void begin_group(Scanner *scanner, const char *name, gboolean bare)
{
    IniGroup *group = g_new0(IniGroup, 1);
    group->name = name;
    group->line = scanner->line;
    group->bare = bare;
    g_ptr_array_add(scanner->ini->groups, group);
    scanner->group = group;
    if (*name == '\0' || ini_group_is_foreign(group))
        return;

    g_autofree char *mark = g_strdup_printf("[%s", name);
    guint first = see(scanner, mark);
    if (first == 0)
        return;
    g_autofree char *message =
        g_strdup_printf("the group already began in line %u; put its keys there", first);
    report(scanner, name, message);
}

static void scan_header(Scanner *scanner, Span line, gboolean bare)
{
    const char *bracket = memchr(line.start, ']', line.length);
    const char *problem = NULL;
    if (bracket == NULL)
        problem = "the group lacks its closing ]";
    else if (bracket != line.start + line.length - 1)
        problem = "text follows the group's ]; a comment needs a line of its own";
    else if (line.length == 2)
        problem = "the group has no name";
    else if (memchr(line.start + 1, '[', line.length - 1) != NULL)
        problem = "a group's name holds no [";

    if (problem != NULL) {
        report(scanner, NULL, problem);
        begin_group(scanner, "", FALSE);
        return;
    }
    begin_group(scanner, keep(scanner, (Span){line.start + 1, line.length - 2}), bare);
}

/* NULL where an escape is wrong, which is reported. */
static const char *scan_value(Scanner *scanner, const char *key, Span raw)
{
    if (memchr(raw.start, '\\', raw.length) == NULL)
        return keep(scanner, raw);

    g_autoptr(GString) value = g_string_sized_new(raw.length);
    for (gsize i = 0; i < raw.length; i++) {
        char c = raw.start[i];
        if (c == '\\') {
            c = '\0';
            if (++i < raw.length)
                c = ini_unescape(raw.start[i]);
        }
        if (c == '\0') {
            report(scanner, key,
                   "after a backslash only s, t, n, r and a backslash have a meaning");
            return NULL;
        }
        g_string_append_c(value, c);
    }
    return g_string_chunk_insert_len(scanner->ini->strings, value->str, (gssize)value->len);
}

static void check_key_is_new(Scanner *scanner, const char *key)
{
    g_autofree char *mark = g_strdup_printf("%s[%s", key, scanner->group->name);
    guint first = see(scanner, mark);
    if (first == 0)
        return;
    g_autofree char *message =
        g_strdup_printf("the key was already given in line %u; remove one of them", first);
    report(scanner, key, message);
}

static void add_entry(Scanner *scanner, Span raw_key, const Span *raw_value)
{
    const char *key = keep(scanner, raw_key);
    if (scanner->group == NULL) {
        report(scanner, key, "a key stands before the first group");
        begin_group(scanner, "", FALSE);
    }
    if (ini_group_is_foreign(scanner->group))
        return;

    if (*scanner->group->name != '\0')
        check_key_is_new(scanner, key);
    IniEntry entry = {
        .group = scanner->group,
        .key = key,
        .value = raw_value != NULL ? scan_value(scanner, key, *raw_value) : NULL,
        .line = scanner->line,
    };
    g_array_append_val(scanner->ini->entries, entry);
}

static void scan_entry(Scanner *scanner, Span line)
{
    const char *equals = memchr(line.start, '=', line.length);
    if (equals == NULL) {
        report(scanner, NULL,
               line.start[0] == ';' ? "a comment starts with #, not with ;"
                                    : "the line is neither a comment, a [GROUP] nor KEY=VALUE");
        return;
    }
    gsize key_length = (gsize)(equals - line.start);
    Span key = trim((Span){line.start, key_length});
    Span value = trim((Span){equals + 1, line.length - key_length - 1});
    if (key.length == 0)
        report(scanner, NULL, "there is no key before the =");
    else
        add_entry(scanner, key, &value);
}

/* A line with a character that has no place in the text: reported, and its key noted where that is
 * intact, lest the key be reported as missing too. */
static void scan_damaged_line(Scanner *scanner, Span line, const char *problem)
{
    gboolean is_header = line.start[0] == '[';
    const char *equals = memchr(line.start, '=', line.length);
    if (line.start[0] == '#' || is_header || equals == NULL) {
        report(scanner, NULL, problem);
        if (is_header)
            begin_group(scanner, "", FALSE);
        return;
    }
    Span key = trim((Span){line.start, (gsize)(equals - line.start)});
    g_autofree char *key_problem = find_bad_character(key);
    if (key.length == 0 || key_problem != NULL) {
        report(scanner, NULL, problem);
        return;
    }
    report(scanner, keep(scanner, key), problem);
    add_entry(scanner, key, NULL);
}

static void scan_line(Scanner *scanner, Span whole)
{
    if (whole.length > 0 && whole.start[whole.length - 1] == '\r')
        whole.length--;
    Span line = trim(whole);
    if (line.length == 0)
        return;
    g_autofree char *problem = find_bad_character(line);
    if (problem != NULL)
        scan_damaged_line(scanner, line, problem);
    else if (line.start[0] == '#')
        return;
    else if (line.start[0] == '[')
        scan_header(scanner, line, line.length == whole.length);
    else
        scan_entry(scanner, line);
}

static void scan_lines(Scanner *scanner, Span text)
{
    scanner->line = 1;
    if (text.length >= strlen(BYTE_ORDER_MARK) &&
        memcmp(text.start, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        report(scanner, NULL, "the text starts with a byte order mark; save it without one");
        text.start += strlen(BYTE_ORDER_MARK);
        text.length -= strlen(BYTE_ORDER_MARK);
    }
    for (const char *end = text.start + text.length; text.start < end; scanner->line++) {
        gsize left = (gsize)(end - text.start);
        const char *line_feed = memchr(text.start, '\n', left);
        Span line = {text.start, line_feed != NULL ? (gsize)(line_feed - text.start) : left};
        scan_line(scanner, line);
        text.start = line_feed != NULL ? line_feed + 1 : end;
    }
}

IniFile *ini_scan(const char *text, gsize length, const char *file, Diagnostics *diagnostics)
{
    if (length > INI_MAX_BYTES) {
        diagnostics_add(diagnostics, file, 0, DIAGNOSTIC_ERROR, NULL,
                        "the text is %" G_GSIZE_FORMAT " bytes long; at most %d are read", length,
                        INI_MAX_BYTES);
        return NULL;
    }
    g_autoptr(IniFile) ini = g_new0(IniFile, 1);
    ini->groups = g_ptr_array_new_with_free_func(g_free);
    ini->entries = g_array_new(FALSE, FALSE, sizeof(IniEntry));
    ini->strings = g_string_chunk_new(1024);

    g_autoptr(GHashTable) lines_by_name =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Scanner scanner = {
        .ini = ini,
        .file = file,
        .diagnostics = diagnostics,
        .lines_by_name = lines_by_name,
    };
    scan_lines(&scanner, (Span){text, length});
    return g_steal_pointer(&ini);
}

void ini_file_free(IniFile *ini)
{
    if (ini == NULL)
        return;
    g_ptr_array_unref(ini->groups);
    g_array_unref(ini->entries);
    g_string_chunk_free(ini->strings);
    g_free(ini);
}

gboolean ini_group_is_foreign(const IniGroup *group)
{
    return g_str_has_prefix(group->name, "X-");
}
