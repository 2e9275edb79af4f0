/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a daemon's settings among all that secpold has. To be copied as it is. */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

/* A setting of type b; those of types u and s are read alike. */
typedef struct Setting {
    const char *name;
    int locked;
    int value; /* what has to be in force while locked */
} Setting;

/* Asks for all settings, without starting a secpold that was stopped. Returns a negative errno when
 * it cannot ask. */
int setting_reader_ask(sd_bus *bus, sd_bus_message_handler_t on_settings);

/* Takes `settings` over from the reply. Returns a negative errno when the reply is not as it should
 * be; what was read up to there is then taken over. */
int setting_reader_read(sd_bus_message *reply, Setting *settings, size_t n_settings);

/* Not for a PropertiesChanged of other settings, nor for one that tells of nothing but reports: who
 * answers to those answers to his own. Otherwise, and for NULL, it is time to ask. */
int setting_reader_has_to_ask(sd_bus_message *signal, Setting *settings, size_t n_settings);
