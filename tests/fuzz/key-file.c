/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a file of keys, and as the inside of an SSH key. */
#include "agent/keys/key-file.h"
#include "agent/keys/weak-key.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GPtrArray) found = key_file_find_weak((const char *)data, size);
    g_autofree char *weak = weak_key_of_ssh(data, size);

    for (guint i = 0; i < found->len; i++)
        g_assert_true(g_utf8_validate(g_ptr_array_index(found, i), -1, NULL));
    g_assert_true(!weak || *weak);
    return 0;
}
