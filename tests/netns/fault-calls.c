/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/netns/fault-kernel.h"
#include "tests/netns/fault.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <mntent.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Evaluates to the function that this one stands before. */
#define NEXT(name)                                                                                 \
    ({                                                                                             \
        static __typeof__(&(name)) next;                                                           \
        if (!next)                                                                                 \
            next = (__typeof__(&(name)))dlsym(RTLD_NEXT, #name);                                   \
        next;                                                                                      \
    })

/* A function that ends in @failure and errno where a fault is due. */
#define INTERPOSE(kind, type, failure, name, parameters, call)                                     \
    type name parameters                                                                           \
    {                                                                                              \
        const int code = fault_due(kind, #name);                                                   \
        if (code) {                                                                                \
            errno = code;                                                                          \
            return failure;                                                                        \
        }                                                                                          \
        return (call);                                                                             \
    }

/* With the mode that is there only where a file is made. */
#define INTERPOSE_OPEN(name, parameters, call)                                                     \
    int name parameters                                                                            \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;              \
        va_end(rest);                                                                              \
        const int code = fault_due(FAULT_OPEN, #name);                                             \
        if (code) {                                                                                \
            errno = code;                                                                          \
            return -1;                                                                             \
        }                                                                                          \
        return (call);                                                                             \
    }

/* The names of parameters in libc's headers are reserved for it. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

/* Files */

INTERPOSE_OPEN(open, (const char *path, int flags, ...), NEXT(open)(path, flags, mode))
INTERPOSE_OPEN(open64, (const char *path, int flags, ...), NEXT(open64)(path, flags, mode))
INTERPOSE_OPEN(openat, (int fd, const char *path, int flags, ...),
               NEXT(openat)(fd, path, flags, mode))
INTERPOSE_OPEN(openat64, (int fd, const char *path, int flags, ...),
               NEXT(openat64)(fd, path, flags, mode))
INTERPOSE(FAULT_OPEN, FILE *, NULL, fopen, (const char *path, const char *mode),
          NEXT(fopen)(path, mode))
INTERPOSE(FAULT_OPEN, FILE *, NULL, fopen64, (const char *path, const char *mode),
          NEXT(fopen64)(path, mode))
INTERPOSE(FAULT_OPEN, FILE *, NULL, setmntent, (const char *path, const char *mode),
          NEXT(setmntent)(path, mode))
INTERPOSE(FAULT_READ, ssize_t, -1, read, (int fd, void *buffer, size_t size),
          NEXT(read)(fd, buffer, size))
INTERPOSE(FAULT_READ, ssize_t, -1, readlink, (const char *path, char *buffer, size_t size),
          NEXT(readlink)(path, buffer, size))
INTERPOSE(FAULT_READ, ssize_t, -1, readlinkat,
          (int fd, const char *path, char *buffer, size_t size),
          NEXT(readlinkat)(fd, path, buffer, size))
INTERPOSE(FAULT_READ, char *, NULL, realpath, (const char *path, char *resolved),
          NEXT(realpath)(path, resolved))
INTERPOSE(FAULT_WRITE, ssize_t, -1, write, (int fd, const void *buffer, size_t size),
          NEXT(write)(fd, buffer, size))
INTERPOSE(FAULT_SYNC, int, -1, fsync, (int fd), NEXT(fsync)(fd))
INTERPOSE(FAULT_CHANGE, int, -1, rename, (const char *from, const char *to), NEXT(rename)(from, to))
INTERPOSE(FAULT_CHANGE, int, -1, mkdir, (const char *path, mode_t mode), NEXT(mkdir)(path, mode))
INTERPOSE(FAULT_CHANGE, int, -1, rmdir, (const char *path), NEXT(rmdir)(path))
INTERPOSE(FAULT_CHANGE, int, -1, unlink, (const char *path), NEXT(unlink)(path))
INTERPOSE(FAULT_CHANGE, int, -1, symlink, (const char *target, const char *path),
          NEXT(symlink)(target, path))
INTERPOSE(FAULT_CHANGE, int, -1, chmod, (const char *path, mode_t mode), NEXT(chmod)(path, mode))
INTERPOSE(FAULT_CHANGE, int, -1, fchmod, (int fd, mode_t mode), NEXT(fchmod)(fd, mode))
INTERPOSE(FAULT_CHANGE, int, -1, flock, (int fd, int operation), NEXT(flock)(fd, operation))
INTERPOSE(FAULT_LOOK, int, -1, stat64, (const char *path, struct stat64 *status),
          NEXT(stat64)(path, status))
INTERPOSE(FAULT_LOOK, int, -1, lstat64, (const char *path, struct stat64 *status),
          NEXT(lstat64)(path, status))
INTERPOSE(FAULT_LOOK, int, -1, fstat64, (int fd, struct stat64 *status), NEXT(fstat64)(fd, status))
INTERPOSE(FAULT_LOOK, int, -1, fstatat64,
          (int fd, const char *path, struct stat64 *status, int flags),
          NEXT(fstatat64)(fd, path, status, flags))
INTERPOSE(FAULT_LOOK, int, -1, stat, (const char *path, struct stat *status),
          NEXT(stat)(path, status))
INTERPOSE(FAULT_LOOK, int, -1, lstat, (const char *path, struct stat *status),
          NEXT(lstat)(path, status))
INTERPOSE(FAULT_LOOK, int, -1, fstat, (int fd, struct stat *status), NEXT(fstat)(fd, status))
INTERPOSE(FAULT_LOOK, int, -1, statfs64, (const char *path, struct statfs64 *status),
          NEXT(statfs64)(path, status))
INTERPOSE(FAULT_LOOK, int, -1, access, (const char *path, int mode), NEXT(access)(path, mode))
INTERPOSE(FAULT_LOOK, int, -1, faccessat, (int fd, const char *path, int mode, int flags),
          NEXT(faccessat)(fd, path, mode, flags))
INTERPOSE(FAULT_LIST, DIR *, NULL, opendir, (const char *path), NEXT(opendir)(path))
INTERPOSE(FAULT_LIST, DIR *, NULL, fdopendir, (int fd), NEXT(fdopendir)(fd))
INTERPOSE(FAULT_LIST, struct dirent64 *, NULL, readdir64, (DIR * dir), NEXT(readdir64)(dir))
INTERPOSE(FAULT_LIST, struct if_nameindex *, NULL, if_nameindex, (void), NEXT(if_nameindex)())
INTERPOSE(FAULT_LIST, int, -1, getifaddrs, (struct ifaddrs * *addresses),
          NEXT(getifaddrs)(addresses))

/* It closes in any case, as the kernel does. */
int close(int fd)
{
    const int code = fault_due(FAULT_CLOSE, "close");
    const int result = NEXT(close)(fd);
    if (!code || result < 0)
        return result;
    errno = code;
    return -1;
}

/* Sockets */

INTERPOSE(FAULT_SOCKET, int, -1, bind, (int fd, const struct sockaddr *address, socklen_t length),
          NEXT(bind)(fd, address, length))
INTERPOSE(FAULT_SOCKET, int, -1, connect,
          (int fd, const struct sockaddr *address, socklen_t length),
          NEXT(connect)(fd, address, length))
INTERPOSE(FAULT_SOCKET, int, -1, getsockname, (int fd, struct sockaddr *address, socklen_t *length),
          NEXT(getsockname)(fd, address, length))
INTERPOSE(FAULT_SOCKET, int, -1, getsockopt,
          (int fd, int level, int name, void *value, socklen_t *length),
          NEXT(getsockopt)(fd, level, name, value, length))
INTERPOSE(FAULT_RECEIVE, ssize_t, -1, recv, (int fd, void *buffer, size_t size, int flags),
          NEXT(recv)(fd, buffer, size, flags))
INTERPOSE(FAULT_RECEIVE, ssize_t, -1, recvfrom,
          (int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *length),
          NEXT(recvfrom)(fd, buffer, size, flags, from, length))
INTERPOSE(FAULT_RECEIVE, ssize_t, -1, recvmsg, (int fd, struct msghdr *message, int flags),
          NEXT(recvmsg)(fd, message, flags))

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    int code = fault_due(FAULT_SOCKET, "setsockopt");
    if (!code)
        code = fault_kernel_refuses_option(level, name);
    if (!code)
        return NEXT(setsockopt)(fd, level, name, value, length);
    errno = code;
    return -1;
}

int socket(int domain, int type, int protocol)
{
    int code = fault_due(FAULT_SOCKET, "socket");
    if (!code)
        code = fault_kernel_refuses_socket(domain, protocol);
    if (!code)
        return NEXT(socket)(domain, type, protocol);
    errno = code;
    return -1;
}

static int refuses_to_send(int fd, const char *name, const void *data, size_t size)
{
    const int code = fault_due(FAULT_SEND, name);
    if (code || size == 0)
        return code;
    return fault_kernel_takes(fd, (void *)(uintptr_t)data, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    errno = refuses_to_send(fd, "send", data, size);
    return errno ? -1 : NEXT(send)(fd, data, size, flags);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
               socklen_t length)
{
    errno = refuses_to_send(fd, "sendto", data, size);
    return errno ? -1 : NEXT(sendto)(fd, data, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    const struct iovec *part = message->msg_iovlen > 0 ? &message->msg_iov[0] : NULL;
    errno = refuses_to_send(fd, "sendmsg", part ? part->iov_base : NULL, part ? part->iov_len : 0);
    return errno ? -1 : NEXT(sendmsg)(fd, message, flags);
}

/* Waiting */

INTERPOSE(FAULT_WAIT, int, -1, epoll_wait,
          (int fd, struct epoll_event *events, int n_events, int timeout),
          NEXT(epoll_wait)(fd, events, n_events, timeout))
INTERPOSE(FAULT_WAIT, int, -1, poll, (struct pollfd * fds, nfds_t n_fds, int timeout),
          NEXT(poll)(fds, n_fds, timeout))
INTERPOSE(FAULT_EVENT, int, -1, epoll_create1, (int flags), NEXT(epoll_create1)(flags))
INTERPOSE(FAULT_EVENT, int, -1, epoll_ctl,
          (int fd, int operation, int target, struct epoll_event *event),
          NEXT(epoll_ctl)(fd, operation, target, event))
INTERPOSE(FAULT_EVENT, int, -1, timerfd_create, (clockid_t clock, int flags),
          NEXT(timerfd_create)(clock, flags))
INTERPOSE(FAULT_EVENT, int, -1, timerfd_settime,
          (int fd, int flags, const struct itimerspec *time, struct itimerspec *before),
          NEXT(timerfd_settime)(fd, flags, time, before))
INTERPOSE(FAULT_EVENT, int, -1, signalfd, (int fd, const sigset_t *mask, int flags),
          NEXT(signalfd)(fd, mask, flags))
INTERPOSE(FAULT_EVENT, int, -1, eventfd, (unsigned int value, int flags),
          NEXT(eventfd)(value, flags))
INTERPOSE(FAULT_EVENT, int, -1, eventfd_write, (int fd, eventfd_t value),
          NEXT(eventfd_write)(fd, value))
INTERPOSE(FAULT_EVENT, int, -1, eventfd_read, (int fd, eventfd_t *value),
          NEXT(eventfd_read)(fd, value))
INTERPOSE(FAULT_EVENT, int, -1, inotify_init1, (int flags), NEXT(inotify_init1)(flags))
INTERPOSE(FAULT_EVENT, int, -1, inotify_add_watch, (int fd, const char *path, uint32_t mask),
          NEXT(inotify_add_watch)(fd, path, mask))

/* The rest */

INTERPOSE(FAULT_RANDOM, ssize_t, -1, getrandom, (void *buffer, size_t size, unsigned int flags),
          NEXT(getrandom)(buffer, size, flags))

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    errno = fault_due(FAULT_IOCTL, "ioctl");
    return errno ? -1 : NEXT(ioctl)(fd, request, argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *data)
{
    const int code = fault_due(FAULT_THREAD, "pthread_create");
    return code ? code : NEXT(pthread_create)(thread, attributes, start, data);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    const int result = NEXT(clock_gettime)(clock, time);
    const FaultControl *control = fault_control();
    if (control && result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += control->clock_shift;
    return result;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
