/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as what secpolctl reads beside documents: a time on its command line, the environment
 * and state of other processes, a file of another kind. The first byte says which. */
#include <string.h>

#include "ctl/document-kind.h"
#include "ctl/ssh-path.h"
#include "ctl/time-span.h"
#include "tests/fuzz/fuzz.h"

static void check_time_span(const char *text, size_t size)
{
    g_autoptr(GError) error = NULL;
    guint seconds = 0;
    const gboolean good = time_span_parse(text, &seconds, &error);

    g_assert_cmpint(good, ==, error == NULL);
    if (!good) {
        g_assert_cmpuint(seconds, ==, 0);
        return;
    }
    g_assert_cmpuint(seconds, >=, TIME_SPAN_MIN_SECONDS);
    g_assert_cmpuint(seconds, <=, TIME_SPAN_MAX_SECONDS);
    g_autofree char *printed = g_strdup_printf("%u s", seconds);
    guint again = 0;
    g_assert_true(time_span_parse(printed, &again, NULL) && again == seconds);
}

static void check_ssh_path(const char *text, size_t size)
{
    g_autoptr(SshPath) path = ssh_path_parse(text);

    if (!path)
        return;
    g_assert_true(path->client_port >= 1 && path->client_port <= G_MAXUINT16);
    g_assert_true(path->server_port >= 1 && path->server_port <= G_MAXUINT16);
    g_autofree char *printed =
        g_strdup_printf("%s %u %s %u", path->client_address, path->client_port,
                        path->server_address, path->server_port);
    g_autoptr(SshPath) again = ssh_path_parse(printed);
    g_assert_cmpstr(again->client_address, ==, path->client_address);
    g_assert_cmpstr(again->server_address, ==, path->server_address);
}

/* As it comes from /proc: bytes, not text. */
static void check_environment(const char *text, size_t size)
{
    g_autofree char *block = g_memdup2(text, size);
    g_autofree char *value = ssh_path_environment_value(block, size, "SSH_CONNECTION");

    g_assert_true(!value || memmem(text, size, "SSH_CONNECTION=", strlen("SSH_CONNECTION=")));
    g_assert_true(!value || memmem(text, size, value, strlen(value)));
}

static void check_stat(const char *text, size_t size)
{
    const pid_t parent = ssh_path_parent(text);
    g_autofree char *number = g_strdup_printf("%d", parent);

    g_assert_cmpint(parent, >=, 0);
    g_assert_true(parent == 0 || strstr(text, number));
}

static void check_kind(const char *text, size_t size)
{
    g_autofree char *bytes = g_memdup2(text, size);
    const char *kind = document_kind_find_other(bytes, size);

    g_assert_true(!kind || g_str_has_prefix(kind, "is "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const char *, size_t) = {
        check_time_span, check_ssh_path, check_environment, check_stat, check_kind};

    if (size < 2)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
    checks[data[0] % G_N_ELEMENTS(checks)](text, size - 1);
    return 0;
}
