/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ssh-path.h"

#include <string.h>

static void check_parsed(const char *text, const char *client, guint client_port,
                         const char *server, guint server_port)
{
    g_autoptr(SshPath) path = ssh_path_parse(text);
    g_assert_nonnull(path);
    g_assert_cmpstr(path->client_address, ==, client);
    g_assert_cmpuint(path->client_port, ==, client_port);
    g_assert_cmpstr(path->server_address, ==, server);
    g_assert_cmpuint(path->server_port, ==, server_port);
}

static void test_parse(void)
{
    check_parsed("192.0.2.7 51234 192.0.2.1 22", "192.0.2.7", 51234, "192.0.2.1", 22);
    check_parsed("2001:db8::7 1 2001:db8::1 65535", "2001:db8::7", 1, "2001:db8::1", 65535);
    check_parsed("fe80::7%wlan0 51234 fe80::1%wlan0 2222", "fe80::7%wlan0", 51234, "fe80::1%wlan0",
                 2222);
}

static void test_refuse(void)
{
    static const char *const texts[] = {
        "",
        " ",
        "UNKNOWN 65535 UNKNOWN 65535", /* what sshd sets where its peer is no socket */
        "192.0.2.7 51234 192.0.2.1",
        "192.0.2.7 51234 192.0.2.1 22 more",
        "192.0.2.7  51234 192.0.2.1 22",
        "192.0.2.7 0 192.0.2.1 22",
        "192.0.2.7 51234 192.0.2.1 65536",
        "192.0.2.7 51234 192.0.2.1 -22",
        "192.0.2.7 51234 192.0.2.1 22x",
        "192.0.2.7 51234 192.0.2.256 22",
        "192.0.2.7 51234 192.0.2.1%eth0 22",
        "192.0.2.7 51234 fe80::1% 22",
        "printer 51234 192.0.2.1 22",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(SshPath) path = ssh_path_parse(texts[i]);
        g_assert_null(path);
    }
}

#define BLOCK "HOME=/root\0SSH_CONNECTION_OLD=1\0XSSH_CONNECTION=2\0SSH_CONNECTION=a b=c\0TERM=x"

static void test_environment(void)
{
    const char block[] = BLOCK;
    g_autofree char *middle = ssh_path_environment_value(block, sizeof block - 1, "SSH_CONNECTION");
    g_assert_cmpstr(middle, ==, "a b=c");
    g_autofree char *first = ssh_path_environment_value(block, sizeof block - 1, "HOME");
    g_assert_cmpstr(first, ==, "/root");
    g_autofree char *missing = ssh_path_environment_value(block, sizeof block - 1, "SSH");
    g_assert_null(missing);
    g_autofree char *none = ssh_path_environment_value("", 0, "HOME");
    g_assert_null(none);
}

/* The kernel hands out no NUL after the last string; the memory is exactly as long as the block, so
 * that a sanitizer sees a step beyond it. */
static void test_environment_unterminated(void)
{
    const char block[] = BLOCK;
    g_autofree char *exact = g_memdup2(block, sizeof block - 1);
    g_autofree char *last = ssh_path_environment_value(exact, sizeof block - 1, "TERM");
    g_assert_cmpstr(last, ==, "x");
    g_autofree char *cut = ssh_path_environment_value(exact, strlen("HOME=/ro"), "HOME");
    g_assert_cmpstr(cut, ==, "/ro");
    g_autofree char *name_only = ssh_path_environment_value(exact, strlen("HOME"), "HOME");
    g_assert_null(name_only);
}

static void test_parent(void)
{
    g_assert_cmpint(ssh_path_parent("812 (bash) S 811 812 812 34816 900 4194304 1"), ==, 811);
    g_assert_cmpint(ssh_path_parent("812 (a) S 9 (b c) S 811 812"), ==, 811);
    g_assert_cmpint(ssh_path_parent("1 (systemd) S 0 1 1 0"), ==, 0);
    g_assert_cmpint(ssh_path_parent(""), ==, 0);
    g_assert_cmpint(ssh_path_parent("812 (bash)"), ==, 0);
    g_assert_cmpint(ssh_path_parent("812 (bash) S"), ==, 0);
    g_assert_cmpint(ssh_path_parent("812 (bash) S x 812"), ==, 0);
    g_assert_cmpint(ssh_path_parent("812 (bash) S -1 812"), ==, 0);
}

/* sudo strips the variable, so that it has to be found in an ancestor's environment. */
static void test_find_own(void)
{
    g_setenv("SSH_CONNECTION", "192.0.2.7 51234 192.0.2.1 2022", TRUE);
    g_autoptr(SshPath) path = ssh_path_find();
    g_assert_nonnull(path);
    g_assert_cmpuint(path->server_port, ==, 2022);
    g_unsetenv("SSH_CONNECTION");
}

static void test_find_in_ancestor(void)
{
    if (g_test_subprocess()) {
        g_unsetenv("SSH_CONNECTION");
        g_autoptr(SshPath) path = ssh_path_find();
        g_assert_nonnull(path);
        g_assert_cmpuint(path->server_port, ==, 2023);
        return;
    }
    /* The child is started by way of a shell that has the variable in the environment it began with
     * (/proc does not show what a process sets later), and below that one of one that has not. */
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const char *arguments[] = {
        "/bin/sh", "-c",
        "env -u SSH_CONNECTION /bin/sh -c"
        " '\"$0\" --GTestSubprocess -p /ssh-path/find-in-ancestor; exit $?' \"$0\"; exit $?",
        self, NULL};
    g_auto(GStrv) environment =
        g_environ_setenv(g_get_environ(), "SSH_CONNECTION", "192.0.2.7 5 192.0.2.1 2023", TRUE);
    int status;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)arguments, environment, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_true(g_spawn_check_wait_status(status, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh-path/parse", test_parse);
    g_test_add_func("/ssh-path/refuse", test_refuse);
    g_test_add_func("/ssh-path/environment", test_environment);
    g_test_add_func("/ssh-path/environment-unterminated", test_environment_unterminated);
    g_test_add_func("/ssh-path/parent", test_parent);
    g_test_add_func("/ssh-path/find-own", test_find_own);
    g_test_add_func("/ssh-path/find-in-ancestor", test_find_in_ancestor);
    return g_test_run();
}
