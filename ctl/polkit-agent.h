/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody to ask on a terminal for the password that polkit wants: pkttyagent(1), where no agent
 * of a desktop is at hand. As systemctl does it. */
#pragma once

/* Starts it and waits until it is ready. Does nothing for root, without a terminal, where it is not
 * installed, and when it runs already. */
void polkit_agent_open(void);

/* Ends it, if it runs. */
void polkit_agent_close(void);
