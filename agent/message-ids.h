/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MESSAGE_ID values of the journal events of secpol-agent; systemd/secpol-agent.catalog explains
 * each one. Every event carries, beside MESSAGE, the fields named here, which the catalog's text
 * refers to; those in brackets where they are known. OBJECT is the path of a file or the name of a
 * unit; SETTING is there once for every setting concerned. An id never changes its meaning.
 */
#pragma once

/* A file or unit was changed as the policy wants it. OBJECT, [BINDING], [SETTING]. */
#define MESSAGE_ID_AGENT_CHANGED "9ac35affa8324b78ac0da2e1a0bfc9c4"

/* A file or unit is as it was before, since the policy no longer asks for anything there. OBJECT.
 */
#define MESSAGE_ID_AGENT_RESTORED "21a1d401b59a4e6e986d64adeaf7109c"

/* Somebody else had undone what the policy asks for; it is so again. OBJECT, [BINDING], [SETTING].
 */
#define MESSAGE_ID_AGENT_REPAIRED "330b56ed52d54686be9db59a2e30d241"

/* Somebody keeps undoing it; it is left alone for some minutes. OBJECT, [BINDING], [SETTING]. */
#define MESSAGE_ID_AGENT_FIGHT "bc69f2710e4345409c6b869ef709f70e"

/* The policy no longer asks for something that somebody else has changed since: it stays as it is.
 * OBJECT. */
#define MESSAGE_ID_AGENT_LEFT "5268dd5c13654d81a2ca2adb9324bbcf"

/* What a binding asks for cannot be done. DETAIL, [OBJECT], [BINDING], [SETTING]. */
#define MESSAGE_ID_AGENT_PROBLEM "c0d2e5aedf944f528adf66b01f68dc63"

/* A service did not come back, or did not read what has changed. OBJECT, DETAIL. */
#define MESSAGE_ID_AGENT_SERVICE "39dfe9b0c9cf45718aace862e83e729c"

/* A binding has an error. DETAIL. */
#define MESSAGE_ID_AGENT_BINDING "a0b9b1fff523432f9ebe967c9489d470"
