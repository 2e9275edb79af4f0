/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verb-table.h"

#include "daemon/config.h"
#include "daemon/policy/catalog.h"
#include "daemon/policy/nearest.h"

#include <string.h>

#define BIT(option) VERB_OPTION_BIT(VERB_OPTION_##option)

const Verb verb_table[] = {
    {"status", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_VIEW, 0, 0, TRUE,
     "How the device stands (this is what no verb means)",
     "Shows the policy in force, how many items are in which state, what is wrong with secpold "
     "itself, and every item that is pending or violated, with the reason.",
     verb_status},
    {"show", "[KEY]", VERB_ARGUMENT_ITEM, VERB_GROUP_VIEW, BIT(GENERATION), 0, TRUE,
     "All items with value and state, or all about one",
     "Lists all items by category and group. With a KEY it tells everything about that item: what "
     "it does and costs, its ports and how many packets it refused, its settings, and who "
     "verified it. Upper and lower case of KEY do not matter. With --generation= it shows what a "
     "policy kept on the device asks for.",
     verb_show},
    {"explain", "KEY", VERB_ARGUMENT_ITEM_OR_SETTING, VERB_GROUP_VIEW, 0, 0, TRUE,
     "What an item or a setting does on this very device",
     "In words: what the kernel does for the item, in which chain and on which ports, which "
     "settings it locks and what each agent says of them, who listens on its ports now (as root: "
     "by which process), and how secpold knows. KEY may also be a setting or a parameter.",
     verb_explain},
    {"settings", "[SETTING]", VERB_ARGUMENT_SETTING, VERB_GROUP_VIEW, 0, 0, TRUE,
     "The settings that items lock, and what agents report",
     "A setting is a value that other daemons of the device have to keep while an item locks it.",
     verb_settings},
    {"blocked", "[KEY]", VERB_ARGUMENT_ITEM, VERB_GROUP_VIEW, 0, 0, TRUE,
     "What was refused lately, from where and how often",
     "Counts the latest refused packets by item, source address and port, newest first. secpold "
     "keeps 256 of them; how many an item has refused in all, show KEY tells.",
     verb_blocked},
    {"report", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_VIEW, BIT(FORMAT) | BIT(OUTPUT), 0, TRUE,
     "All items with state, evidence and time, as a document",
     "For the record: the policy, every item with its value, state, the reason, who verified it "
     "and when, and every locked setting with what the agents said. The HTML page needs nothing "
     "besides itself.",
     verb_report},
    {"monitor", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_VIEW, 0, 0, FALSE,
     "Print changes as they happen, a line each",
     "Changes of items' and settings' states, violations, repairs, new policies, until "
     "interrupted. With --json, each line is an object.",
     verb_monitor},
    {"is-compliant", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_VIEW, 0, 0, FALSE,
     "Exit code 0 if every item asked for is in force",
     "Prints nothing then. Otherwise prints why in one line and ends with exit code 1: no policy, "
     "a problem of secpold's own, or pending or violated items. Partial items, whose detail says "
     "what is left open on purpose, count as compliant.",
     verb_is_compliant},
    {"verify", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_VIEW, 0, 0, TRUE,
     "Read the machine back now, and repair it",
     "Returns when every item has been read back, and shows the result.", verb_verify},
    {"import", "FILE", VERB_ARGUMENT_FILE, VERB_GROUP_CHANGE,
     BIT(CONFIRM) | BIT(CURRENT_PASSWORD_FILE) | BIT(FORCE) | BIT(PASSWORD_FILE) | BIT(SIGNATURE) |
         BIT(TIMEOUT) | BIT(WAIT),
     0, FALSE, "Put a policy in force, and keep it",
     "Returns when the policy is on disk and the kernel was made to comply and read back, and "
     "shows the result. A policy that cuts the default route or your own SSH connection is "
     "refused without --confirm= or --force. Where the device holds another password than the "
     "one FILE is sealed with, both are asked for on the terminal, or taken from files. The "
     "signature is taken from FILE.minisig, where there is one. FILE may be - (standard input). "
     "TIME is 60s, 5min, 1h and the like, up to a day.",
     verb_import},
    {"confirm", "[N]", VERB_ARGUMENT_GENERATION, VERB_GROUP_CHANGE, 0, 0, FALSE,
     "Keep a policy that was imported with --confirm=",
     "N is the generation; without it, the one that waits is kept.", verb_confirm},
    {"revert", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_CHANGE, 0, 0, FALSE,
     "Go back to the policy before, while this one waits",
     "What was imported without --confirm=, or has been confirmed, stays.", verb_revert},
    {"history", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_CHANGE, 0, 0, TRUE,
     "The imported policies that are kept",
     "Newest first: generation, serial, digest, whether it is in force or was confirmed, when and "
     "by whom it was imported, and who signed it.",
     verb_history},
    {"export", NULL, VERB_ARGUMENT_NONE, VERB_GROUP_CHANGE, BIT(GENERATION) | BIT(OUTPUT),
     BIT(JSON), FALSE, "Write the policy in force, as it was imported",
     "The very bytes, to standard output or to OUT. A signature is written to OUT.minisig.",
     verb_export},
    {"diff", "[FILE]", VERB_ARGUMENT_FILE, VERB_GROUP_CHANGE, BIT(GENERATION), 0, TRUE,
     "What would change if a policy document were in force",
     "Tells for each item that differs its value now and then, and the consequences. On this "
     "machine it also names the processes that listen on ports about to close (as root: all of "
     "them), and warns where the default route or your own SSH connection would be cut. "
     "FILE may be - (standard input). With --generation= a policy kept on the device is "
     "compared.",
     verb_diff},
    {"new", "[FILE]", VERB_ARGUMENT_FILE, VERB_GROUP_DOCUMENT, 0, BIT(HOST) | BIT(JSON), FALSE,
     "Write a policy with every item, explained and off",
     "To FILE, which must not exist yet, or to standard output. Every item comes with what it "
     "does and what users lose by it.",
     verb_new},
    {"check", "FILE", VERB_ARGUMENT_FILE, VERB_GROUP_DOCUMENT, BIT(SIGNATURE) | BIT(TRUSTED_KEYS),
     BIT(HOST), FALSE, "Check a policy document, its seal and signature",
     "Reports every error and warning as FILE:LINE: KEY: MESSAGE. A document with one error would "
     "be refused whole: exit code 1. With warnings alone it is 0. FILE may be - (standard input). "
     "A seal that does not fit is an error, and so is a signature, in FILE.minisig or where "
     "--signature= says, that does not fit or is by none of the trusted keys. Those are "
     "in " SECPOLD_SYSCONFDIR "/trusted-keys.d unless --trusted-keys= names another folder.",
     verb_check},
    {"seal", "FILE", VERB_ARGUMENT_FILE, VERB_GROUP_DOCUMENT,
     BIT(LIKE) | BIT(OUTPUT) | BIT(PASSWORD_FILE), BIT(HOST) | BIT(JSON), FALSE,
     "Seal a policy document with a password",
     "Replaces FILE by the document with a seal, or writes that to OUT. The password is asked for "
     "on the terminal, and must keep the document's own rules for passwords. With --like= it has "
     "to be the password of PREVIOUS; a device that holds PREVIOUS then accepts the new document "
     "without asking. FILE may be - (standard input).",
     verb_seal},
};

