/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a change back out of a text that others have changed since, line by line, and in lines that
 * they have changed as well word by word. Pure. */
#pragma once

#include <glib.h>

/* What happens to a place that others have changed again. */
typedef enum TextMergeForeign {
    TEXT_MERGE_LEAVE, /* stays as they left it */
    TEXT_MERGE_UNDO,  /* goes back to what it was originally, where it has not grown */
} TextMergeForeign;

/*
 * @present is what others made of @changed, which was made from @original. Returns @present with
 * what @changed brought put back as @original had it, and with everything else as it is. Places
 * that stay although @changed brought them are counted in @ret_left. Free with g_free().
 */
char *text_merge_undo(const char *original, const char *changed, const char *present,
                      TextMergeForeign foreign, guint *ret_left);
