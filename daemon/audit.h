/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit trail: one journal event for everything an administrator may have to account for, with
 * the MESSAGE_ID and the fields that message-ids.h describes. Where stderr is not the journal, the
 * message goes there as a line.
 */
#pragma once

#include <glib.h>

/* @origin: "imported", "provisioned" or "fallback". */
void audit_policy_enforced(const char *name, guint64 serial, const char *digest,
                           const char *origin);
/* @file: the document or profile; @reason: all that is wrong with it. */
void audit_policy_refused(const char *file, const char *reason);
/* @problem: a sentence on why no other policy can be used. */
void audit_fallback(const char *problem);
void audit_violation(const char *item, const char *effect, const char *detail);
/* @usec: microseconds from the first sign of the violation to the read-back of the repair. */
void audit_repaired(const char *item, const char *effect, const char *detail, guint64 usec);
void audit_degraded(const char *problem);

/* A policy came in: generation, and who brought it. @unit: "" where unknown. */
void audit_imported(guint64 generation, const char *name, const char *digest, guint32 uid,
                    const char *unit);
/* @reason never names a password. */
void audit_import_refused(guint32 uid, const char *unit, const char *reason);
void audit_confirmed(guint64 generation, guint32 uid, const char *unit);
/* @generation gave way to @previous; 0: to the provisioned policy, or none. */
void audit_reverted(guint64 generation, guint64 previous, guint32 uid, const char *unit);
/* The same because nobody confirmed it in time. */
void audit_lapsed(guint64 generation, guint64 previous);
/* @action: polkit's name of what the caller was not authorized to do. */
void audit_denied(const char *action, guint32 uid, const char *unit);

/* Policies, serials and the setting password were forgotten. */
void audit_reset(guint32 uid);

/* Everything else worth a line; @priority as in syslog(3). */
void audit_note(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);
