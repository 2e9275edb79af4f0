/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/policy-document-texts.h"

typedef struct Case {
    const char *name;
    const char *text;
    const char *diagnostics;
} Case;

static const Case refused[] = {
    {"empty", "", "0: error: Policy: the group is missing; a document starts with it\n"},
    {"only-items", "[Network]\nRestrictLpdPort=yes\n",
     "0: error: Policy: the group is missing; a document starts with it\n"},
    {"nothing-in-policy", "#\n[Policy]\n",
     "2: error: FormatVersion: the key is missing from group [Policy]\n"
     "2: error: Name: the key is missing from group [Policy]\n"
     "2: error: Serial: the key is missing from group [Policy]\n"},
    {"policy-keys-in-mistyped-group", "[Polcy]\nFormatVersion=1\nName=A\nSerial=x\nHello=1\n",
     "1: error: Polcy: unknown group; did you mean Policy?\n"
     "4: error: Serial: \"x\" is not a decimal number; the range is 1 to 9223372036854775807\n"},
    {"format-version", "[Policy]\nFormatVersion=2\nName=A\nSerial=1\n",
     "2: error: FormatVersion: format version \"2\" is not known; it must be 1\n"},
    {"format-version-written-differently", "[Policy]\nFormatVersion=01\nName=A\nSerial=1\n",
     "2: error: FormatVersion: format version \"01\" is not known; it must be 1\n"},
    {"empty-name", "[Policy]\nFormatVersion=1\nName=\nSerial=1\n",
     "3: error: Name: the text has 0 characters; the range is 1 to 128\n"},
    {"control-in-name", "[Policy]\nFormatVersion=1\nName=a\\nb\nSerial=1\n",
     "3: error: Name: the text contains U+000A, which is not a character to display\n"},
    {"damaged-name-is-not-missing", "[Policy]\nFormatVersion=1\nName=\374\nSerial=1\n",
     "3: error: Name: the line is not valid UTF-8\n"},
    {"serial-0", "[Policy]\nFormatVersion=1\nName=A\nSerial=0\n",
     "4: error: Serial: \"0\" is out of range; the range is 1 to 9223372036854775807\n"},
    {"serial-too-great", "[Policy]\nFormatVersion=1\nName=A\nSerial=9223372036854775808\n",
     "4: error: Serial: \"9223372036854775808\" is out of range; the range is 1 to "
     "9223372036854775807\n"},
    {"serial-beyond-64-bits", "[Policy]\nFormatVersion=1\nName=A\nSerial=18446744073709551617\n",
     "4: error: Serial: \"18446744073709551617\" is out of range; the range is 1 to "
     "9223372036854775807\n"},
    {"policy-not-first", "[Log]\n" HEAD, "2: error: Policy: the group must be the first\n"},
    {"policy-key-elsewhere", "[Policy]\nFormatVersion=1\nSerial=1\n[Log]\nName=A\n",
     "5: error: Name: the key belongs in group [Policy], not [Log]\n"},
    {"only-a-format-version", "[Log]\nFormatVersion=1\n",
     "0: error: Name: the key is missing from group [Policy]\n"
     "0: error: Serial: the key is missing from group [Policy]\n"
     "2: error: FormatVersion: the key belongs in group [Policy], not [Log]\n"},
    {"only-a-name", "[Log]\nName=A\n",
     "0: error: FormatVersion: the key is missing from group [Policy]\n"
     "0: error: Serial: the key is missing from group [Policy]\n"
     "2: error: Name: the key belongs in group [Policy], not [Log]\n"},
    {"only-a-serial", "[Log]\nSerial=1\n",
     "0: error: FormatVersion: the key is missing from group [Policy]\n"
     "0: error: Name: the key is missing from group [Policy]\n"
     "2: error: Serial: the key belongs in group [Policy], not [Log]\n"},
    {"unknown-group", HEAD "[Printing]\nRestrictLpdPort=maybe\nWhatever=yes\n",
     "5: error: Printing: unknown group\n"
     "6: error: RestrictLpdPort: the value must be yes or no, not \"maybe\"\n"},
    {"mistyped-group", HEAD "[network]\n",
     "5: error: network: unknown group; did you mean Network?\n"},
    {"duplicate-group", HEAD "[Log]\n[Log]\n",
     "6: error: Log: the group already began in line 5; put its keys there\n"},
    {"unknown-key", HEAD "[Network]\nFrobnicate=yes\n", "6: error: Frobnicate: unknown key\n"},
    {"mistyped-key", HEAD "[Network]\nRestrictLpdPrt=yes\n",
     "6: error: RestrictLpdPrt: unknown key; did you mean RestrictLpdPort?\n"},
    {"key-in-wrong-case", HEAD "[Network]\nrestrictlpdport=yes\n",
     "6: error: restrictlpdport: unknown key; did you mean RestrictLpdPort?\n"},
    {"mistyped-parameter", HEAD "[Authentication]\nAutoLogoutSecs=10\n",
     "6: error: AutoLogoutSecs: unknown key; did you mean AutoLogoutSec?\n"},
    {"mistyped-policy-key", "[Policy]\nFormatVersion=1\nNmae=A\nSerial=1\n",
     "1: error: Name: the key is missing from group [Policy]\n"
     "3: error: Nmae: unknown key; did you mean Name?\n"},
    {"duplicate-key", HEAD "[Network]\nRestrictLpdPort=yes\nRestrictLpdPort=no\n",
     "7: error: RestrictLpdPort: the key was already given in line 6; remove one of them\n"},
    {"wrong-group", HEAD "[Log]\nRestrictLpdPort=1\n",
     "6: error: RestrictLpdPort: the key belongs in group [Network], not [Log]\n"
     "6: error: RestrictLpdPort: the value must be yes or no, not \"1\"\n"},
    {"parameter-in-wrong-group",
     HEAD "[Network]\nAutoLogoutSec=9\n[Authentication]\nForceAutoLogout=yes\n",
     "6: error: AutoLogoutSec: the key belongs in group [Authentication], not [Network]\n"
     "6: error: AutoLogoutSec: \"9\" is out of range; the range is 10 to 540 seconds\n"},
    {"item-in-policy", HEAD "UseTpm=yes\n",
     "5: error: UseTpm: the key belongs in group [KeyCertificate], not [Policy]\n"},
    {"before-first-group", "UseTpm=maybe\n" HEAD,
     "1: error: UseTpm: a key stands before the first group\n"
     "1: error: UseTpm: the value must be yes or no, not \"maybe\"\n"},
    {"flag-true", HEAD "[Storage]\nForceCompleteDeletion=true\n",
     "6: error: ForceCompleteDeletion: the value must be yes or no, not \"true\"\n"},
    {"flag-in-capitals", HEAD "[Storage]\nForceCompleteDeletion=YES\n",
     "6: error: ForceCompleteDeletion: the value must be yes or no, not \"YES\"\n"},
    {"flag-empty", HEAD "[Storage]\nForceCompleteDeletion=\n",
     "6: error: ForceCompleteDeletion: the value must be yes or no, not \"\"\n"},
    {"comment-behind-flag", HEAD "[Storage]\nForceCompleteDeletion=yes # all\n",
     "6: error: ForceCompleteDeletion: the value must be yes or no, not \"yes # all\"\n"},
    {"long-value-is-cut", HEAD "[Storage]\nForceCompleteDeletion=" SIGNATURE "\n",
     "6: error: ForceCompleteDeletion: the value must be yes or no, not "
     "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA...\"\n"},
    {"number-words", HEAD "[Authentication]\nMinimumPasswordLength=eight\n",
     "6: error: MinimumPasswordLength: \"eight\" is not a decimal number; the range is 1 to 32 "
     "characters\n"},
    {"number-yes", HEAD "[Authentication]\nPasswordValidityDays=yes\n",
     "6: error: PasswordValidityDays: \"yes\" is not a decimal number; the range is 1 to 180 "
     "days\n"},
    {"number-negative", HEAD "[Authentication]\nMinimumPasswordLength=-8\n",
     "6: error: MinimumPasswordLength: \"-8\" is not a decimal number; the range is 1 to 32 "
     "characters\n"},
    {"number-signed", HEAD "[Authentication]\nMinimumPasswordLength=+8\n",
     "6: error: MinimumPasswordLength: \"+8\" is not a decimal number; the range is 1 to 32 "
     "characters\n"},
    {"number-leading-zero", HEAD "[Authentication]\nMinimumPasswordLength=08\n",
     "6: error: MinimumPasswordLength: \"08\" is not a decimal number; the range is 1 to 32 "
     "characters\n"},
    {"number-unit", HEAD "[Authentication]\nForceAutoLogout=yes\nAutoLogoutSec=10s\n",
     "7: error: AutoLogoutSec: \"10s\" is not a decimal number; the range is 10 to 540 seconds\n"},
    {"number-too-small", HEAD "[Authentication]\nEnableLockout=yes\nLockoutThreshold=0\n",
     "7: error: LockoutThreshold: \"0\" is out of range; the range is 1 to 10 attempts\n"},
    {"number-too-great", HEAD "[Authentication]\nEnableLockout=yes\nLockoutPeriodMin=61\n",
     "7: error: LockoutPeriodMin: \"61\" is out of range; the range is 1 to 60 minutes\n"},
    {"host-empty", HEAD "[Log]\nForceSntp=yes\nSntpServer=\n",
     "7: error: SntpServer: \"\" is neither a host name nor an IP address\n"},
    {"host-two", HEAD "[Log]\nForceSntp=yes\nSntpServer=a.example b.example\n",
     "7: error: SntpServer: \"a.example b.example\" is neither a host name nor an IP address\n"},
    {"child-without-parent", HEAD "[KeyCertificate]\nProhibitWeakKeys=yes\n",
     "6: error: ProhibitWeakKeys: the item needs ProhibitWeakEncryption=yes\n"},
    {"child-with-parent-no",
     HEAD "[KeyCertificate]\nProhibitWeakKeys=yes\nProhibitWeakEncryption=no\n",
     "6: error: ProhibitWeakKeys: the item needs ProhibitWeakEncryption=yes\n"},
    {"child-with-bad-parent",
     HEAD "[KeyCertificate]\nProhibitWeakKeys=yes\nProhibitWeakEncryption=Yes\n",
     "7: error: ProhibitWeakEncryption: the value must be yes or no, not \"Yes\"\n"},
    {"child-with-unreadable-parent",
     HEAD "[KeyCertificate]\nProhibitWeakKeys=yes\nProhibitWeakEncryption=\\y\n",
     "7: error: ProhibitWeakEncryption: after a backslash only s, t, n, r and a backslash have a "
     "meaning\n"},
    {"parameter-with-bad-item", HEAD "[Authentication]\nEnableLockout=1\nLockoutThreshold=3\n",
     "6: error: EnableLockout: the value must be yes or no, not \"1\"\n"},
    {"warning-beside-error", HEAD "[Authentication]\nLockoutThreshold=3\nAutoLogoutSec=1\n",
     "6: warning: LockoutThreshold: the key has no effect: the document does not ask for "
     "EnableLockout\n"
     "7: error: AutoLogoutSec: \"1\" is out of range; the range is 10 to 540 seconds\n"
     "7: warning: AutoLogoutSec: the key has no effect: the document does not ask for "
     "ForceAutoLogout\n"},
    {"empty-seal", HEAD "[Seal]\n",
     "5: error: Salt: the key is missing from group [Seal]\n"
     "5: error: PublicKey: the key is missing from group [Seal]\n"
     "5: error: Signature: the key is missing from group [Seal]\n"},
    {"seal-not-base64", HEAD "[Seal]\nSalt=A*\nPublicKey=" KEY "\nSignature=" SIGNATURE "=\n",
     "6: error: Salt: the value is not base64\n"
     "8: error: Signature: the value is not base64\n"},
    {"seal-base64-with-stray-bits",
     HEAD "[Seal]\nSalt=AAAAAAAAAAAAAAAAAAAAAB==\nPublicKey=" KEY "\nSignature=" SIGNATURE "\n",
     "6: error: Salt: the value is not base64\n"},
    {"seal-sizes", HEAD "[Seal]\nSalt=" KEY "\nPublicKey=" SALT "\nSignature=AAAA\n",
     "6: error: Salt: the value holds 32 bytes, not 16\n"
     "7: error: PublicKey: the value holds 16 bytes, not 32\n"
     "8: error: Signature: the value holds 3 bytes, not 64\n"},
    {"seal-key-twice", HEAD SEAL "Salt=" SALT "\n",
     "9: error: Salt: the key was already given in line 6; remove one of them\n"},
    {"two-seals", HEAD SEAL "[Seal]\n",
     "9: error: Seal: the group already began in line 5; put its keys there\n"},
    {"seal-not-last", HEAD SEAL "[Log]\n[X-a]\n",
     "9: error: Log: the group follows [Seal], which must be the last\n"
     "10: error: X-a: the group follows [Seal], which must be the last\n"},
    {"seal-indented", HEAD " " SEAL,
     "5: error: Seal: no blank may stand beside the group's brackets\n"},
    {"item-in-seal", HEAD SEAL "UseTpm=yes\n",
     "9: error: UseTpm: the key belongs in group [KeyCertificate], not [Seal]\n"},
    {"seal-key-elsewhere", HEAD "[Log]\nSalt=" SALT "\n",
     "6: error: Salt: the key belongs in group [Seal], not [Log]\n"},
    {"hostile-key", HEAD "[Log]\nA\342\200\256B=yes\n", "6: error: A\342\200\256B: unknown key\n"},
};

