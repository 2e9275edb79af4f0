/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts of the security policy, written down a second time in a form that shares nothing with
 * the catalog's tables, so that a slip in either shows.
 */
#include "daemon/policy/catalog.h"

#include <string.h>

/* Values: "flag" or MINIMUM-MAXIMUM UNIT. Parameters: KEY MINIMUM-MAXIMUM STANDARD UNIT, or KEY
 * host. Settings: NAME=VALUE, with "!" where it must be confirmed; "=n" is the item's number,
 * "=KEY" a parameter. Ports stand in the label. */
typedef struct ItemFacts {
    const char *key;
    const char *label;
    const char *place; /* category, or category/group */
    const char *function;
    const char *value;
    const char *parent;
    const char *effect;
    const char *parameters;
    const char *settings;
} ItemFacts;

static const ItemFacts item_facts[] = {
    {"ProhibitDirectConnection", "Prohibit Use of Direct Connection",
     "Interface/Wireless Connection Policy", "DirectConnection", "flag", "", "direct", "",
     "DirectConnection=false"},
    {"ProhibitWirelessLan", "Prohibit Use of Wireless LAN", "Interface/Wireless Connection Policy",
     "WirelessLan", "flag", "", "wlan", "", "NetworkInterface='wired'"},
    {"ProhibitUsbDevice", "Prohibit Use as USB Device", "Interface/USB Policy", "UsbDevice", "flag",
     "", "usb-device", "", "UsbDevice=false"},
    {"ProhibitUsbStorage", "Prohibit Use as USB Storage Device", "Interface/USB Policy",
     "UsbStorage", "flag", "", "usb-storage", "", "UsbStorage=false"},

    {"AlwaysVerifySignatures", "Always Verify Signatures for SMS/WebDAV Server Functions",
     "Network/Communication Operational Policy", "SmbWebdavServer", "flag", "", "none", "",
     "SmbRequireSignature=true! SmbAuthentication=true! WebdavServerTls=true!"},
    {"AlwaysVerifyServerCertificate", "Always Verify Server Certificate When Using TLS",
     "Network/Communication Operational Policy", "Tls", "flag", "", "none", "",
     "SmtpVerifyCertificate=true! SmtpVerifyCommonName=true! PopVerifyCertificate=true! "
     "PopVerifyCommonName=true! CloudPrintVerifyCertificate=true! CloudPrintVerifyCommonName=true! "
     "LdapSearchVerifyCertificate=true! LdapSearchVerifyCommonName=true! "
     "LdapAuthVerifyCertificate=true! LdapAuthVerifyCommonName=true!"},
    {"ProhibitCleartextAuthentication", "Prohibit Cleartext Authentication for Server Functions",
     "Network/Communication Operational Policy", "ServerAuthentication", "flag", "", "none", "",
     "DedicatedPortAuthMethod='mode2'! CleartextServerAuthentication=false!"},
    {"ProhibitSnmpV1", "Prohibit Use of SNMPv1", "Network/Communication Operational Policy", "Snmp",
     "flag", "", "snmp-v3 161", "", "SnmpV1=false SnmpV2c=false"},
    {"RestrictLpdPort", "Restrict LPD Port (Port Number: 515)", "Network/Port Usage Policy", "Lpd",
     "flag", "", "close", "", "LpdPrinting=false"},
    {"RestrictRawPort", "Restrict RAW Port (Port Number: 9100)", "Network/Port Usage Policy", "Raw",
     "flag", "", "close", "", "RawPrinting=false"},
    {"RestrictFtpPort", "Restrict FTP Port (Port Number: 21)", "Network/Port Usage Policy", "Ftp",
     "flag", "", "close", "", "FtpPrinting=false"},
    {"RestrictWsdPort", "Restrict WSD Port (Port Number: 3702, 60000)", "Network/Port Usage Policy",
     "Wsd", "flag", "", "close", "",
     "WsdPrinting=false WsdBrowsing=false WsdScanning=false WsdComputerScanning=false "
     "WsdMulticastDiscovery=false"},
    {"RestrictBmlinksPort", "Restrict BMLinkS Port (Port Number: 1900)",
     "Network/Port Usage Policy", "Bmlinks", "flag", "", "close", "", "Bmlinks=false"},
    {"RestrictIppPort", "Restrict IPP Port (Port Number: 631)", "Network/Port Usage Policy", "Ipp",
     "flag", "", "close", "", "IppPrinting=false MobilePrinting=false"},
    {"RestrictSmbPort", "Restrict SMB Port (Port Number: 137, 138, 139, 445)",
     "Network/Port Usage Policy", "Smb", "flag", "", "close", "", "SmbServer=false"},
    {"RestrictSmtpPort", "Restrict SMTP Port (Port Number: 25)", "Network/Port Usage Policy",
     "Smtp", "flag", "", "close", "", "SmtpReception=false"},
    {"RestrictDedicatedPort",
     "Restrict Dedicated Port (Port Number: 9002, 9006, 9007, 9011-9015, 9017-9019, 9022, 9023, "
     "9025, 20317, 47545-47547)",
     "Network/Port Usage Policy", "DedicatedPort", "flag", "", "close", "", "DedicatedPort=false"},
    {"RestrictRemoteOperatorPort", "Restrict Remote Operator's Software Port (Port Number: 5900)",
     "Network/Port Usage Policy", "RemoteOperator", "flag", "", "close", "",
     "RemoteOperation=false"},
    {"RestrictSipPort", "Restrict SIP (IP Fax) Port (Port Number: 5004, 5005, 5060, 5061, 49152)",
     "Network/Port Usage Policy", "SipFax", "flag", "", "close", "", "IpFax=false"},
    {"RestrictMdnsPort", "Restrict mDNS Port (Port Number: 5353)", "Network/Port Usage Policy",
     "Mdns", "flag", "", "close", "",
     "MdnsIpv4=false MdnsIpv6=false CloudPrintLocalPrint=false MobilePrinting=false"},
    {"RestrictSlpPort", "Restrict SLP Port (Port Number: 427)", "Network/Port Usage Policy", "Slp",
     "flag", "", "close", "", "SlpDiscoveryResponse=false"},
    {"RestrictSnmpPort", "Restrict SNMP Port (Port Number: 161)", "Network/Port Usage Policy",
     "Snmp", "flag", "", "close", "",
     "SnmpV1=false SnmpV2c=false SnmpV3=false MobileAppScanning=false"},

    {"ProhibitGuestUsers", "Prohibit Guest Users to Use Device",
     "Authentication/Authentication Operational Policy", "UserAuthentication", "flag", "", "none",
     "", "GuestUsers=false!"},
    {"ForceAutoLogout", "Force Setting of Auto Logout",
     "Authentication/Authentication Operational Policy", "AutoLogout", "flag", "", "none",
     "AutoLogoutSec 10-540 120 seconds", "AutoLogout=true! AutoLogoutSec=AutoLogoutSec!"},
    {"ProhibitPasswordCaching", "Prohibit Caching of Password for External Servers",
     "Authentication/Password Operational Policy", "ExternalServers", "flag", "", "none", "",
     "ExternalPasswordCaching=false!"},
    {"WarnDefaultPassword", "Display Warning When Default Password Is in Use",
     "Authentication/Password Operational Policy", "DefaultPassword", "flag", "", "none", "",
     "DefaultPasswordWarning=true!"},
    {"ProhibitRemoteDefaultPassword", "Prohibit Use of Default Password for Remote Access",
     "Authentication/Password Operational Policy", "DefaultPassword", "flag", "", "none", "",
     "DefaultPasswordRemoteAccess=false!"},
    {"MinimumPasswordLength", "Minimum Number of Characters for Password",
     "Authentication/Password Settings Policy", "PasswordRules", "1-32 characters", "", "none", "",
     "PasswordMinimumLength=n!"},
    {"PasswordValidityDays", "Password Validity Period", "Authentication/Password Settings Policy",
     "PasswordRules", "1-180 days", "", "none", "", "PasswordValidityDays=n!"},
    {"ProhibitRepeatedCharacters", "Prohibit Use of 3 or More Identical Consecutive Characters",
     "Authentication/Password Settings Policy", "PasswordRules", "flag", "", "none", "",
     "PasswordMaximumRepeat=uint32 2!"},
    {"RequireUppercase", "Force Use of at Least 1 Uppercase Character",
     "Authentication/Password Settings Policy", "PasswordRules", "flag", "", "none", "",
     "PasswordRequireUppercase=true!"},
    {"RequireLowercase", "Force Use of at Least 1 Lowercase Character",
     "Authentication/Password Settings Policy", "PasswordRules", "flag", "", "none", "",
     "PasswordRequireLowercase=true!"},
    {"RequireDigit", "Force Use of at Least 1 Digit", "Authentication/Password Settings Policy",
     "PasswordRules", "flag", "", "none", "", "PasswordRequireDigit=true!"},
    {"RequireSymbol", "Force Use of at Least 1 Symbol", "Authentication/Password Settings Policy",
     "PasswordRules", "flag", "", "none", "", "PasswordRequireSymbol=true!"},
    {"EnableLockout", "Enable Lockout", "Authentication/Lockout Policy", "Lockout", "flag", "",
     "none", "LockoutThreshold 1-10 3 attempts, LockoutPeriodMin 1-60 3 minutes",
     "Lockout=true! LockoutThreshold=LockoutThreshold! LockoutPeriodMin=LockoutPeriodMin!"},

    {"ProhibitWeakEncryption", "Prohibit Use of Weak Encryption", "KeyCertificate", "Tls", "flag",
     "", "none", "", "WeakEncryption=false!"},
    {"ProhibitWeakKeys", "Prohibit Use of Key/Certificate with Weak Encryption", "KeyCertificate",
     "Tls", "flag", "ProhibitWeakEncryption", "none", "", "WeakKeys=false!"},
    {"UseTpm", "Use TPM to Store Password and Key", "KeyCertificate", "Tpm", "flag", "", "none", "",
     "Tpm=true!"},

    {"ForceAuditLog", "Force Recording of Audit Log", "Log", "AuditLog", "flag", "", "none", "",
     "AuditLog=true!"},
    {"ForceSntp", "Force SNTP Settings", "Log", "Sntp", "flag", "", "none", "SntpServer host",
     "Sntp=true! SntpServer=SntpServer!"},

    {"ProhibitImmediatePrinting", "Prohibit Immediate Printing of Received Jobs",
     "Job/Printing Policy", "JobHold", "flag", "", "none", "", "ImmediatePrinting=false!"},
    {"AllowRegisteredAddressesOnly", "Allow Sending Only to Registered Addresses",
     "Job/Sending/Receiving Policy", "Send", "flag", "", "none", "",
     "RestrictNewDestinations=true!"},
    {"ForceFaxNumberConfirmation", "Force Confirmation of Fax Number",
     "Job/Sending/Receiving Policy", "Fax", "flag", "", "none", "", "ConfirmFaxNumber=true!"},
    {"ProhibitAutoForwarding", "Prohibit Auto Forwarding", "Job/Sending/Receiving Policy",
     "Forwarding", "flag", "", "none", "", "Forwarding=false!"},

    {"ForceCompleteDeletion", "Force Complete Deletion of Data", "Storage", "Storage", "flag", "",
     "none", "", "CompleteDeletion=true!"},
};

