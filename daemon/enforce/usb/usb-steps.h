/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How one step of a job is done; see usb-jobs.h. May block. */
#pragma once

#include "daemon/enforce/usb/usb-jobs.h"

void usb_step_run(UsbStep *step);