static void test_refused(gconstpointer data)
{
    const Case *expected = data;
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(expected->text, diagnostics);
    assert_diagnostics(diagnostics, expected->diagnostics);
    g_assert_null(policy);
}

static const Case accepted[] = {
    {"smallest", HEAD, ""},
    {"crlf",
     "[Policy]\r\nFormatVersion=1\r\nName=A\r\nSerial=1\r\n[Seal]\r\nSalt=" SALT
     "\r\nPublicKey=" KEY "\r\nSignature=" SIGNATURE "\r\n",
     ""},
    {"foreign-groups", "[X-a]\nName=1\n" HEAD "[X-a]\n[X-b]\nRestrictLpdPort=maybe\n", ""},
    {"groups-in-any-order", HEAD "[Storage]\nForceCompleteDeletion=no\n[Interface]\n", ""},
    {"sealed", HEAD SEAL, ""},
    {"seal-without-final-line-end",
     HEAD "[Seal]\nPublicKey=" KEY "\nSignature=" SIGNATURE "\nSalt=" SALT, ""},
    {"greatest-serial", "[Policy]\nFormatVersion=1\nName=A\nSerial=9223372036854775807\n", ""},
    {"child-before-parent",
     HEAD "[KeyCertificate]\nProhibitWeakKeys=yes\nProhibitWeakEncryption=yes\n", ""},
    {"child-no-without-parent", HEAD "[KeyCertificate]\nProhibitWeakKeys=no\n", ""},
    {"parameter-without-item", HEAD "[Log]\nSntpServer=a.example\n",
     "6: warning: SntpServer: the key has no effect: the document does not ask for ForceSntp\n"},
    {"parameter-with-item-no", HEAD "[Log]\nForceSntp=no\nSntpServer=a.example\n",
     "7: warning: SntpServer: the key has no effect: the document does not ask for ForceSntp\n"},
};

static void test_accepted(gconstpointer data)
{
    const Case *expected = data;
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = parse(expected->text, diagnostics);
    assert_diagnostics(diagnostics, expected->diagnostics);
    g_assert_nonnull(policy);
    g_assert_cmpuint(diagnostics->n_errors, ==, 0);
}

static void add_cases(const char *folder, const Case *cases, gsize n_cases, GTestDataFunc test)
{
    for (gsize i = 0; i < n_cases; i++) {
        g_autofree char *path =
            g_strdup_printf("/policy-document-diagnostics/%s/%s", folder, cases[i].name);
        g_test_add_data_func(path, &cases[i], test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("refused", refused, G_N_ELEMENTS(refused), test_refused);
    add_cases("accepted", accepted, G_N_ELEMENTS(accepted), test_accepted);
    return g_test_run();
}
