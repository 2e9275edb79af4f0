/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/port-filter.h"

#include <linux/inet_diag.h>

/* An operation compares with the port in the slot behind it, and then goes on so many bytes
 * further. Exactly the end of the program means "passes", four bytes beyond it "does not". */
#define COMPARISON_BYTES (2 * sizeof(struct inet_diag_bc_op))
#define JUMP_BYTES       sizeof(struct inet_diag_bc_op)
#define RANGE_BYTES      (2 * COMPARISON_BYTES + JUMP_BYTES)

static GArray *collect_ranges(const PortSet *ports)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(PortRange));
    PortRange range;

    for (guint from = 0; port_set_next_range(ports, from, &range); from = range.last + 1u)
        g_array_append_val(ranges, range);
    if (ranges->len <= PORT_FILTER_MAX_RANGES)
        return ranges;

    const PortRange span = {
        .first = g_array_index(ranges, PortRange, 0).first,
        .last = g_array_index(ranges, PortRange, ranges->len - 1).last,
    };
    g_array_set_size(ranges, 0);
    g_array_append_val(ranges, span);
    return ranges;
}

static void put(GByteArray *program, guint8 code, guint8 yes, gsize no)
{
    const struct inet_diag_bc_op operation = {.code = code, .yes = yes, .no = (guint16)no};
    g_byte_array_append(program, (const guint8 *)&operation, sizeof(operation));
}

static void put_comparison(GByteArray *program, guint8 code, guint16 port, gsize no)
{
    put(program, code, COMPARISON_BYTES, no);
    put(program, INET_DIAG_BC_NOP, 0, port);
}

GByteArray *port_filter_new(const PortSet *ports)
{
    g_autoptr(GArray) ranges = collect_ranges(ports);
    const gsize size = ranges->len * RANGE_BYTES;
    GByteArray *program = g_byte_array_sized_new((guint)size);

    for (guint i = 0; i < ranges->len; i++) {
        const PortRange *range = &g_array_index(ranges, PortRange, i);
        const gsize refused = size + JUMP_BYTES;
        const gboolean last = i + 1 == ranges->len;

        /* Runs ascend: a port below this one is in none of the following either. */
        put_comparison(program, INET_DIAG_BC_S_GE, range->first, refused - program->len);
        put_comparison(program, INET_DIAG_BC_S_LE, range->last,
                       last ? refused - program->len : COMPARISON_BYTES + JUMP_BYTES);
        /* A comparison's own "yes" reaches no further than 255 bytes. */
        put(program, INET_DIAG_BC_JMP, JUMP_BYTES, size - program->len);
    }
    return program;
}
