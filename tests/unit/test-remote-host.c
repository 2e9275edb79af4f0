/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/remote-host.h"

static void test_hosts(void)
{
    static const struct {
        const char *host;
        guint port;
        const char *command;
    } cases[] = {
        {"mfp", 22, "ssh mfp"},
        {"root@mfp", 22, "ssh root@mfp"},
        {"root@mfp:2222", 2222, "ssh -p 2222 root@mfp"},
        {"mfp:22", 22, "ssh -p 22 mfp"},
        {"192.0.2.1:2222", 2222, "ssh -p 2222 192.0.2.1"},
        {"[2001:db8::1]", 22, "ssh 2001:db8::1"},
        {"root@[2001:db8::1]:2222", 2222, "ssh -p 2222 root@2001:db8::1"},
        {"root@mfp:2222/box", 2222, "ssh -p 2222 root@mfp"},
        {"root@mfp/box", 22, "ssh root@mfp"},
        {"root@mfp:box", 22, "ssh root@mfp"},
        {"root@mfp:0", 22, "ssh root@mfp"},
        {"root@mfp:99999", 22, "ssh root@mfp"},
        {"root@mfp:", 22, "ssh root@mfp"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *command = remote_host_ssh(cases[i].host);
        g_assert_cmpstr(command, ==, cases[i].command);
        g_assert_cmpuint(remote_host_port(cases[i].host), ==, cases[i].port);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/remote-host/hosts", test_hosts);
    return g_test_run();
}
