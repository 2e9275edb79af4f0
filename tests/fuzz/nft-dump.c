/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever values the kernel may list of the ruleset: what was read of it is whole, and can be
 * shown and compared with what secpold wants. */
#include "daemon/enforce/firewall/firewall-dump.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/firewall-text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kernel.h"
#include "tests/fuzz/netlink-mutator.h"
#include "tests/unit/plan-maker.h"

/* libnftnl ends the program where an attribute has another size than in the kernel's interface. It
 * cannot be told not to, and goes no further with that input here. */
static jmp_buf after_exit;
static gboolean in_library;

void exit(int status)
{
    if (in_library)
        longjmp(after_exit, 1);
    void (*next)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
    next(status);
    abort();
}

/* What was allocated before the jump is not freed. */
const char *sanitizer_options(void) __asm__("__asan_default_options");
const char *sanitizer_options(void)
{
    return "detect_leaks=0";
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static void check_chain(const FirewallChain *chain)
{
    g_assert_nonnull(chain->name);
    g_assert_nonnull(chain->definition);
    for (guint i = 0; i < chain->rules->len; i++)
        g_assert_nonnull(((FirewallRule *)g_ptr_array_index(chain->rules, i))->text);
}

/* Elements in order, each of them complete. */
static void check_map(const FirewallMap *map)
{
    g_assert_nonnull(map->name);
    g_assert_nonnull(map->definition);
    g_assert_cmpuint(map->elements->len, <=, FIREWALL_MAX_ELEMENTS);
    g_assert_true(map->elements->len == 0 || firewall_is_own_map(map->name));
    for (guint i = 0; i < map->elements->len; i++) {
        const FirewallElement *element = &g_array_index(map->elements, FirewallElement, i);
        g_assert_nonnull(element->chain);
        if (i > 0)
            g_assert_cmpint(firewall_element_compare(element - 1, element), <=, 0);
    }
}

static void check_ruleset(const FirewallRuleset *ruleset)
{
    g_assert_cmpstr(ruleset->table, ==, "secpold");
    for (guint i = 0; i < ruleset->chains->len; i++)
        check_chain(g_ptr_array_index(ruleset->chains, i));
    for (guint i = 0; i < ruleset->maps->len; i++)
        check_map(g_ptr_array_index(ruleset->maps, i));
    for (guint i = 0; i < ruleset->objects->len; i++)
        g_assert_nonnull(((FirewallObject *)g_ptr_array_index(ruleset->objects, i))->name);
    if (!ruleset->present)
        g_assert_cmpuint(ruleset->chains->len + ruleset->maps->len + ruleset->objects->len, ==, 0);
    g_autofree char *text = firewall_ruleset_to_string(ruleset);
    g_assert_true(g_str_has_prefix(text, ruleset->present ? "table inet " : "no table inet "));
}

static const FirewallRuleset *wanted(void)
{
    static FirewallRuleset *ruleset;

    if (!ruleset) {
        g_autoptr(Plan) plan = make_plan("*", "");
        const FirewallParameters parameters = {
            .table = "secpold",
            .flags = FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST,
            .ephemeral = {32768, 60999},
            .slot = FIREWALL_SLOT_A,
        };
        ruleset = firewall_ruleset_build(plan, &parameters);
    }
    return ruleset;
}

/* What is different is done something about, and what is not is left alone. */
static void check_diff(const FirewallRuleset *have)
{
    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, wanted());
    for (guint i = 0; i < diff->differences->len; i++)
        g_assert_nonnull(g_array_index(diff->differences, FirewallDifference, i).text);
    g_assert_true(diff->differences->len == 0 || diff->operations->len > 0);
    g_assert_true(have->present || diff->differences->len > 0);
}

static void check_dump(NftSocket *nft_socket)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FirewallRuleset) ruleset = firewall_dump(nft_socket, "secpold", &error);

    g_assert_true((ruleset == NULL) == (error != NULL));
    if (ruleset) {
        check_ruleset(ruleset);
        check_diff(ruleset);
    }
    g_autoptr(FirewallRuleset) counters = firewall_dump_counters(nft_socket, "secpold", NULL);
    if (counters)
        g_assert_cmpint(counters->present, ==, counters->objects->len > 0);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    return netlink_mutate(data, size, max_size, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static NftSocket *nft_socket;

    if (!nft_socket)
        nft_socket = nft_socket_new(-1, NULL);
    kernel_begin(data, size);
    in_library = TRUE;
    if (setjmp(after_exit) == 0)
        check_dump(nft_socket);
    in_library = FALSE;
    return 0;
}
