/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads single values of a binding file: for binding-parse*.c alone. */
#pragma once

#include "agent/binding.h"
#include "daemon/policy/ini-scanner.h"

typedef struct BindingReader {
    Binding *binding;
    Diagnostics *diagnostics;
    const char *file;
    BindingEdit *edit;   /* the group being read, or NULL */
    BindingCheck *check; /* likewise */
} BindingReader;

/* Reads an entry into what @reader is at, or reports what is wrong with it. @suffix: what follows
 * the key's dot, NULL without one. */
typedef void (*BindingReadKey)(BindingReader *reader, const IniEntry *entry, const char *suffix);

typedef struct BindingKey {
    const char *name; /* with a dot at its end where a suffix follows: "Means." */
    BindingReadKey read;
} BindingKey;

/* Finds the key in the table and reads the entry, or reports that it is unknown. */
void binding_read_key(BindingReader *reader, const IniEntry *entry, const BindingKey *keys,
                      gsize n_keys);

/* An error at the entry. */
void binding_report(const BindingReader *reader, const IniEntry *entry, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* An error at the header of the edit or check. */
void binding_report_group(const BindingReader *reader, const char *kind, const char *name,
                          guint line, const char *message);

/* The readers below report what is wrong and leave the place as it is then. */

void binding_read_text(const BindingReader *reader, const IniEntry *entry, char **place);
/* An absolute path without "..", "//" and a slash at its end. */
void binding_read_path(const BindingReader *reader, const IniEntry *entry, char **place);
/* Such paths, separated by blanks. */
void binding_read_paths(const BindingReader *reader, const IniEntry *entry, GStrv *place);
void binding_read_template(const BindingReader *reader, const IniEntry *entry, char **place);
/* Words and ranges; placeholders too. */
void binding_read_word_list(const BindingReader *reader, const IniEntry *entry, char **place);
void binding_read_units(const BindingReader *reader, const IniEntry *entry, GStrv *place);
/* Paths and units, each perhaps after "!". */
void binding_read_conditions(const BindingReader *reader, const IniEntry *entry, GStrv *place);
/* A program by its absolute path, and its arguments, quoted as in a shell. */
void binding_read_command(const BindingReader *reader, const IniEntry *entry, GStrv *place);
void binding_read_number(const BindingReader *reader, const IniEntry *entry, guint64 maximum,
                         guint *place);
void binding_read_flag(const BindingReader *reader, const IniEntry *entry, gboolean *place);

/* The index of the setting; -1 where there is none of the name, which is reported. */
gint binding_read_setting(const BindingReader *reader, const IniEntry *entry, const char *name);

/* A value of the setting's type as a binding writes it: "true" or "false" for a flag, otherwise the
 * text. NULL where it is none, which is reported. Strong reference. */
GVariant *binding_read_value(const BindingReader *reader, const IniEntry *entry, guint setting,
                             const char *text);

/* Keys of the groups [Edit NAME] and [Check NAME]. */
void binding_read_edit_entry(BindingReader *reader, const IniEntry *entry);
void binding_read_check_entry(BindingReader *reader, const IniEntry *entry);

/* With all entries read: reports what is missing from the group or does not fit together. */
void binding_finish_edit(const BindingReader *reader, BindingEdit *edit);
void binding_finish_check(const BindingReader *reader, BindingCheck *check);
