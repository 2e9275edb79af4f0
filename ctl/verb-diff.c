/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verb.h"
ExitCode verb_diff(const Context *context, const char *argument)
{
    return EXIT_CODE_FAILED;
}
