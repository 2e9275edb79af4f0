/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/netns/fault.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* What glibc itself calls these; by dlsym(), which allocates, they could not be found. */
void *real_malloc(size_t size) __asm__("__libc_malloc");
void *real_calloc(size_t n, size_t size) __asm__("__libc_calloc");
void *real_realloc(void *memory, size_t size) __asm__("__libc_realloc");
void *real_memalign(size_t alignment, size_t size) __asm__("__libc_memalign");

/* The names of parameters in libc's headers are reserved for it. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

static int is_due(const char *name)
{
    const int code = fault_due(FAULT_MEMORY, name);
    if (code)
        errno = code;
    return code;
}

void *malloc(size_t size)
{
    return is_due("malloc") ? NULL : real_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return is_due("calloc") ? NULL : real_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
    return is_due("realloc") ? NULL : real_realloc(memory, size);
}

void *reallocarray(void *memory, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return is_due("reallocarray") ? NULL : real_realloc(memory, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (is_due("posix_memalign"))
        return ENOMEM;
    *memory = real_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
