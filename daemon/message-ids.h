/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MESSAGE_ID values of the journal events that an administrator may want to search for or be
 * alarmed by; systemd/secpold.catalog explains each one. Every event carries, beside MESSAGE, the
 * fields named here, which the catalog's text refers to. An id never changes its meaning.
 */
#pragma once

/* A policy was read and is in force. POLICY_NAME, POLICY_SERIAL, POLICY_DIGEST, POLICY_ORIGIN. */
#define MESSAGE_ID_POLICY_ENFORCED "326428589e884371aac773e5f5c0c33b"

/* A policy or device profile was not accepted; what was in force stays. FILE (the document),
 * DETAIL (all that is wrong with it, a line each). */
#define MESSAGE_ID_POLICY_REFUSED "b5c74506776b46efa6963b2e5cfca2cb"

/* An item is not in force and could not be put in force. ITEM, EFFECT, DETAIL. */
#define MESSAGE_ID_VIOLATION "9f9a57cb0dc34005b5d5ab24fc9f878b"

/* Someone else had changed what an item protects; it is in force again. ITEM, EFFECT, DETAIL,
 * REPAIR_USEC (from notice to read-back, microseconds). */
#define MESSAGE_ID_REPAIRED "0e5a1fb9c2644958a34d9cbbdbd0e752"

/* secpold works, but not as it should. DETAIL (the problem, a sentence). */
#define MESSAGE_ID_DEGRADED "a02fc385c0af45fd8d499629157014d9"

/* There was a policy and none can be read: the built-in one is in force. DETAIL. */
#define MESSAGE_ID_FALLBACK "4406408e70684a2d9659457c8c57d9bb"

/* A policy was let in. GENERATION, POLICY_NAME, POLICY_DIGEST, CALLER_UID, CALLER_UNIT. */
#define MESSAGE_ID_IMPORTED "3aae269143154b7790d3d144355ecd44"

/* A policy was not let in. DETAIL (the reason), CALLER_UID, CALLER_UNIT. */
#define MESSAGE_ID_IMPORT_REFUSED "bd4c68706a79432188cbff0cb232a80a"

/* A policy that waited for it was confirmed. GENERATION, CALLER_UID, CALLER_UNIT. */
#define MESSAGE_ID_CONFIRMED "0796479e68bc4231b3ff9df7c536862d"

/* Somebody took a policy back. GENERATION, PREVIOUS_GENERATION (0: none), CALLER_UID,
 * CALLER_UNIT. */
#define MESSAGE_ID_REVERTED "60a1121bbd964a74b69dfe0dd83e819a"

/* A policy gave way to the one before it, as nobody confirmed it in time. GENERATION,
 * PREVIOUS_GENERATION (0: none). */
#define MESSAGE_ID_LAPSED "e4872fd66fa24f9c9d6d4e6b85a77072"

/* Somebody wanted to import, confirm, take back or export a policy and was not authorized. At most
 * one in a second. ACTION (polkit's name of it), CALLER_UID, CALLER_UNIT. */
#define MESSAGE_ID_DENIED "2a72235336154505b84e0a8ef68a6021"

/* Policies, serials and the setting password were forgotten. CALLER_UID. */
#define MESSAGE_ID_RESET "b69352e5788c4e2bbb5bc9b6faef1d5f"