/* NAME TYPE FUNCTION: LABEL, with "-" for the item's own function. */
static const char *const setting_facts[] = {
    "DirectConnection b -: Use Direct Connection",
    "NetworkInterface s -: Select Wired/Wireless LAN",
    "UsbDevice b -: Use as USB Device",
    "UsbStorage b -: Use USB Storage Device",
    "SmbRequireSignature b Smb: Require SMB Signature",
    "SmbAuthentication b Smb: Use SMB Authentication",
    "WebdavServerTls b Webdav: Use TLS (WebDAV server)",
    "SmtpVerifyCertificate b MailSending: Use TLS for SMTP: Verify Certificate",
    "SmtpVerifyCommonName b MailSending: Use TLS for SMTP: Add CN to Verification Items",
    "PopVerifyCertificate b MailReceiving: Use TLS for POP: Verify Certificate",
    "PopVerifyCommonName b MailReceiving: Use TLS for POP: Add CN to Verification Items",
    "CloudPrintVerifyCertificate b CloudPrint: Cloud print: Verify Server Certificate",
    "CloudPrintVerifyCommonName b CloudPrint: Cloud print: Add CN to Verification Items",
    "LdapSearchVerifyCertificate b LdapSearch: "
    "LDAP Server (For Search): Confirm TLS Certificate for LDAP Server Access",
    "LdapSearchVerifyCommonName b LdapSearch: "
    "LDAP Server (For Search): Add CN to Verification Items",
    "LdapAuthVerifyCertificate b LdapAuth: "
    "LDAP Server (For Authentication): Confirm TLS Certificate for LDAP Server Access",
    "LdapAuthVerifyCommonName b LdapAuth: "
    "LDAP Server (For Authentication): Add CN to Verification Items",
    "DedicatedPortAuthMethod s DedicatedPort: Dedicated Port Auth. Method",
    "CleartextServerAuthentication b -: Plain text authentication when used as a server",
    "SnmpV1 b Snmp: SNMPv1 Settings",
    "SnmpV2c b Snmp: SNMPv2c Settings",
    "SnmpV3 b Snmp: SNMPv3 Settings",
    "LpdPrinting b -: Use LPD Printing",
    "RawPrinting b -: Use RAW Printing",
    "FtpPrinting b -: Use FTP Printing",
    "WsdPrinting b -: Use WSD Printing",
    "WsdBrowsing b -: Use WSD Browsing",
    "WsdScanning b -: Use WSD Scanning",
    "WsdComputerScanning b -: Use Computer Scanning",
    "WsdMulticastDiscovery b -: Use Multicast Discovery",
    "Bmlinks b -: Use BMLinkS",
    "IppPrinting b -: Use IPP Printing",
    "MobilePrinting b -: Use Mobile Printing",
    "SmbServer b -: Use SMB Server",
    "SmtpReception b -: SMTP RX",
    "DedicatedPort b -: Use Dedicated Port",
    "RemoteOperation b -: Remote Operation",
    "IpFax b -: Use IP Fax",
    "MdnsIpv4 b -: mDNS Settings: IPv4 Use mDNS",
    "MdnsIpv6 b -: mDNS Settings: IPv6 Use mDNS",
    "CloudPrintLocalPrint b CloudPrint: Cloud print: Local Print",
    "SlpDiscoveryResponse b -: Multicast Discovery Settings: Discovery Response",
    "MobileAppScanning b MobileAppScanning: Scan with the maker's mobile application",
    "GuestUsers b -: Allow guest users",
    "AutoLogout b -: Auto Logout",
    "AutoLogoutSec u -: Auto Logout: time in seconds",
    "ExternalPasswordCaching b -: Cache password for external servers",
    "DefaultPasswordWarning b -: Display Warning When Default Password Is in Use",
    "DefaultPasswordRemoteAccess b -: Allow Use of Default Password for Remote Access",
    "PasswordMinimumLength u -: Minimum Length",
    "PasswordValidityDays u -: Validity Period in days",
    "PasswordMaximumRepeat u -: Longest run of one character",
    "PasswordRequireUppercase b -: Use at Least 1 Uppercase Character",
    "PasswordRequireLowercase b -: Use at Least 1 Lowercase Character",
    "PasswordRequireDigit b -: Use at Least 1 Digit",
    "PasswordRequireSymbol b -: Use at Least 1 Symbol",
    "Lockout b -: Enable Lockout",
    "LockoutThreshold u -: Lockout Threshold",
    "LockoutPeriodMin u -: Lockout Period in minutes",
    "WeakEncryption b -: Use weak encryption",
    "WeakKeys b -: Use keys and certificates with weak encryption",
    "Tpm b -: TPM Settings",
    "AuditLog b -: Save Audit Log",
    "Sntp b -: Use SNTP",
    "SntpServer s -: NTP server",
    "ImmediatePrinting b -: Print received jobs at once",
    "RestrictNewDestinations b -: Restrict New Destinations",
    "ConfirmFaxNumber b -: Confirm Entered Fax Number",
    "Forwarding b -: Use Forwarding Function",
    "CompleteDeletion b -: Complete Deletion",
};

