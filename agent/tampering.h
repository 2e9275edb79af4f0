/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody else has undone, for as long as it is told of in reports. Pure; times are
 * CLOCK_REALTIME microseconds. */
#pragma once

#include "agent/binding.h"

/* After a repair it is told for so long. */
#define TAMPERING_SHOWN_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

typedef struct Tampering Tampering;

Tampering *tampering_new(void);
void tampering_free(Tampering *tampering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tampering, tampering_free)

/* Somebody has changed @object (a file or unit), and with it what the edit is for. */
void tampering_note(Tampering *tampering, const Binding *binding, const BindingEdit *edit,
                    const char *object, gint64 now);

/* Forgets what is older, and what is about settings that are not in @values (NULL: not locked). */
void tampering_expire(Tampering *tampering, GVariant *const values[], gint64 now);

/* What there is to say of the setting to whoever reads the binding's report on it; NULL: nothing.
 * @repaired: it complies again. Free with g_free(). */
char *tampering_tell(const Tampering *tampering, const Binding *binding, guint setting,
                     gboolean repaired);
