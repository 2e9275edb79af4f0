/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generator of systemd; see systemd.generator(7). */
#include <stdio.h>
#include <stdlib.h>

#include "agent/agent.h"
#include "agent/binding-files.h"
#include "agent/sandbox.h"

#define DROP_IN_DIRECTORY "secpol-agent.service.d"
#define DROP_IN           "bindings.conf"

/* Without the drop-in the agent runs, and reports that it cannot write. */
int main(int argc, char *argv[])
{
    static const char *const bindings[] = {BINDINGS_DIRECTORY, ADMIN_BINDINGS_DIRECTORY, NULL};
    g_autoptr(GError) error = NULL;

    if (argc != 4) {
        fputs("secpol-agent-sandbox is for systemd to run; see secpol-agent(8)\n", stderr);
        return 2;
    }
    g_autofree char *directory = g_build_filename(argv[1], DROP_IN_DIRECTORY, NULL);
    g_autofree char *file = g_build_filename(directory, DROP_IN, NULL);
    g_autofree char *text = sandbox_drop_in(bindings, AGENT_STATE_DIRECTORY);
    if (g_mkdir_with_parents(directory, 0755) == 0 && g_file_set_contents(file, text, -1, &error))
        return EXIT_SUCCESS;
    fprintf(stderr, "secpol-agent-sandbox: %s\n", error ? error->message : directory);
    return EXIT_FAILURE;
}
