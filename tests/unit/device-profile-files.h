/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device profiles from texts, for the tests of them. */
#pragma once

#include "daemon/policy/device-profile.h"
#include "tests/unit/diagnostics-text.h"

#define N_FILES 3

/* Texts of up to three files, a.conf to c.conf. */
typedef struct Files {
    const char *texts[N_FILES];
} Files;

static inline DeviceProfile *parse_files(const Files *files, Diagnostics *diagnostics)
{
    static const char *const names[N_FILES] = {"a.conf", "b.conf", "c.conf"};
    DeviceProfileSource sources[N_FILES];
    char *copies[N_FILES] = {NULL};
    gsize n_sources = 0;
    for (; n_sources < N_FILES && files->texts[n_sources] != NULL; n_sources++) {
        gsize length = strlen(files->texts[n_sources]);
        copies[n_sources] = copy_tightly(files->texts[n_sources], length);
        sources[n_sources] = (DeviceProfileSource){names[n_sources], copies[n_sources], length};
    }
    DeviceProfile *profile = device_profile_parse(sources, n_sources, diagnostics);
    for (gsize i = 0; i < N_FILES; i++)
        g_free(copies[i]);
    return profile;
}