static const char *const effect_names[] = {
    [KERNEL_EFFECT_NONE] = "none",
    [KERNEL_EFFECT_CLOSE_PORTS] = "close",
    [KERNEL_EFFECT_SNMP_V3_ONLY] = "snmp-v3",
    [KERNEL_EFFECT_NO_DIRECT_CONNECTION] = "direct",
    [KERNEL_EFFECT_NO_WIRELESS_LAN] = "wlan",
    [KERNEL_EFFECT_NO_USB_DEVICE] = "usb-device",
    [KERNEL_EFFECT_NO_USB_STORAGE] = "usb-storage",
};

/* Takes both strings. */
static void assert_same_and_free(char *found, char *expected)
{
    g_assert_cmpstr(found, ==, expected);
    g_free(found);
    g_free(expected);
}

static char *describe_value(const CatalogItem *item)
{
    if (item->kind == VALUE_FLAG)
        return g_strdup("flag");
    g_assert_cmpint(item->kind, ==, VALUE_NUMBER);
    return g_strdup_printf("%u-%u %s", item->minimum, item->maximum, item->unit);
}

static char *describe_effect(const CatalogItem *item)
{
    GString *text = g_string_new(effect_names[item->effect]);

    if (item->effect == KERNEL_EFFECT_SNMP_V3_ONLY)
        for (gsize i = 0; i < item->n_ports; i++) {
            g_assert_cmpuint(item->ports[i].first, ==, item->ports[i].last);
            g_string_append_printf(text, " %u", item->ports[i].first);
        }
    return g_string_free(text, FALSE);
}

