/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/binding-parse.h"

#include <netinet/in.h>
#include <string.h>

#include "tests/unit/diagnostics-text.h"

#define HEAD "[Binding]\nFormatVersion=1\nService=Test\n"

static const char complete[] =
    HEAD "Condition=/usr/sbin/x !y.service\nReload=a.service b.socket\nRestart=c.service\n"
         "Run=/bin/x 'a b'\nWrites=/var/lib/x /etc/y\nWatch=/etc/z\n"
         "[Edit tree]\nWhen=SnmpV1=false PasswordMinimumLength\nCondition=/etc/x\nFile=/etc/x\n"
         "Lens=Simplevars.lns\nEach=a[b = 'c']\nPath=d[e]\nCreate=d\nBefore=f\n"
         "Value=${PasswordMinimumLength*60}\nSet.g[1]=h\nKeep=1..2 3\nLeast=6\nMost=99\n"
         "[Edit content]\nWhen=SntpServer\nFile=/etc/y\nContent=server ${SntpServer}\\n\n"
         "[Edit mask]\nWhen=MdnsIpv4=false\nMask=a.socket a.service\n"
         "[Edit stop]\nWhen=MdnsIpv4=false\nStop=b.service\n"
         "[Edit program]\nWhen=LockoutThreshold\nApply=/bin/x ${LockoutThreshold}\nUndo=/bin/x\n"
         "Was=/bin/y 'c d'\n"
         "[Edit start]\nWhen=MdnsIpv4=false\nStart=c.service\n"
         "[Check command]\nSettings=SnmpV1 MdnsIpv4\nCommand=/bin/x 'a b'\nInput=a\\n\n"
         "Match=([0-9]+)\nMeans.false=1 2\nMeans.true=''\nAccept=3\n"
         "[Check status]\nSettings=LockoutThreshold\nCommand=/bin/x\nResult=status\n"
         "[Check property]\nSettings=PasswordMinimumLength\nProperty=a.b /c d.e F\nScale=60\n"
         "[Check listener]\nSettings=MdnsIpv4\nListener=udp/5353\nMeans.false=closed\n"
         "[Check units]\nSettings=MdnsIpv4\nUnits=a.service\nMeans.false=masked\n"
         "[Check edit]\nSettings=SntpServer\nEdit=content\nLoaded=a.service\n"
         "[X-Note]\nanything=goes\n";

static Binding *parse(const char *text, Diagnostics *diagnostics)
{
    const gsize length = strlen(text);
    g_autofree char *tight = copy_tightly(text, length);
    return binding_parse("test", tight, length, NULL, diagnostics);
}

static void test_complete(void)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Binding) binding = parse(complete, diagnostics);

    assert_diagnostics(diagnostics, "");
    g_assert_nonnull(binding);
    g_assert_cmpstr(binding->service, ==, "Test");
    g_assert_cmpstr(binding->run[1], ==, "a b");
    g_assert_cmpuint(binding->edits->len, ==, 6);
    g_assert_cmpuint(binding->checks->len, ==, 6);

    const BindingEdit *tree = g_ptr_array_index(binding->edits, 0);
    g_assert_cmpint(tree->kind, ==, EDIT_TREE);
    g_assert_cmpuint(tree->when->len, ==, 2);
    g_assert_cmpuint(tree->least, ==, 6);
    g_assert_cmpstr(((BindingChild *)g_ptr_array_index(tree->children, 0))->path, ==, "g[1]");
    g_assert_cmpint(((BindingEdit *)g_ptr_array_index(binding->edits, 3))->kind, ==, EDIT_STOP);
    g_assert_cmpstr(((BindingEdit *)g_ptr_array_index(binding->edits, 4))->was[1], ==, "c d");
    g_assert_cmpint(((BindingEdit *)g_ptr_array_index(binding->edits, 5))->kind, ==, EDIT_START);
    g_assert_cmpstr(binding->watch[0], ==, "/etc/z");

    const BindingCheck *listener = g_ptr_array_index(binding->checks, 3);
    g_assert_cmpuint(listener->protocol, ==, IPPROTO_UDP);
    g_assert_cmpuint(listener->port, ==, 5353);
    const BindingCheck *edit = g_ptr_array_index(binding->checks, 5);
    g_assert_cmpint(edit->kind, ==, CHECK_EDIT);
    g_assert_cmpuint(edit->edit, ==, 1);
}

#define EDIT  HEAD "[Edit e]\nWhen=SnmpV1=false\n"
#define CHECK "[Check c]\nSettings=SnmpV1\nListener=tcp/1\nMeans.false=closed\n"

