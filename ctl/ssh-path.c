/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ssh-path.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Deeper than any chain of shells and multiplexers; ends a walk that /proc leads in circles. */
#define MAX_ANCESTORS 256

void ssh_path_free(SshPath *path)
{
    if (!path) {
        return;
    }
    g_free(path->client_address);
    g_free(path->server_address);
    g_free(path);
}

static gboolean is_address(const char *text)
{
    const char *scope = strchr(text, '%');
    g_autofree char *bare = scope ? g_strndup(text, (gsize)(scope - text)) : g_strdup(text);
    struct in6_addr address;
    if (inet_pton(AF_INET6, bare, &address) == 1) {
        return !scope || scope[1] != '\0';
    }
    return !scope && inet_pton(AF_INET, bare, &address) == 1;
}

static gboolean parse_port(const char *text, guint *ret_port)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &number, NULL)) {
        return FALSE;
    }
    *ret_port = (guint)number;
    return TRUE;
}

SshPath *ssh_path_parse(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint client_port;
    guint server_port;
    if (g_strv_length(words) != 4 || !is_address(words[0]) || !is_address(words[2]) ||
        !parse_port(words[1], &client_port) || !parse_port(words[3], &server_port)) {
        return NULL;
    }
    SshPath *path = g_new0(SshPath, 1);
    path->client_address = g_strdup(words[0]);
    path->client_port = client_port;
    path->server_address = g_strdup(words[2]);
    path->server_port = server_port;
    return path;
}

char *ssh_path_environment_value(const char *block, gsize length, const char *name)
{
    gsize name_length = strlen(name);
    const char *end = block + length;
    for (const char *entry = block; entry < end;) {
        gsize entry_length = strnlen(entry, (gsize)(end - entry));
        if (entry_length > name_length && entry[name_length] == '=' &&
            memcmp(entry, name, name_length) == 0) {
            return g_strndup(entry + name_length + 1, entry_length - name_length - 1);
        }
        entry += entry_length + 1;
    }
    return NULL;
}

pid_t ssh_path_parent(const char *stat)
{
    const char *close = strrchr(stat, ')');
    if (!close || close[1] != ' ' || close[2] == '\0' || close[3] != ' ') {
        return 0;
    }
    char *end;
    long parent = strtol(close + 4, &end, 10);
    return *end == ' ' && parent > 0 && parent <= G_MAXINT32 ? (pid_t)parent : 0;
}

static char *read_process_file(pid_t process, const char *file, gsize *ret_length)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", process, file);
    char *contents = NULL;
    return g_file_get_contents(path, &contents, ret_length, NULL) ? contents : NULL;
}

static SshPath *path_of_process(pid_t process)
{
    gsize length = 0;
    g_autofree char *block = read_process_file(process, "environ", &length);
    g_autofree char *value =
        block ? ssh_path_environment_value(block, length, "SSH_CONNECTION") : NULL;
    return value ? ssh_path_parse(value) : NULL;
}

static pid_t parent_of_process(pid_t process)
{
    g_autofree char *stat = read_process_file(process, "stat", NULL);
    return stat ? ssh_path_parent(stat) : 0;
}

SshPath *ssh_path_find(void)
{
    const char *value = g_getenv("SSH_CONNECTION");
    SshPath *path = value ? ssh_path_parse(value) : NULL;
    pid_t process = getppid();
    for (guint i = 0; !path && process > 1 && i < MAX_ANCESTORS; i++) {
        path = path_of_process(process);
        process = parent_of_process(process);
    }
    return path;
}
