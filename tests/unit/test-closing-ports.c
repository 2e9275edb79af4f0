/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/closing-ports.h"
#include "ctl/socket-owners.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the bus says of a device on which LPD is closed, and whose maker has RAW on two ports. */
static const char items_text[] =
    "[{\"Key\":\"RestrictLpdPort\",\"Requested\":true,\"State\":\"enforced\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":515,\"Last\":515},"
    "   {\"Protocol\":\"udp\",\"First\":515,\"Last\":515}]},"
    " {\"Key\":\"RestrictRawPort\",\"Requested\":false,\"State\":\"off\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":515,\"Last\":516},"
    "   {\"Protocol\":\"tcp\",\"First\":9100,\"Last\":9102},"
    "   {\"Protocol\":\"udp\",\"First\":9100,\"Last\":9100}]},"
    " {\"Key\":\"RestrictFtpPort\",\"Requested\":false,\"State\":\"not-available\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":21,\"Last\":21}]},"
    " {\"Key\":\"ProhibitSnmpV1\",\"Requested\":false,\"State\":\"off\",\"Ports\":"
    "  [{\"Protocol\":\"tcp\",\"First\":161,\"Last\":161},"
    "   {\"Protocol\":\"udp\",\"First\":161,\"Last\":161}]},"
    " {\"Key\":\"Nonsense\",\"Requested\":false,\"State\":\"off\",\"Ports\":"
    "  "
    "[{\"Protocol\":\"tcp\",\"First\":0,\"Last\":5},{\"Protocol\":\"tcp\",\"First\":9,\"Last\":8},"
    "   {\"Protocol\":\"tcp\",\"First\":1,\"Last\":65536},[\"tcp\",1,1]]}]";

static void check_closing(const char *item, const char *from, const char *to, const char *tcp,
                          const char *udp)
{
    g_autofree char *text =
        g_strdup_printf("{\"Item\":\"%s\",\"From\":%s,\"To\":%s}", item, from, to);
    g_autoptr(JsonNode) change = json_from_string(text, NULL);
    g_autoptr(JsonNode) items = json_from_string(items_text, NULL);
    ClosingPorts ports;
    closing_ports_of_change(json_node_get_object(change), json_node_get_array(items), &ports);
    g_autofree char *found_tcp = port_set_to_string(&ports.tcp);
    g_autofree char *found_udp = port_set_to_string(&ports.udp);
    g_assert_cmpstr(found_tcp, ==, tcp);
    g_assert_cmpstr(found_udp, ==, udp);
}

static void test_closing(void)
{
    check_closing("RestrictRawPort", "false", "true", "516,9100-9102", "9100");
    check_closing("RestrictRawPort", "[false,{}]", "[true,{\"x\":1}]", "516,9100-9102", "9100");
    check_closing("RestrictRawPort", "true", "true", "", "");
    check_closing("RestrictLpdPort", "true", "false", "", "");
    check_closing("RestrictFtpPort", "false", "true", "", "");
    check_closing("ProhibitSnmpV1", "false", "true", "161", "");
    check_closing("Nonsense", "false", "true", "", "");
    check_closing("NoSuchItem", "false", "true", "", "");
}

static void test_requested(void)
{
    static const struct {
        const char *value;
        gboolean requested;
    } cases[] = {
        {"true", TRUE},      {"false", FALSE},      {"8", TRUE},     {"0", FALSE},
        {"[true,{}]", TRUE}, {"[false,{}]", FALSE}, {"[0]", FALSE},  {"[]", FALSE},
        {"\"x\"", FALSE},    {"{}", FALSE},         {"null", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(JsonNode) value = json_from_string(cases[i].value, NULL);
        g_assert_cmpint(item_value_is_requested(value), ==, cases[i].requested);
    }
}

static void test_inode(void)
{
    g_assert_cmpuint(socket_inode_from_link("socket:[4711]"), ==, 4711);
    g_assert_cmpuint(socket_inode_from_link("socket:[4294967295]"), ==, 4294967295U);
    static const char *const others[] = {"",
                                         "socket:[",
                                         "socket:[]",
                                         "pipe:[4711]",
                                         "socket:[4711",
                                         "socket:[4294967296]",
                                         "socket:[-1]",
                                         "/socket:[1]",
                                         "]"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_assert_cmpuint(socket_inode_from_link(others[i]), ==, 0);
    }
}

static void test_owners(void)
{
    /* The kernel keeps 15 bytes. Under valgrind the program would have valgrind's name. */
    g_assert_cmpint(prctl(PR_SET_NAME, "a name of its own"), ==, 0);
    int sockets[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), ==, 0);
    int again = dup(sockets[0]);
    struct stat status;
    g_assert_cmpint(fstat(sockets[0], &status), ==, 0);
    g_autoptr(GHashTable) inodes = g_hash_table_new(NULL, NULL);
    g_hash_table_add(inodes, GUINT_TO_POINTER(status.st_ino));

    g_autoptr(GHashTable) owners = socket_owners_find(inodes);
    g_assert_cmpuint(g_hash_table_size(owners), ==, 1);
    GPtrArray *list = g_hash_table_lookup(owners, GUINT_TO_POINTER(status.st_ino));
    g_assert_cmpuint(list->len, ==, 1);
    const SocketOwner *owner = g_ptr_array_index(list, 0);
    g_assert_cmpint(owner->process, ==, getpid());
    g_assert_cmpstr(owner->name, ==, "a name of its o");
    close(sockets[0]);
    close(sockets[1]);
    close(again);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closing-ports/closing", test_closing);
    g_test_add_func("/closing-ports/requested", test_requested);
    g_test_add_func("/socket-owners/inode", test_inode);
    g_test_add_func("/socket-owners/owners", test_owners);
    return g_test_run();
}