static const struct {
    const char *text;
    const char *diagnostics;
} bad[] = {
    {"", "0: error: FormatVersion: missing from group [Binding]\n"
         "0: error: Service: missing from group [Binding]\n"
         "0: error: : there is no [Check NAME], so nothing could ever be confirmed\n"},
    {"[Binding]\nFormatVersion=2\n",
     "2: error: FormatVersion: this secpol-agent knows FormatVersion=1 only\n"},
    {HEAD "Conditon=/x\n" CHECK,
     "4: error: Conditon: unknown key in this group; did you mean Condition?\n"},
    {HEAD "[Edits e]\n" CHECK,
     "4: error: Edits e: unknown group; there are Binding, Edit NAME and Check NAME\n"},
    {HEAD "[Edit a b]\nWhen=SnmpV1=false\n" CHECK,
     "4: error: Edit a b: a name is 1 to 64 letters, digits, - and _\n"},
    {EDIT "Stop=x.service\n[Check c]\nSettings=SnmpV2c\nListener=tcp/1\nMeans.false=closed\n",
     "0: error: SnmpV1: the setting is edited, but no [Check NAME] reads it back\n"},
    {EDIT "Stop=x.service\nWas=/bin/x\n" CHECK, "4: error: Edit e: Was= needs Apply= and Undo=\n"},
    {EDIT "Apply=/bin/x\nUndo=/bin/x\nWas=/bin/x ${SntpServer}\n" CHECK,
     "8: error: Was: it also runs when nothing is locked, so no ${}\n"},
    {EDIT "Stop=x\n" CHECK,
     "6: error: Stop: \"x\" is not the name of a service, socket, path, timer or target\n"},
    {EDIT "File=/etc/../x\n" CHECK,
     "6: error: File: not an absolute path without \"..\" and further slashes\n"},
    {EDIT "Value=${SnmpV1}\n" CHECK,
     "6: error: Value: SnmpV1 is a flag: write out what it means to the service\n"},
    {EDIT "Value=${SntpServer*2}\n" CHECK,
     "6: error: Value: SntpServer is not a number, so it cannot be multiplied\n"},
    {EDIT "Value=${LockoutTreshold}\n" CHECK,
     "6: error: Value: \"LockoutTreshold\" in ${} is not a setting; did you mean "
     "LockoutThreshold?\n"},
    {EDIT "Content=${LockoutThreshold}\nFile=/x\n" CHECK,
     "4: error: Edit e: ${LockoutThreshold} has a value only while it is locked: name it in When= "
     "too\n"},
    {EDIT "Lens=Simplevars.lns\nFile=/x\nPath=a[1]\nValue=b\n" CHECK,
     "4: error: Edit e: where nothing matches a Path= with brackets, Create= has to say what to "
     "make\n"},
    {EDIT "Apply=/bin/x\n" CHECK, "4: error: Edit e: Apply= and Undo= need each other\n"},
    {EDIT CHECK, "4: error: Edit e: nothing is edited: Lens=, Content=, Mask=, Stop=, Start= or "
                 "Apply= is missing\n"},
    {HEAD "[Edit e]\nWhen=SnmpV1\nStop=x.service\n" CHECK,
     "5: error: When: SnmpV1 is a flag: write SnmpV1=true or SnmpV1=false\n"},
    {HEAD "[Check c]\nSettings=SnmpV1\nListener=tcp/0\n",
     "6: error: Listener: neither tcp/PORT nor udp/PORT\n"},
    {HEAD "[Check c]\nMeans.false=x\nSettings=SnmpV1\nUnits=x.service\n",
     "5: error: Means.false: Settings= has to stand above\n"},
    {HEAD "[Check c]\nSettings=SnmpV1\nUnits=x.service\n",
     "4: error: Check c: Means.true= or Means.false= says which results stand for what\n"},
    {HEAD "[Check c]\nSettings=SnmpV1\nUnits=x.service\nListener=tcp/1\nMeans.false=x\n",
     "4: error: Check c: one of Command=, Property=, Units=, Listener= and Edit= says where to "
     "look\n"},
    {HEAD "[Check c]\nSettings=SnmpV1\nEdit=none\n",
     "6: error: Edit: there is no [Edit none] above\n"},
    {HEAD "[Check c]\nSettings=SnmpV1\nCommand=x\nMeans.false=1\n",
     "6: error: Command: the program is not given by its absolute path\n"},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Diagnostics) diagnostics = diagnostics_new();
        g_autoptr(Binding) binding = parse(bad[i].text, diagnostics);

        assert_diagnostics(diagnostics, bad[i].diagnostics);
        g_assert_null(binding);
    }
}

static void test_wanted(void)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Binding) binding = parse(complete, diagnostics);
    const BindingEdit *tree = g_ptr_array_index(binding->edits, 0);
    const gsize v1 = catalog_setting_index(catalog_find_setting("SnmpV1"));
    const gsize length = catalog_setting_index(catalog_find_setting("PasswordMinimumLength"));
    GVariant *values[CATALOG_N_SETTINGS] = {NULL};
    g_autoptr(GVariant) no = g_variant_ref_sink(g_variant_new_boolean(FALSE));
    g_autoptr(GVariant) yes = g_variant_ref_sink(g_variant_new_boolean(TRUE));
    g_autoptr(GVariant) number = g_variant_ref_sink(g_variant_new_uint32(8));

    g_assert_false(binding_edit_is_wanted(tree, values));
    values[v1] = no;
    g_assert_false(binding_edit_is_wanted(tree, values));
    values[length] = number;
    g_assert_true(binding_edit_is_wanted(tree, values));
    values[v1] = yes;
    g_assert_false(binding_edit_is_wanted(tree, values));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/binding/complete", test_complete);
    g_test_add_func("/binding/bad", test_bad);
    g_test_add_func("/binding/wanted", test_wanted);
    return g_test_run();
}
