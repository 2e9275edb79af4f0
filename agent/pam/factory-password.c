/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/pam/factory-password.h"

#include <arpa/inet.h>
#include <crypt.h>
#include <errno.h>
#include <netinet/in.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4096

/* Takes as long wherever they differ. */
static bool is_equal(const char *a, const char *b)
{
    const size_t length = strlen(a);
    unsigned int differences = 0;
    if (strlen(b) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        differences |= (unsigned int)(a[i] ^ b[i]);
    return differences == 0;
}

static FactoryPassword compare_hash(const char *hash, const char *typed)
{
    struct crypt_data *data = calloc(1, sizeof *data);
    FactoryPassword result = FACTORY_PASSWORD_UNKNOWN;
    if (!data)
        return result;
    const char *computed = crypt_r(typed, hash, data);
    if (computed && *computed != '*')
        result = is_equal(computed, hash) ? FACTORY_PASSWORD_SAME : FACTORY_PASSWORD_OTHER;
    explicit_bzero(data, sizeof *data);
    free(data);
    return result;
}

/* "!" and "*" stand before what no password fits. */
static FactoryPassword compare_field(const char *field, const char *typed)
{
    if (!field || *field == '!' || *field == '*')
        return FACTORY_PASSWORD_OTHER;
    if (!*field)
        return !typed || !*typed ? FACTORY_PASSWORD_SAME : FACTORY_PASSWORD_OTHER;
    return typed ? compare_hash(field, typed) : FACTORY_PASSWORD_OTHER;
}

static FactoryPassword look_up(FILE *file, const char *user, const char *typed)
{
    char line[LINE_MAX_BYTES];
    struct spwd entry;
    struct spwd *found;
    FactoryPassword result = FACTORY_PASSWORD_OTHER;
    int code;

    while ((code = fgetspent_r(file, &entry, line, sizeof line, &found)) == 0)
        if (strcmp(entry.sp_namp, user) == 0) {
            result = compare_field(entry.sp_pwdp, typed);
            break;
        }
    explicit_bzero(line, sizeof line);
    return code == 0 || code == ENOENT ? result : FACTORY_PASSWORD_UNKNOWN;
}

FactoryPassword factory_password_compare(const char *file, const char *user, const char *typed)
{
    char buffer[BUFSIZ];
    FILE *stream = fopen(file, "re");
    if (!stream)
        return errno == ENOENT ? FACTORY_PASSWORD_OTHER : FACTORY_PASSWORD_UNKNOWN;
    setvbuf(stream, buffer, _IOFBF, sizeof buffer);
    const FactoryPassword result = look_up(stream, user, typed);
    fclose(stream);
    explicit_bzero(buffer, sizeof buffer);
    return result;
}

bool factory_password_is_remote(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (!host || !*host || strcmp(host, "localhost") == 0)
        return false;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 != IN_LOOPBACKNET;
    if (inet_pton(AF_INET6, host, &v6) != 1)
        return true;
    if (IN6_IS_ADDR_V4MAPPED(&v6))
        return v6.s6_addr[12] != IN_LOOPBACKNET;
    return !IN6_IS_ADDR_LOOPBACK(&v6);
}