static char *describe_parameters(const CatalogItem *item)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < item->n_parameters; i++) {
        const CatalogParameter *p = &item->parameters[i];

        g_string_append_printf(text, "%s%s ", i ? ", " : "", p->key);
        if (p->kind == VALUE_HOST)
            g_string_append(text, "host");
        else
            g_string_append_printf(text, "%u-%u %u %s", p->minimum, p->maximum, p->standard,
                                   p->unit);
    }
    return g_string_free(text, FALSE);
}

static char *describe_settings(const CatalogItem *item)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < item->n_settings; i++) {
        const ForcedSetting *f = &item->settings[i];
        const char *value = f->constant ? f->constant : f->parameter ? f->parameter : "n";

        g_string_append_printf(text, "%s%s=%s%s", i ? " " : "", f->setting, value,
                               f->must_confirm ? "!" : "");
    }
    return g_string_free(text, FALSE);
}

static char *describe_place(const CatalogItem *item)
{
    const char *category = category_to_string(item->category);

    return item->group ? g_strdup_printf("%s/%s", category, item->group) : g_strdup(category);
}

static void test_items(void)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(item_facts) == CATALOG_N_ITEMS);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = &catalog_items[i];
        const ItemFacts *facts = &item_facts[i];

        g_assert_cmpstr(item->key, ==, facts->key);
        g_assert_cmpstr(item->function, ==, facts->function);
        g_assert_cmpstr(item->parent ? item->parent : "", ==, facts->parent);
        assert_same_and_free(catalog_item_display_label(item), g_strdup(facts->label));
        assert_same_and_free(describe_place(item), g_strdup(facts->place));
        assert_same_and_free(describe_value(item), g_strdup(facts->value));
        assert_same_and_free(describe_effect(item), g_strdup(facts->effect));
        assert_same_and_free(describe_parameters(item), g_strdup(facts->parameters));
        assert_same_and_free(describe_settings(item), g_strdup(facts->settings));
    }
}

