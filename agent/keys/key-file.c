/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/keys/key-file.h"

#include <string.h>

#include "agent/keys/weak-key.h"

/* One thing in a file. */
typedef struct Piece {
    gnutls_datum_t data;
    gnutls_x509_crt_fmt_t format;
} Piece;

/* NULL: strong. Something else than that and what is weak: of what cannot be read. */
typedef char *(*Judge)(const Piece *piece);

static char *explain(int code)
{
    return g_strdup_printf("cannot be judged: %s", gnutls_strerror(code));
}

static char *judge_certificate(const Piece *piece)
{
    gnutls_x509_crt_t certificate;
    int code = gnutls_x509_crt_init(&certificate);
    if (code < 0)
        return explain(code);
    code = gnutls_x509_crt_import(certificate, &piece->data, piece->format);
    char *weak = code < 0 ? explain(code) : weak_key_of_certificate(certificate);
    gnutls_x509_crt_deinit(certificate);
    return weak;
}

static char *judge_private_key(const Piece *piece)
{
    gnutls_x509_privkey_t key;
    int code = gnutls_x509_privkey_init(&key);
    if (code < 0)
        return explain(code);
    code = gnutls_x509_privkey_import2(key, &piece->data, piece->format, NULL, 0);
    char *weak = code < 0 ? explain(code) : weak_key_of_private(key);
    gnutls_x509_privkey_deinit(key);
    return weak;
}

static char *judge_group(const Piece *piece)
{
    gnutls_dh_params_t group;
    int code = gnutls_dh_params_init(&group);
    if (code < 0)
        return explain(code);
    code = gnutls_dh_params_import_pkcs3(group, &piece->data, piece->format);
    char *weak = code < 0 ? explain(code) : weak_key_of_group(group);
    gnutls_dh_params_deinit(group);
    return weak;
}

static char *judge_ssh(const Piece *piece)
{
    gnutls_datum_t raw = {0};
    const int code = gnutls_pem_base64_decode2("OPENSSH PRIVATE KEY", &piece->data, &raw);
    char *weak = code < 0 ? explain(code) : weak_key_of_ssh(raw.data, raw.size);
    if (raw.data)
        gnutls_memset(raw.data, 0, raw.size);
    gnutls_free(raw.data);
    return weak;
}

/* What stands between "-----BEGIN " and "-----". An encrypted key keeps its size to itself; its
 * certificate tells. */
static Judge find_judge(const char *label, gsize length)
{
    static const struct {
        const char *label;
        Judge judge;
    } judges[] = {
        {"CERTIFICATE", judge_certificate},    {"X509 CERTIFICATE", judge_certificate},
        {"PRIVATE KEY", judge_private_key},    {"RSA PRIVATE KEY", judge_private_key},
        {"EC PRIVATE KEY", judge_private_key}, {"DSA PRIVATE KEY", judge_private_key},
        {"DH PARAMETERS", judge_group},        {"OPENSSH PRIVATE KEY", judge_ssh},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(judges); i++)
        if (strlen(judges[i].label) == length && strncmp(judges[i].label, label, length) == 0)
            return judges[i].judge;
    return NULL;
}

static void add(GPtrArray *found, Judge judge, const char *start, gsize length,
                gnutls_x509_crt_fmt_t format)
{
    const Piece piece = {{(unsigned char *)start, (unsigned int)length}, format};
    char *weak = judge(&piece);
    if (weak)
        g_ptr_array_add(found, weak);
}

/* Whatever else stands before it, NULs too. */
static const char *find(const char *from, const char *limit, const char *text)
{
    return memmem(from, (gsize)(limit - from), text, strlen(text));
}

static gboolean is_encrypted(const char *start, gsize length)
{
    return find(start, start + length, "Proc-Type: 4,ENCRYPTED") != NULL;
}

static void look_at_pem(GPtrArray *found, const char *contents, gsize length)
{
    static const char begin[] = "-----BEGIN ";
    static const char end_mark[] = "-----END ";
    static const char dashes[] = "-----";
    const char *limit = contents + length;
    const char *at = contents;

    while ((at = find(at, limit, begin))) {
        const char *label = at + strlen(begin);
        const char *label_end = find(label, limit, dashes);
        const char *last = find(label, limit, end_mark);
        const char *end = last ? find(last + strlen(end_mark), limit, dashes) : NULL;
        if (!label_end || !end)
            return;
        const gsize piece = (gsize)(end + strlen(dashes) - at);
        Judge judge = find_judge(label, (gsize)(label_end - label));
        if (judge && !is_encrypted(at, piece))
            add(found, judge, at, piece, GNUTLS_X509_FMT_PEM);
        at = end;
    }
}

/* What a DER file holds has to be tried. */
static void look_at_der(GPtrArray *found, const char *contents, gsize length)
{
    static const Judge judges[] = {judge_certificate, judge_private_key};
    for (gsize i = 0; i < G_N_ELEMENTS(judges); i++) {
        g_autoptr(GPtrArray) here = g_ptr_array_new_with_free_func(g_free);
        add(here, judges[i], contents, length, GNUTLS_X509_FMT_DER);
        if (here->len && g_str_has_prefix(g_ptr_array_index(here, 0), "cannot be judged"))
            continue;
        g_ptr_array_extend_and_steal(found, g_steal_pointer(&here));
        return;
    }
}

GPtrArray *key_file_find_weak(const char *contents, gsize length)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    if (find(contents, contents + length, "-----BEGIN "))
        look_at_pem(found, contents, length);
    else if (length && contents[0] == '\x30')
        look_at_der(found, contents, length);
    return found;
}