const gsize verb_table_length = G_N_ELEMENTS(verb_table);

const Verb *verb_find(const char *name)
{
    for (gsize i = 0; i < verb_table_length; i++) {
        if (strcmp(verb_table[i].name, name) == 0) {
            return &verb_table[i];
        }
    }
    return NULL;
}

guint verb_takes(const Verb *verb)
{
    return (VERB_OPTIONS_GENERAL & ~verb->refused) | verb->options;
}

char *verb_hint(const char *name)
{
    if (catalog_find_item(name) || catalog_find_setting(name)) {
        return g_strdup_printf("; did you mean: secpolctl explain %s", name);
    }
    g_autofree char *option = g_strconcat("--", name, NULL);
    if (verb_option_find(option)) {
        return g_strdup_printf("; did you mean %s?", option);
    }
    if (g_file_test(name, G_FILE_TEST_IS_REGULAR)) {
        return g_strdup_printf("; it is a file: secpolctl check %s", name);
    }
    Nearest nearest;
    nearest_init(&nearest, name);
    for (gsize i = 0; i < verb_table_length; i++) {
        nearest_offer(&nearest, verb_table[i].name);
    }
    g_autofree char *hint = nearest_to_hint(&nearest);
    return g_strdup(*hint ? hint : "; secpolctl --help lists them");
}