static void test_labels_are_the_trades(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_assert_true(g_str_has_prefix(item_facts[i].label, catalog_items[i].label));
        g_assert_null(strstr(catalog_items[i].label, "Port Number"));
    }
}

static void test_settings(void)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(setting_facts) == CATALOG_N_SETTINGS);

    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const CatalogSetting *s = &catalog_settings[i];

        assert_same_and_free(g_strdup_printf("%s %s %s: %s", s->name, s->type,
                                             s->function ? s->function : "-", s->label),
                             g_strdup(setting_facts[i]));
    }
}

static void assert_sentences(const char *text)
{
    gsize length = strlen(text);

    g_assert_cmpuint(length, >=, 30);
    g_assert_cmpuint(length, <=, 240);
    g_assert_true(g_ascii_isupper(text[0]));
    g_assert_cmpint(text[length - 1], ==, '.');
    g_assert_null(strstr(text, "  "));
    g_assert_true(g_str_is_ascii(text));
}

static void test_descriptions(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        assert_sentences(catalog_items[i].description);
        assert_sentences(catalog_items[i].consequence);
        for (gsize j = 0; j < i; j++)
            g_assert_cmpstr(catalog_items[i].description, !=, catalog_items[j].description);
    }
}

static gboolean is_forced(const CatalogSetting *setting)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        for (gsize j = 0; j < catalog_items[i].n_settings; j++)
            if (strcmp(catalog_items[i].settings[j].setting, setting->name) == 0)
                return TRUE;
    return FALSE;
}

static void test_every_setting_is_forced(void)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_assert_true(is_forced(&catalog_settings[i]));
}

