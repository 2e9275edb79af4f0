/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/ini-value.h"

#include <arpa/inet.h>
#include <string.h>

#include "daemon/policy/text.h"

#define QUOTE_MAX_BYTES   40
#define HOST_MAX_LENGTH   253
#define LABEL_MAX_LENGTH  63
#define BLANKS            " \t"
#define BASE64_MAX_LENGTH 1024

G_DEFINE_QUARK(secpold_ini_value_error, ini_value_error)

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autoptr(GError) refusal =
        g_error_new_valist(INI_VALUE_ERROR, INI_VALUE_ERROR_INVALID, format, arguments);
    va_end(arguments);
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

char *ini_value_quote(const char *text)
{
    g_autofree char *clean = text_sanitize(text, QUOTE_MAX_BYTES);
    return g_strdup_printf("\"%s\"", clean);
}

gboolean ini_value_parse_flag(const char *text, gboolean *ret_flag, GError **error)
{
    gboolean yes = strcmp(text, "yes") == 0;
    if (!yes && strcmp(text, "no") != 0) {
        g_autofree char *quoted = ini_value_quote(text);
        return refuse(error, "the value must be yes or no, not %s", quoted);
    }
    *ret_flag = yes;
    return TRUE;
}

static gboolean is_number(const char *text)
{
    gsize length = strlen(text);
    return length > 0 && strspn(text, "0123456789") == length && (text[0] != '0' || length == 1);
}

gboolean ini_value_parse_number(const char *text, guint64 minimum, guint64 maximum,
                                const char *unit, guint64 *ret_number, GError **error)
{
    g_autofree char *range =
        g_strdup_printf("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "%s%s", minimum, maximum,
                        unit != NULL ? " " : "", unit != NULL ? unit : "");
    g_autofree char *quoted = ini_value_quote(text);
    if (!is_number(text))
        return refuse(error, "%s is not a decimal number; the range is %s", quoted, range);
    /* Where 64 bits are not enough this is G_MAXUINT64, which is out of every range. */
    guint64 number = g_ascii_strtoull(text, NULL, 10);
    if (number < minimum || number > maximum)
        return refuse(error, "%s is out of range; the range is %s", quoted, range);
    *ret_number = number;
    return TRUE;
}

gboolean ini_value_check_text(const char *text, guint minimum, guint maximum, GError **error)
{
    glong length = g_utf8_strlen(text, -1);
    if (length < minimum || length > maximum)
        return refuse(error, "the text has %ld characters; the range is %u to %u", length, minimum,
                      maximum);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (!text_is_displayable(g_utf8_get_char(at)))
            return refuse(error, "the text contains U+%04X, which is not a character to display",
                          g_utf8_get_char(at));
    return TRUE;
}

static gboolean is_host_label(const char *label)
{
    gsize length = strlen(label);
    if (length == 0 || length > LABEL_MAX_LENGTH || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
    for (const char *at = label; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && *at != '-')
            return FALSE;
    return TRUE;
}

static gboolean is_host_name(const char *text)
{
    if (strlen(text) > HOST_MAX_LENGTH)
        return FALSE;
    g_auto(GStrv) labels = g_strsplit(text, ".", -1);
    for (char **label = labels; *label != NULL; label++)
        if (!is_host_label(*label))
            return FALSE;
    /* Resolvers take a name that ends in a number for an address. */
    const char *last_dot = strrchr(text, '.');
    const char *last = last_dot != NULL ? last_dot + 1 : text;
    return strspn(last, "0123456789") != strlen(last);
}

gboolean ini_value_check_host(const char *text, GError **error)
{
    guint8 address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1 ||
        is_host_name(text))
        return TRUE;
    g_autofree char *quoted = ini_value_quote(text);
    return refuse(error, "%s is neither a host name nor an IP address", quoted);
}

gboolean ini_value_check_base64(const char *text, gsize n_bytes, GError **error)
{
    gsize length = 0;
    g_autofree guchar *bytes =
        strlen(text) <= BASE64_MAX_LENGTH ? g_base64_decode(text, &length) : NULL;
    /* GLib's decoder skips what is not base64; what it read encodes to the same text only where
     * nothing was skipped. */
    g_autofree char *again = bytes != NULL ? g_base64_encode(bytes, length) : NULL;
    if (again == NULL || strcmp(again, text) != 0)
        return refuse(error, "the value is not base64");
    if (length != n_bytes)
        return refuse(error, "the value holds %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT,
                      length, n_bytes);
    return TRUE;
}

GStrv ini_value_split(const char *text, guint maximum, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = text + strspn(text, BLANKS); *at != '\0'; at += strspn(at, BLANKS)) {
        gsize length = strcspn(at, BLANKS);
        g_ptr_array_add(words, g_strndup(at, length));
        at += length;
    }
    if (words->len > maximum) {
        refuse(error, "the value has %u words; at most %u are taken", words->len, maximum);
        return NULL;
    }
    g_ptr_array_add(words, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

const char *ini_value_find_repeated(const char *const *words)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (const char *const *word = words; *word != NULL; word++)
        if (!g_hash_table_add(seen, (gpointer)*word))
            return *word;
    return NULL;
}
