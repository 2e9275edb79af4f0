/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/device-profile-files.h"

typedef struct Case {
    const char *name;
    Files files;
    const char *diagnostics;
} Case;

#define NOT_A_PORT "is not PORT, PORT-PORT or either with /tcp or /udp; ports are 1 to 65535\n"

#define NOT_A_NAME                                                                                 \
    "is neither the kernel's name of a device nor a path that begins with /devices/\n"

static const Case refused[] = {
    {"unknown-group", {{"[Printer]\nFax=no\n"}}, "a.conf:1: error: Printer: unknown group\n"},
    {"mistyped-group",
     {{"[functions]\n"}},
     "a.conf:1: error: functions: unknown group; did you mean Functions?\n"},
    {"duplicate-group",
     {{"[Ports]\n[Ports]\n"}},
     "a.conf:2: error: Ports: the group already began in line 1; put its keys there\n"},
    {"duplicate-key",
     {{"[Functions]\nFax=no\nFax=yes\n"}},
     "a.conf:3: error: Fax: the key was already given in line 2; remove one of them\n"},
    {"unknown-key", {{"[Device]\nColour=yes\n"}}, "a.conf:2: error: Colour: unknown key\n"},
    {"mistyped-key",
     {{"[Device]\nModell=A\n"}},
     "a.conf:2: error: Modell: unknown key; did you mean Model?\n"},
    {"mistyped-firewall-key",
     {{"[Firewall]\nLoggroup=5\n"}},
     "a.conf:2: error: Loggroup: unknown key; did you mean LogGroup?\n"},
    {"wrong-group",
     {{"[Device]\nLogGroup=0\n[Functions]\nModel=A\n"}},
     "a.conf:2: error: LogGroup: the key belongs in group [Firewall], not [Device]\n"
     "a.conf:2: error: LogGroup: \"0\" is out of range; the range is 1 to 65535\n"
     "a.conf:4: error: Model: the key belongs in group [Device], not [Functions]\n"},
    {"model-with-control",
     {{"[Device]\nModel=a\\tb\n"}},
     "a.conf:2: error: Model: the text contains U+0009, which is not a character to display\n"},
    {"unknown-function",
     {{"[Functions]\nTeleport=no\n"}},
     "a.conf:2: error: Teleport: unknown function\n"},
    {"mistyped-function",
     {{"[Functions]\nWirelesLan=no\n"}},
     "a.conf:2: error: WirelesLan: unknown function; did you mean WirelessLan?\n"},
    {"function-neither-yes-nor-no",
     {{"[Functions]\nFax=false\n"}},
     "a.conf:2: error: Fax: the value must be yes or no, not \"false\"\n"},
    {"function-empty",
     {{"[Functions]\nFax=\n"}},
     "a.conf:2: error: Fax: the value must be yes or no, not \"\"\n"},
    {"mistyped-item",
     {{"[Ports]\nRestrictLdpPort=1\n"}},
     "a.conf:2: error: RestrictLdpPort: unknown item; did you mean RestrictLpdPort?\n"},
    {"item-without-ports",
     {{"[Ports]\nForceSntp=123\n[Narrow]\nProhibitUsbDevice=1\n"}},
     "a.conf:2: error: ForceSntp: the item closes no ports\n"
     "a.conf:4: error: ProhibitUsbDevice: the item closes no ports\n"},
    {"port-0",
     {{"[Ports]\nRestrictIppPort=0 1-65536 65536 99999999999999999999\n"}},
     "a.conf:2: error: RestrictIppPort: \"0\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"1-65536\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"65536\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"99999999999999999999\" " NOT_A_PORT},
    {"not-ports",
     {{"[Ports]\nRestrictIppPort=ipp 1,2 -1 1- - /tcp 1--2 1-2-3 +1 0x1\n"}},
     "a.conf:2: error: RestrictIppPort: \"ipp\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"1,2\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"-1\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"1-\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"-\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"/tcp\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"1--2\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"1-2-3\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"+1\" " NOT_A_PORT
     "a.conf:2: error: RestrictIppPort: \"0x1\" " NOT_A_PORT},
    {"reversed-range",
     {{"[Ports]\nRestrictIppPort=8999-8000\n"}},
     "a.conf:2: error: RestrictIppPort: \"8999-8000\" is reversed; the lower port comes first\n"},
    {"unknown-protocol",
     {{"[Ports]\nRestrictIppPort=1/sctp 1/ 1/TCP 1/tcp/udp\n"}},
     "a.conf:2: error: RestrictIppPort: \"1/sctp\" names a protocol that is neither tcp nor udp\n"
     "a.conf:2: error: RestrictIppPort: \"1/\" names a protocol that is neither tcp nor udp\n"
     "a.conf:2: error: RestrictIppPort: \"1/TCP\" names a protocol that is neither tcp nor udp\n"
     "a.conf:2: error: RestrictIppPort: \"1/tcp/udp\" names a protocol that is neither tcp nor "
     "udp\n"},
    {"port-twice",
     {{"[Ports]\nRestrictIppPort=1 2 1\n"}},
     "a.conf:2: error: RestrictIppPort: \"1\" is named twice\n"},
    {"narrowed-to-another-port",
     {{"[Narrow]\nRestrictIppPort=631 632 630-631/tcp\n"}},
     "a.conf:2: error: RestrictIppPort: the item cannot be narrowed to 632, which it does not "
     "close\n"
     "a.conf:2: error: RestrictIppPort: the item cannot be narrowed to 630-631/tcp, which it does "
     "not close\n"},
    {"narrowed-to-another-protocol",
     {{"[Ports]\nRestrictIppPort=8000/tcp\n[Narrow]\nRestrictIppPort=8000\n"}},
     "a.conf:4: error: RestrictIppPort: the item cannot be narrowed to 8000, which it does not "
     "close\n"},
    {"narrowed-to-a-port-taken-back",
     {{"[Ports]\nRestrictIppPort=8000\n", "[Narrow]\n\nRestrictIppPort=8000\n",
       "[Ports]\nRestrictIppPort=\n"}},
     "b.conf:3: error: RestrictIppPort: the item cannot be narrowed to 8000, which it does not "
     "close\n"},
    {"interface-names",
     {{"[Narrow]\nExemptInterfaces=usb0 a/b abcdefghijklmnop eth0:1 . .. usb* \303\274\n"}},
     "a.conf:2: error: ExemptInterfaces: \"a/b\" is not the name of one network interface\n"
     "a.conf:2: error: ExemptInterfaces: \"abcdefghijklmnop\" is not the name of one network "
     "interface\n"
     "a.conf:2: error: ExemptInterfaces: \"eth0:1\" is not the name of one network interface\n"
     "a.conf:2: error: ExemptInterfaces: \".\" is not the name of one network interface\n"
     "a.conf:2: error: ExemptInterfaces: \"..\" is not the name of one network interface\n"
     "a.conf:2: error: ExemptInterfaces: \"usb*\" is not the name of one network interface\n"
     "a.conf:2: error: ExemptInterfaces: \"\303\274\" is not the name of one network interface\n"},
    {"interface-twice",
     {{"[Narrow]\nExemptInterfaces=usb0 usb0\n"}},
     "a.conf:2: error: ExemptInterfaces: \"usb0\" is named twice\n"},
    {"hardware-names",
     {{"[Usb]\nExemptControllers=udc/0 /sys/devices/x /class/udc/x musb-hdrc.1.auto\n"
       "ExemptPorts=1-1.[45]\n[Wireless]\nExemptRadios=/devices/x/\nDirectRadios=\303\274\n"}},
     "a.conf:2: error: ExemptControllers: \"udc/0\" " NOT_A_NAME
     "a.conf:2: error: ExemptControllers: \"/sys/devices/x\" is a path below /sys and is written "
     "without it, beginning with /devices/\n"
     "a.conf:2: error: ExemptControllers: \"/class/udc/x\" is not the path of a device, which "
     "begins with /devices/\n"
     "a.conf:3: error: ExemptPorts: \"1-1.[45]\" " NOT_A_NAME
     "a.conf:5: error: ExemptRadios: \"/devices/x/\" is not a path as the kernel has it\n"
     "a.conf:6: error: DirectRadios: \"\303\274\" " NOT_A_NAME},
    {"hardware-twice",
     {{"[Usb]\nExemptPorts=1-1 1-1\n"}},
     "a.conf:2: error: ExemptPorts: \"1-1\" is named twice\n"},
    {"mistyped-hardware-key",
     {{"[Wireless]\nExemptRadio=phy0\n[Usb]\nExemptPort=1-1\n"}},
     "a.conf:2: error: ExemptRadio: unknown key; did you mean ExemptRadios?\n"
     "a.conf:4: error: ExemptPort: unknown key; did you mean ExemptPorts?\n"},
    {"hardware-in-wrong-group",
     {{"[Usb]\nExemptRadios=phy0\n[Wireless]\nExemptPorts=1-1\n[Narrow]\nLanRadios=phy1\n"}},
     "a.conf:2: error: ExemptRadios: the key belongs in group [Wireless], not [Usb]\n"
     "a.conf:4: error: ExemptPorts: the key belongs in group [Usb], not [Wireless]\n"
     "a.conf:6: error: LanRadios: the key belongs in group [Wireless], not [Narrow]\n"},
    {"radio-in-two-lists",
     {{"[Wireless]\nExemptRadios=phy0\nDirectRadios=phy1 phy0\nLanRadios=phy1\n"}},
     "a.conf:3: error: DirectRadios: \"phy0\" and \"phy0\" in ExemptRadios mean the same radio; "
     "name it in one of them\n"
     "a.conf:4: error: LanRadios: \"phy1\" and \"phy1\" in DirectRadios mean the same radio; name "
     "it in one of them\n"},
    {"radio-in-lists-of-two-files",
     {{"[Wireless]\nLanRadios=/devices/a/b\n", "\n[Wireless]\nExemptRadios=/devices/*\n"}},
     "a.conf:2: error: LanRadios: \"/devices/a/b\" and \"/devices/*\" in ExemptRadios mean the "
     "same radio; name it in one of them\n"},
    {"log-group",
     {{"[Firewall]\nLogGroup=65536\nTableOwner=1\n"}},
     "a.conf:2: error: LogGroup: \"65536\" is out of range; the range is 1 to 65535\n"
     "a.conf:3: error: TableOwner: the value must be yes or no, not \"1\"\n"},
    {"log-group-empty",
     {{"[Firewall]\nLogGroup=\n"}},
     "a.conf:2: error: LogGroup: \"\" is not a decimal number; the range is 1 to 65535\n"},
    {"mistyped-setting",
     {{"[Agents]\nWeakEncription=a.b\nFrobnication=a.b\n"}},
     "a.conf:2: error: WeakEncription: unknown setting; did you mean WeakEncryption?\n"
     "a.conf:3: error: Frobnication: unknown setting\n"},
    {"agent-names",
     {{"[Agents]\nWeakEncryption=:1.2 a..b .a a. 3a a.3 a/b \303\274\n"}},
     "a.conf:2: error: WeakEncryption: \":1.2\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"a..b\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \".a\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"a.\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"3a\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"a.3\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"a/b\" is not a well-known name on the bus\n"
     "a.conf:2: error: WeakEncryption: \"\303\274\" is not a well-known name on the bus\n"},
    {"agent-twice",
     {{"[Agents]\nWeakEncryption=a.b a.b\n"}},
     "a.conf:2: error: WeakEncryption: \"a.b\" is named twice\n"},
    {"syntax",
     {{"[Device\nModel=\374\n"}},
     "a.conf:1: error: : the group lacks its closing ]\n"
     "a.conf:2: error: Model: the line is not valid UTF-8\n"},
    {"damaged-values",
     {{"[Functions]\nFax=\\q\n[Ports]\nRestrictIppPort=\\q\n[Narrow]\nRestrictIppPort=\\q\n"
       "ExemptInterfaces=\\q\n[Agents]\nWeakEncryption=\\q\n[Usb]\nExemptPorts=\\q\n"}},
     "a.conf:2: error: Fax: after a backslash only s, t, n, r and a backslash have a meaning\n"
     "a.conf:4: error: RestrictIppPort: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"
     "a.conf:6: error: RestrictIppPort: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"
     "a.conf:7: error: ExemptInterfaces: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"
     "a.conf:9: error: WeakEncryption: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"
     "a.conf:11: error: ExemptPorts: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"},
    {"every-file-is-read",
     {{"[Functions]\nFaxx=no\n[Devise]\n", "[Functions]\nFax=no\n", "[Device]\n\nModle=B\n"}},
     "a.conf:2: error: Faxx: unknown function; did you mean Fax?\n"
     "a.conf:3: error: Devise: unknown group; did you mean Device?\n"
     "c.conf:3: error: Modle: unknown key; did you mean Model?\n"},
    {"overridden-values-are-checked",
     {{"[Firewall]\nLogGroup=0\n", "[Firewall]\nLogGroup=5\n"}},
     "a.conf:2: error: LogGroup: \"0\" is out of range; the range is 1 to 65535\n"},
};

static void test_refused(gconstpointer data)
{
    const Case *expected = data;
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = parse_files(&expected->files, diagnostics);
    assert_diagnostics(diagnostics, expected->diagnostics);
    g_assert_null(profile);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path =
            g_strdup_printf("/device-profile-diagnostics/refused/%s", refused[i].name);
        g_test_add_data_func(path, &refused[i], test_refused);
    }
    return g_test_run();
}
