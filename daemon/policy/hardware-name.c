/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/hardware-name.h"

#include <string.h>

#include "daemon/policy/ini-value.h"

#define NAME_MAX_LENGTH  255 /* NAME_MAX of sysfs */
#define PATH_MAX_LENGTH  512 /* the kernel's own bound for DEVPATH is UEVENT_BUFFER_SIZE, 2048 */
#define PATH_BEGINS_WITH "/devices/"

static gboolean is_character(char c)
{
    return g_ascii_isgraph(c) && strchr("\"'[]\\", c) == NULL;
}

static gboolean is_element(const char *text, gsize length)
{
    if (length == 0 || length > NAME_MAX_LENGTH || (length == 1 && *text == '.') ||
        (length == 2 && strncmp(text, "..", 2) == 0))
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!is_character(text[i]))
            return FALSE;
    return TRUE;
}

static gboolean are_elements(const char *text)
{
    for (const char *at = text;; at++) {
        gsize length = strcspn(at, "/");

        if (!is_element(at, length))
            return FALSE;
        at += length;
        if (*at == '\0')
            return TRUE;
    }
}

static gboolean refuse(const char *text, const char *message, GError **error)
{
    g_autofree char *quoted = ini_value_quote(text);

    g_set_error(error, INI_VALUE_ERROR, INI_VALUE_ERROR_INVALID, "%s %s", quoted, message);
    return FALSE;
}

gboolean hardware_name_check(const char *text, GError **error)
{
    if (*text != '/')
        return is_element(text, strcspn(text, "/")) && strchr(text, '/') == NULL
                   ? TRUE
                   : refuse(text,
                            "is neither the kernel's name of a device nor a path that begins "
                            "with " PATH_BEGINS_WITH,
                            error);
    if (g_str_has_prefix(text, "/sys/"))
        return refuse(
            text,
            "is a path below /sys and is written without it, beginning with " PATH_BEGINS_WITH,
            error);
    if (!g_str_has_prefix(text, PATH_BEGINS_WITH))
        return refuse(text, "is not the path of a device, which begins with " PATH_BEGINS_WITH,
                      error);
    if (strlen(text) > PATH_MAX_LENGTH || !are_elements(text + 1))
        return refuse(text, "is not a path as the kernel has it", error);
    return TRUE;
}

/* On a mismatch behind a "*" only the last one has to take another character: what the earlier ones
 * took is as good as anything. So there is no exponential search. */
static gboolean element_matches(const char *pattern, const char *pattern_end, const char *text,
                                const char *text_end)
{
    const char *star = NULL;
    const char *star_text = NULL;

    while (text < text_end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = pattern++;
            star_text = text;
        } else if (pattern < pattern_end && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++star_text;
        } else {
            return FALSE;
        }
    }
    while (pattern < pattern_end && *pattern == '*')
        pattern++;
    return pattern == pattern_end;
}

static gboolean name_matches(const char *pattern, const char *name)
{
    return element_matches(pattern, pattern + strlen(pattern), name, name + strlen(name));
}

/* Element by element; the path may go on where the pattern ends. */
static gboolean path_matches(const char *pattern, const char *path)
{
    for (;;) {
        const char *pattern_end = pattern + strcspn(pattern, "/");
        const char *path_end = path + strcspn(path, "/");

        if (!element_matches(pattern, pattern_end, path, path_end))
            return FALSE;
        if (*pattern_end == '\0')
            return TRUE;
        if (*path_end == '\0')
            return FALSE;
        pattern = pattern_end + 1;
        path = path_end + 1;
    }
}

static gboolean matches(const char *pattern, const char *name, const char *path)
{
    if (*pattern == '/')
        return path != NULL && path_matches(pattern, path);
    return name != NULL && name_matches(pattern, name);
}

gboolean hardware_name_matches(const char *const *patterns, const char *name, const char *path)
{
    for (gsize i = 0; patterns != NULL && patterns[i] != NULL; i++)
        if (matches(patterns[i], name, path))
            return TRUE;
    return FALSE;
}

gboolean hardware_names_overlap(const char *a, const char *b)
{
    if ((*a == '/') != (*b == '/'))
        return FALSE;
    return matches(a, b, b) || matches(b, a, a);
}
