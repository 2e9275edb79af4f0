/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test and a program that it makes fail share: a page of memory, the file that the
 * environment variable SECPOLD_FAULTS names. The libraries fault-calls and fault-memory, preloaded,
 * stand between the program and libc, count its calls, and let those fail that the test asked for.
 * faults.py has the same declarations.
 */
#pragma once

#include <stdint.h>

/* Calls that fail with the same errors. */
typedef enum FaultKind {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_SYNC,
    FAULT_CHANGE, /* of names and modes */
    FAULT_LOOK,   /* stat() and the like */
    FAULT_LIST,
    FAULT_CLOSE,
    FAULT_SOCKET,
    FAULT_SEND,
    FAULT_RECEIVE,
    FAULT_WAIT,
    FAULT_EVENT, /* epoll, timerfd, eventfd, inotify, signalfd: making and changing them */
    FAULT_IOCTL,
    FAULT_THREAD,
    FAULT_RANDOM,
    FAULT_MEMORY,
} FaultKind;

/* What the kernel is to lack, as bits of FaultControl.lacking. */
typedef enum FaultLack {
    FAULT_LACK_NFTABLES,
    FAULT_LACK_SOCK_DIAG,
    FAULT_LACK_SOCK_DESTROY,
    FAULT_LACK_UEVENTS,
    FAULT_LACK_NL80211,
    FAULT_LACK_OWNER,
    FAULT_LACK_PERSIST,
    FAULT_LACK_FIB,
    FAULT_LACK_LOG,
    FAULT_LACK_LIMIT,
    FAULT_LACK_NFLOG,
    FAULT_LACK_LARGE_BUFFERS, /* SO_RCVBUFFORCE */
} FaultLack;

typedef struct FaultControl {
    uint32_t kinds;    /* the calls that count: bits by FaultKind */
    uint32_t first;    /* which of them fails, from 1; 0: none */
    uint32_t how_many; /* so many in a row */
    uint32_t variant;  /* which of the errors that the call may end in, modulo their number */
    uint32_t lacking;
    uint32_t seen;       /* calls that counted */
    uint32_t injected;   /* of them, those that failed */
    int32_t code;        /* errno of the last that failed */
    int64_t clock_shift; /* seconds that CLOCK_REALTIME goes ahead */
    char name[32];       /* of the last that failed */
} FaultControl;

/* The errno that this call has to end in, or 0. */
int fault_due(FaultKind kind, const char *name);

/* NULL where the program is on its own. */
const FaultControl *fault_control(void);
