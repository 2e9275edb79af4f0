/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "daemon/policy-record.h"

/* What is found when secpold starts. */
typedef struct InitialPolicy {
    Store *store;         /* NULL where it is not available */
    PolicyRecord *record; /* never NULL */
    GStrv problems;       /* sentences on why it is not what it should be; never NULL */
} InitialPolicy;

void initial_policy_clear(InitialPolicy *initial);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(InitialPolicy, initial_policy_clear)

/*
 * The imported policy; where none was, the provisioned one; where there is none either, none. A
 * policy that was not confirmed in time, or not before a reboot, gives way to the one before it.
 *
 * Where there was a policy and none can be read (the store is damaged, or its file system is not
 * mounted), or the provisioned one cannot be used, it is the fallback: not finding a policy must
 * not be a way to be rid of it.
 */
void initial_policy_find(const char *state_directory, const char *policy_path,
                         InitialPolicy *ret_initial);

/* What is to be in force where the store, which is available, holds no imported policy, or none any
 * more; never NULL. Why it is not what it should be is added to @problems. */
PolicyRecord *initial_policy_without_import(const Store *store, const char *policy_path,
                                            GStrvBuilder *problems);
