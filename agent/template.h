/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two little languages of a binding: text with a setting's value in it, and words that stand
 * for a value. */
#pragma once

#include <glib.h>

/*
 * In a template, "${NAME}" is the value of setting NAME, "${NAME*60}" sixty times its number, and
 * "$${" the two characters "${". A flag has no place in a template.
 */

/* Whether @text is a template. Names that are no setting, flags and broken braces are
 * TEMPLATE_ERROR; the message is worded for a diagnostic. */
gboolean template_check(const char *text, GError **error);

/* Calls @visit for the index in catalog_settings of every setting named. @text passes
 * template_check(). */
void template_foreach(const char *text, void (*visit)(guint setting, gpointer data), gpointer data);

/* The numbers that a template may stand for; others are replaced by the nearest. */
typedef struct TemplateLimits {
    guint least;
    guint most;
} TemplateLimits;

#define TEMPLATE_NO_LIMITS ((TemplateLimits){0, G_MAXUINT32})

/* The text with the values in it; @values[setting] is NULL where the setting is not locked. Limits
 * apply to the setting's own number, before it is multiplied. NULL where a setting it needs is not
 * locked. Free with g_free(). */
char *template_expand(const char *text, GVariant *const values[], TemplateLimits limits);

/*
 * A list of words, separated by blanks and quoted as in a shell, each of which is a word or a range
 * of whole numbers: "8..16", "-8..-1", "8..", "..16"; both ends are included.
 */

/* Whether the list can be read and has a word. */
gboolean word_list_check(const char *list, GError **error);

/* Whether @word is in the list; a word is compared as it stands. */
gboolean word_list_contains(const char *list, const char *word);

/* A number in @text: decimal digits with nothing else but blanks around. */
gboolean number_from_text(const char *text, guint64 *ret_number);

#define TEMPLATE_ERROR (template_error_quark())
GQuark template_error_quark(void);
typedef enum TemplateError {
    TEMPLATE_ERROR_INVALID,
} TemplateError;