static const char *value_type(const CatalogItem *item, const ForcedSetting *forced)
{
    const CatalogItem *owner = NULL;

    if (!forced->parameter) {
        g_assert_cmpint(item->kind, ==, VALUE_NUMBER);
        return "u";
    }

    const CatalogParameter *parameter = catalog_find_parameter(forced->parameter, &owner);

    g_assert_nonnull(parameter);
    g_assert_true(owner == item);
    return parameter->kind == VALUE_HOST ? "s" : "u";
}

static void test_forced_values_have_the_settings_type(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        for (gsize j = 0; j < catalog_items[i].n_settings; j++) {
            const ForcedSetting *forced = &catalog_items[i].settings[j];
            const CatalogSetting *setting = catalog_find_setting(forced->setting);
            g_autoptr(GVariant) value = forced_setting_constant(forced);

            g_assert_nonnull(setting);
            g_assert_cmpint(value != NULL, ==, forced->constant != NULL);
            g_assert_cmpstr(value ? g_variant_get_type_string(value)
                                  : value_type(&catalog_items[i], forced),
                            ==, setting->type);
        }
}

/* A plan takes the value of any item that forces a setting, so all have to force the same. */
static void test_forced_values_agree(void)
{
    g_autoptr(GHashTable) forced_by_name = g_hash_table_new(g_str_hash, g_str_equal);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        for (gsize j = 0; j < catalog_items[i].n_settings; j++) {
            const ForcedSetting *forced = &catalog_items[i].settings[j];
            const ForcedSetting *other = g_hash_table_lookup(forced_by_name, forced->setting);

            if (other) {
                g_assert_nonnull(forced->constant);
                g_assert_cmpstr(forced->constant, ==, other->constant);
            }
            g_hash_table_insert(forced_by_name, (char *)forced->setting, (gpointer)forced);
        }
}

static void test_ports_are_in_order(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        guint next = 1;

        g_assert_cmpint(catalog_items[i].n_ports > 0, ==,
                        catalog_items[i].effect == KERNEL_EFFECT_CLOSE_PORTS ||
                            catalog_items[i].effect == KERNEL_EFFECT_SNMP_V3_ONLY);
        for (gsize j = 0; j < catalog_items[i].n_ports; j++) {
            g_assert_cmpuint(catalog_items[i].ports[j].first, >=, next);
            g_assert_cmpuint(catalog_items[i].ports[j].last, >=, catalog_items[i].ports[j].first);
            next = catalog_items[i].ports[j].last + 1U;
        }
    }
}

/* 39 different numbers in 14 port items, as the trade's documents have it. */
static void test_port_count(void)
{
    guint items = 0;
    guint ports = 0;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        if (catalog_items[i].effect != KERNEL_EFFECT_CLOSE_PORTS)
            continue;
        items++;
        for (gsize j = 0; j < catalog_items[i].n_ports; j++)
            ports += catalog_items[i].ports[j].last - catalog_items[i].ports[j].first + 1U;
    }
    g_assert_cmpuint(items, ==, 14);
    g_assert_cmpuint(ports, ==, 39);
}

static void test_parameters_are_within_bounds(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_assert_cmpuint(catalog_items[i].n_parameters, <=, CATALOG_MAX_PARAMETERS);
        for (gsize j = 0; j < catalog_items[i].n_parameters; j++) {
            const CatalogParameter *parameter = &catalog_items[i].parameters[j];

            g_assert_cmpuint(parameter->standard, >=, parameter->minimum);
            g_assert_cmpuint(parameter->standard, <=, parameter->maximum);
        }
    }
}

static void test_find(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = catalog_find_item(item_facts[i].key);

        g_assert_true(item == &catalog_items[i]);
        g_assert_cmpuint(catalog_item_index(item), ==, i);
    }
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const CatalogSetting *setting = catalog_find_setting(catalog_settings[i].name);

        g_assert_true(setting == &catalog_settings[i]);
        g_assert_cmpuint(catalog_setting_index(setting), ==, i);
    }
    g_assert_null(catalog_find_item("restrictlpdport"));
    g_assert_null(catalog_find_item(""));
    g_assert_null(catalog_find_setting("RestrictLpdPort"));
}

