/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/port-filter.h"

#include <linux/inet_diag.h>

/* What the kernel does with a program (inet_diag(7) leaves that out, ss from iproute2 relies on
 * it): from each operation on by "yes" or "no" bytes; landing exactly on the end means passed. */
static gboolean passes(const GByteArray *program, guint port)
{
    const struct inet_diag_bc_op *operations = (const struct inet_diag_bc_op *)program->data;
    gsize at = 0;

    while (at < program->len) {
        const struct inet_diag_bc_op *operation = &operations[at / sizeof(*operation)];
        gboolean yes = FALSE;
        switch (operation->code) {
        case INET_DIAG_BC_S_GE:
            yes = port >= operation[1].no;
            break;
        case INET_DIAG_BC_S_LE:
            yes = port <= operation[1].no;
            break;
        case INET_DIAG_BC_JMP:
            break;
        default:
            g_error("operation %u at %zu is none that runs", operation->code, at);
        }
        const guint step = yes ? operation->yes : operation->no;
        g_assert_cmpuint(step, >=, 4);
        g_assert_cmpuint(step % 4, ==, 0);
        at += step;
    }
    return at == program->len;
}

static void assert_passes(const PortSet *ports, const PortSet *expected)
{
    g_autoptr(GByteArray) program = port_filter_new(ports);

    g_assert_cmpuint(program->len, >, 0);
    for (guint port = 0; port <= 65535; port++)
        if (passes(program, port) != port_set_contains(expected, port))
            g_error("port %u: %d", port, passes(program, port));
}

static void test_one_port(void)
{
    static const guint edges[] = {1, 2, 515, 65534, 65535};

    for (guint i = 0; i < G_N_ELEMENTS(edges); i++) {
        PortSet ports = {0};
        port_set_add_range(&ports, edges[i], edges[i]);
        assert_passes(&ports, &ports);
    }
}

static void test_all_ports(void)
{
    PortSet ports = {0};

    port_set_add_range(&ports, 0, 65535);
    assert_passes(&ports, &ports);
}

static void test_several_runs(void)
{
    PortSet ports = {0};

    port_set_add_range(&ports, 80, 80);
    port_set_add_range(&ports, 515, 515);
    port_set_add_range(&ports, 9100, 9200);
    port_set_add_range(&ports, 65535, 65535);
    assert_passes(&ports, &ports);
}

/* Every second port from 1000 on. */
static void add_runs(PortSet *ports, guint count)
{
    for (guint i = 0; i < count; i++)
        port_set_add_range(ports, 1000 + 2 * i, 1000 + 2 * i);
}

static void test_as_many_runs_as_are_told_apart(void)
{
    PortSet ports = {0};

    add_runs(&ports, PORT_FILTER_MAX_RANGES);
    assert_passes(&ports, &ports);
}

static void test_too_many_runs_pass_as_one(void)
{
    PortSet ports = {0};
    PortSet span = {0};

    add_runs(&ports, PORT_FILTER_MAX_RANGES + 1);
    port_set_add_range(&span, 1000, 1000 + 2 * PORT_FILTER_MAX_RANGES);
    assert_passes(&ports, &span);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-filter/one-port", test_one_port);
    g_test_add_func("/port-filter/all-ports", test_all_ports);
    g_test_add_func("/port-filter/several-runs", test_several_runs);
    g_test_add_func("/port-filter/as-many-runs-as-are-told-apart",
                    test_as_many_runs_as_are_told_apart);
    g_test_add_func("/port-filter/too-many-runs-pass-as-one", test_too_many_runs_pass_as_one);
    return g_test_run();
}
