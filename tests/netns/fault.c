/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/netns/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Zero ends the list. */
static const int errors[][8] = {
    [FAULT_OPEN] = {EIO, EMFILE, ENOSPC, EROFS, ENOMEM, EACCES, EINTR},
    [FAULT_READ] = {EIO, EINTR, ENOMEM},
    [FAULT_WRITE] = {ENOSPC, EIO, EINTR},
    [FAULT_SYNC] = {EIO, ENOSPC},
    [FAULT_CHANGE] = {EROFS, ENOSPC, EIO, ENOMEM},
    [FAULT_LOOK] = {EIO, ENOMEM, EACCES},
    [FAULT_LIST] = {EIO, ENOMEM, EMFILE},
    [FAULT_CLOSE] = {EIO, EINTR},
    [FAULT_SOCKET] = {ENOBUFS, EPERM, ENOMEM, EMFILE},
    [FAULT_SEND] = {ENOBUFS, EPERM, EAGAIN, EINTR},
    [FAULT_RECEIVE] = {ENOBUFS, EAGAIN, EINTR, ENOMEM},
    [FAULT_WAIT] = {EINTR},
    [FAULT_EVENT] = {ENOMEM, EMFILE, ENOSPC},
    [FAULT_IOCTL] = {ENOTTY, EPERM},
    [FAULT_THREAD] = {EAGAIN},
    [FAULT_RANDOM] = {EINTR, EAGAIN},
    [FAULT_MEMORY] = {ENOMEM},
};

static FaultControl *control;

/* By system calls, which nobody stands in the way of. */
__attribute__((constructor)) static void map_control(void)
{
    const char *path = getenv("SECPOLD_FAULTS");
    if (!path)
        return;
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *page = mmap(NULL, sizeof(FaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    control = page == MAP_FAILED ? NULL : page;
}

const FaultControl *fault_control(void)
{
    return control;
}

static int choose_error(FaultKind kind)
{
    uint32_t n = 0;
    while (errors[kind][n])
        n++;
    return errors[kind][control->variant % n];
}

int fault_due(FaultKind kind, const char *name)
{
    if (!control || !(control->kinds >> kind & 1))
        return 0;
    const uint32_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_RELAXED);
    if (control->first == 0 || number < control->first ||
        number - control->first >= control->how_many)
        return 0;

    control->code = choose_error(kind);
    memccpy(control->name, name, '\0', sizeof(control->name) - 1);
    __atomic_add_fetch(&control->injected, 1, __ATOMIC_RELAXED);
    return control->code;
}