static void test_find_parameter(void)
{
    const CatalogItem *item = NULL;
    const CatalogParameter *period = catalog_find_parameter("LockoutPeriodMin", &item);

    g_assert_true(item == catalog_find_item("EnableLockout"));
    g_assert_true(period == &item->parameters[1]);
    g_assert_null(catalog_find_parameter("EnableLockout", &item));
    g_assert_true(item == catalog_find_item("EnableLockout"));
}

/* The functions of items and settings, each once. */
static const char *const functions[] = {
    "DirectConnection",
    "WirelessLan",
    "UsbDevice",
    "UsbStorage",
    "SmbWebdavServer",
    "Tls",
    "ServerAuthentication",
    "Snmp",
    "Lpd",
    "Raw",
    "Ftp",
    "Wsd",
    "Bmlinks",
    "Ipp",
    "Smb",
    "Smtp",
    "DedicatedPort",
    "RemoteOperator",
    "SipFax",
    "Mdns",
    "Slp",
    "UserAuthentication",
    "AutoLogout",
    "ExternalServers",
    "DefaultPassword",
    "PasswordRules",
    "Lockout",
    "Tpm",
    "AuditLog",
    "Sntp",
    "JobHold",
    "Send",
    "Fax",
    "Forwarding",
    "Storage",
    "Webdav",
    "MailSending",
    "MailReceiving",
    "CloudPrint",
    "LdapSearch",
    "LdapAuth",
    "MobileAppScanning",
};

static void visit_function(const char *name, gpointer data)
{
    gsize *n = data;

    g_assert_cmpuint(*n, <, G_N_ELEMENTS(functions));
    g_assert_cmpstr(name, ==, functions[(*n)++]);
}

static void test_functions(void)
{
    gsize n = 0;

    catalog_foreach_function(visit_function, &n);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(functions));
    for (gsize i = 0; i < G_N_ELEMENTS(functions); i++)
        g_assert_true(catalog_is_function(functions[i]));
    g_assert_false(catalog_is_function("RestrictLpdPort"));
    g_assert_false(catalog_is_function(""));
}

static void test_categories(void)
{
    Category category = CATEGORY_INTERFACE;

    for (int i = 0; i <= CATEGORY_LAST; i++) {
        g_assert_true(category_from_string(category_to_string((Category)i), &category));
        g_assert_cmpint(category, ==, i);
    }
    g_assert_cmpstr(category_display_label("Log"), ==, "Log");
    g_assert_cmpstr(category_display_label("KeyCertificate"), ==, "Key/Certificate");
    g_assert_cmpstr(category_display_label("Later"), ==, "Later");
    g_assert_false(category_from_string("Policy", &category));
    g_assert_cmpint(category, ==, CATEGORY_LAST);
}

static void check_quantity(const char *key, guint64 number, const char *expected)
{
    g_autofree char *text = catalog_quantity(key, number);

    g_assert_cmpstr(text, ==, expected);
}

static void test_quantities(void)
{
    check_quantity("MinimumPasswordLength", 8, "8 characters");
    check_quantity("PasswordValidityDays", 1, "1 day");
    check_quantity("LockoutThreshold", 1, "1 attempt");
    check_quantity("LockoutThreshold", 0, "0 attempts");
    check_quantity("SntpServer", 3, "3");
    check_quantity("Nonsense", G_MAXUINT64, "18446744073709551615");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalog/items", test_items);
    g_test_add_func("/catalog/labels-are-the-trades", test_labels_are_the_trades);
    g_test_add_func("/catalog/settings", test_settings);
    g_test_add_func("/catalog/descriptions", test_descriptions);
    g_test_add_func("/catalog/every-setting-is-forced", test_every_setting_is_forced);
    g_test_add_func("/catalog/forced-values-have-the-settings-type",
                    test_forced_values_have_the_settings_type);
    g_test_add_func("/catalog/forced-values-agree", test_forced_values_agree);
    g_test_add_func("/catalog/ports-are-in-order", test_ports_are_in_order);
    g_test_add_func("/catalog/port-count", test_port_count);
    g_test_add_func("/catalog/parameters-are-within-bounds", test_parameters_are_within_bounds);
    g_test_add_func("/catalog/find", test_find);
    g_test_add_func("/catalog/find-parameter", test_find_parameter);
    g_test_add_func("/catalog/functions", test_functions);
    g_test_add_func("/catalog/categories", test_categories);
    g_test_add_func("/catalog/quantities", test_quantities);
    return g_test_run();
}
