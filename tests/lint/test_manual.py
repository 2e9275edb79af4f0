# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual says what the programs know, all of it and nothing else. What takes a running secpold
to see is in tests/netns/test_manual_bus.py."""

import re
import subprocess

import pytest

from conftest import ROOT
from manual import Page, options_of_help, options_of_terms

GENERAL = {"full", "help", "host", "json", "no-legend", "no-pager", "version"}


def output(build, program, *words):
    done = subprocess.run([build / program, *words], capture_output=True, text=True, check=True)
    return done.stdout


def source(pattern):
    return "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(pattern)))


# Command lines


@pytest.mark.parametrize(
    ("page", "program"),
    (
        ("secpold.8", "daemon/secpold"),
        ("secpol-agent.8", "agent/secpol-agent"),
        ("secpol-remote-ui.8", "remote-ui/secpol-remote-ui"),
    ),
)
def test_options_of_the_daemons(build, page, program):
    words = Page(page).bold("OPTIONS")
    known = options_of_help(output(build, program, "--help"))
    assert options_of_terms(words) == known
    assert "version" in known and "help" in known


@pytest.fixture(scope="module")
def secpolctl():
    return Page("secpolctl.1")


def verbs(build):
    listed = output(build, "ctl/secpolctl", "--complete", "").splitlines()
    return [line.partition("\t")[0] for line in listed]


def test_verbs_of_secpolctl(build, secpolctl):
    assert len(verbs(build)) >= 18
    explained = [re.match(r"\\fB([a-z-]+)\\fR", term)[1] for term in secpolctl.terms["VERBS"]]
    assert sorted(explained) == sorted(verbs(build))


def usage_on_page(page, verb):
    """How its manual entry begins, without the options: "show [KEY]"."""
    term = next(term for term in page.terms["VERBS"] if term.startswith(f"\\fB{verb}\\fR"))
    words = re.sub(r"\\f[BIR]", "", term)
    return words, options_of_terms(re.findall(r"--[a-z-]+", words)) | (
        {"output"} if "-o " in words else set()
    )


def test_arguments_and_options_of_each_verb(build, secpolctl):
    for verb in verbs(build):
        text = output(build, "ctl/secpolctl", verb, "--help")
        usage = re.match(r"secpolctl \[OPTIONS\.\.\.\] (.*)\n", text)[1]
        words, options = usage_on_page(secpolctl, verb)
        argument = usage.removeprefix(verb).strip()
        assert argument.strip("[]") in words, verb
        assert options == options_of_help(text) - GENERAL, verb


def test_general_options_of_secpolctl(build, secpolctl):
    known = options_of_help(output(build, "ctl/secpolctl", "--help"))
    assert known == GENERAL
    assert options_of_terms(secpolctl.bold("OPTIONS")) == known | {"complete"}


def test_exit_codes_of_secpolctl(secpolctl):
    codes = re.findall(r"EXIT_CODE_\w+ = (\d)", source("ctl/verb.h"))
    assert secpolctl.bold("EXIT STATUS") == codes == ["0", "1", "2", "3"]


def test_exit_codes_of_secpold(build):
    """But for that of a start that fails, and of a --probe that misses something."""

    def code(*words):
        return subprocess.run([build / "daemon/secpold", *words], capture_output=True).returncode

    listed = Page("secpold.8").bold("EXIT STATUS")
    assert [listed[0], listed[-1]] == [str(code("--version")), str(code("--no-such-option"))]
    assert len(listed) == 3


def test_exit_codes_of_secpol_agent(build, tmp_path):
    """But for that of a --restore that leaves something, which takes a service."""

    def code(*words):
        return subprocess.run([build / "agent/secpol-agent", *words], capture_output=True).returncode

    (tmp_path / "bad.binding").write_text("[Binding]\n")
    found = [
        code("--check", "--bindings", ROOT / "agent/bindings"),
        code("--check", tmp_path / "bad.binding"),
        code("--no-such-option"),
    ]
    assert Page("secpol-agent.8").bold("EXIT STATUS") == [str(one) for one in found]


def test_environment_of_secpolctl(secpolctl):
    asked = set(re.findall(r'getenv\("(\w+)"\)', source("ctl/*.c")))
    text = secpolctl.section("ENVIRONMENT") + " ".join(secpolctl.bold("ENVIRONMENT"))
    # TERM and the marks of sudo(8) and pkexec(1) are not for users to set.
    assert {name for name in asked if name not in text} <= {
        "TERM",
        "SUDO_UID",
        "PKEXEC_UID",
        "SSH_CONNECTION",
    }
    assert set(secpolctl.bold("ENVIRONMENT")) <= asked | {"DBUS_SYSTEM_BUS_ADDRESS"}
    assert "SSH_CONNECTION" in secpolctl.text


# Documents


def ranges(template):
    """By key: the range that a new policy's comment names."""
    found = re.findall(r"^# (\d+) to (\d+) \w+:\n#(\w+)=", template, re.MULTILINE)
    return {key: (first, last) for first, last, key in found}


def test_keys_of_a_policy(build):
    page = Page("secpold.policy.5")
    template = output(build, "ctl/secpolctl", "new")
    catalog = set(re.findall(r"^#?(\w+)=", template, re.MULTILINE))
    seal = set(re.findall(r'FIXED_KEY_\w+\] = \{"(\w+)", SEAL_GROUP\}', source("daemon/policy/*.c")))
    assert len(catalog) == 45 + 4 + 3 and len(seal) == 3
    explained = {word.rstrip("=") for words in map(page.bold, page.terms) for word in words}
    inline = set(re.findall(r"\b([A-Z][A-Za-z]+)=", page.text))
    assert catalog <= explained | inline and seal <= inline
    assert {word for word in explained | inline if word[0].isupper()} - {"KEY"} == catalog | seal


def test_groups_of_a_policy(build):
    groups = re.findall(r"^\[(\w+)\]$", output(build, "ctl/secpolctl", "new"), re.MULTILINE)
    sections = Page("secpold.policy.5").sections
    listed = [section[1:-1] for section in sections if section.startswith("[")]
    assert listed == [*groups, "Seal"]


def test_ranges_in_a_policy(build):
    page = Page("secpold.policy.5")
    known = ranges(output(build, "ctl/secpolctl", "new"))
    assert len(known) == 5
    for key, (first, last) in known.items():
        behind = page.text.split(f"{key}=")[1:]
        assert any(f"{first} to {last}" in text[:160] for text in behind), key


def test_ports_in_a_policy(build):
    page = Page("secpold.policy.5")
    template = output(build, "ctl/secpolctl", "new").replace("\n# ", " ")
    found = re.findall(r"\(Port\s+Number:\s+([\d, -]+)\).*?\n(\w+)=no", template)
    assert len(found) == 14
    for ports, key in found:
        place = page.text.index(f"{key}=\n")
        assert f"Closes {ports}" in page.text[place : place + 200], key


def profile_keys():
    table = source("daemon/policy/device-profile-read.c")
    return set(re.findall(r'\{"(\w+)", "(\w+)", \w+\}', table))


def profile_groups():
    table = source("daemon/policy/device-profile-read.c")
    return set(re.findall(r'\{"(\w+)", (?:NULL|read_\w+)\}', table))


def test_keys_of_a_device_profile():
    page = Page("secpold.device.5")
    explained = set()
    for section in page.terms:
        for word in page.bold(section):
            if match := re.fullmatch(r"(?:\[(\w+)\] )?([A-Z]\w+)=", word):
                explained.add((match[1] or section.strip("[]"), match[2]))
    assert len(profile_keys()) >= 12
    assert explained == profile_keys()


def test_groups_of_a_device_profile():
    page = Page("secpold.device.5")
    headings = [section for section in page.sections if section.startswith("[")]
    listed = {group for heading in headings for group in re.findall(r"\[(\w+)\]", heading)}
    assert len(profile_groups()) >= 9
    assert listed == profile_groups()


def test_functions_of_a_device_profile():
    page = Page("secpold.device.5")
    of_items = set(re.findall(r'\.function = "(\w+)"', source("daemon/policy/catalog-items.c")))
    of_settings = set(
        re.findall(r'\{"\w+", "[bsu]",\s*"[^"]+",\s*"(\w+)"\}', source("daemon/policy/catalog-settings.c"))
    )
    text = page.section("[Functions]")
    whole, single = (re.findall(r"\b[A-Z]\w+", part) for part in text.split("Functions of ")[1:3])
    assert len(of_items) >= 30 and len(of_settings) >= 5
    assert set(whole) == of_items
    assert set(single) == of_settings - of_items


def test_keys_of_a_binding():
    text = "".join(
        source(f"agent/{name}.c")
        for name in ("binding-parse", "binding-parse-edit", "binding-parse-check")
    )
    keys = set(re.findall(r'\{"([A-Z]\w+\.?)", read_', text))
    text = Page("secpold.binding.5").rendered.replace("\\&", "")
    explained = set(re.findall(r"\\fB([A-Z][A-Za-z]+\.?)(?:\\fR\\fI[A-Z]+\\fR\\fB)?=", text))
    assert len(keys) >= 35
    assert explained == keys


def test_limits_of_a_binding():
    text = Page("secpold.binding.5").text
    known = dict(re.findall(r"#define ((?:COMMAND|BINDING)_\w*MAX_\w+) +(\d+)", source("agent/*.h")))
    assert f"longer than {known['COMMAND_DEED_MAX_SEC']} seconds" in text
    assert f"has {known['COMMAND_MAX_SEC']} seconds" in text
    assert f"more than {int(known['COMMAND_MAX_BYTES']) // 1024} KiB" in text
    assert f"up to {known['BINDING_MAX_GROUPS']} groups" in text
    assert f"at most {known['BINDING_MAX_WORDS']} words" in text


def test_bindings_on_pages_are_without_fault(build, tmp_path):
    found = 0
    for page in sorted((ROOT / "man").glob("*.scd")):
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```\n(\[Binding\].*?)```", text, re.DOTALL):
            found += 1
            binding = tmp_path / f"{found}.binding"
            binding.write_text(block.replace("\\\\", "\\"), encoding="utf-8")
            done = subprocess.run(
                [build / "agent/secpol-agent", "--check", binding], capture_output=True, text=True
            )
            assert done.returncode == 0, (page.name, done.stdout, done.stderr)
    assert found == 2


# The bus


def test_errors_of_the_bus(build):
    """Those that are in the program, and in the bus's own description."""
    program = (build / "daemon/secpold").read_bytes()
    known = {name.decode() for name in re.findall(rb"org\.secpold1\.Error\.\w+", program)}
    page = Page("org.secpold1.5")
    explained = {name for name in page.bold("ERRORS") if name.startswith("org.secpold1.Error.")}
    assert len(known) >= 12
    assert explained == known
    described = source("dbus/org.secpold1.xml")
    assert not {name for name in known if name.removeprefix("org.secpold1.Error.") not in described}
    standard = {name.rpartition(".")[2] for name in page.bold("ERRORS")} - {
        name.rpartition(".")[2] for name in known
    }
    used = set(re.findall(r"SD_BUS_ERROR_([A-Z_]+)", source("daemon/bus/*.c")))
    used = {name.title().replace("_", "") for name in used - {"NULL", "MAKE_CONST"}}
    assert standard == used | {"UnknownObject"}


def test_mechanisms_that_signals_name():
    known = set(re.findall(r'^    \.name = "([a-z-]+)"', source("daemon/enforce/**/*.c"), re.MULTILINE))
    known.add("settings")
    page = Page("org.secpold1.5").section("Signals")
    assert len(known) >= 7
    assert set(re.split(r", | or ", page.split("the mechanism: ")[1].split(" .P")[0])) == known
    comment = source("dbus/org.secpold1.xml").split("The mechanism: ")[1].split(".")[0]
    assert set(re.findall(r'"([a-z-]+)"', comment)) == known


REFERENCE = r"\b(secpol[\w.-]*|org\.secpold1|pam_factory_password)\((\d)\)"
OWN = {path.name.removesuffix(".scd") for path in (ROOT / "man").glob("*.scd")}
# Programs that bindings run; the page of secpol-agent leads to them.
HELPERS = {"pam_factory_password.8", "secpol-pam-path.8", "secpol-weak-keys.8"}


def references(text):
    return [f"{stem}.{number}" for stem, number in re.findall(REFERENCE, text)]


@pytest.mark.parametrize("name", sorted(OWN))
def test_see_also_has_all_pages_that_a_page_refers_to(name):
    page = Page(name)
    listed = references(page.section("SEE ALSO"))
    # The page's own name stands at its head.
    assert set(listed) == set(references(page.text)) - {name} <= OWN
    assert len(listed) == len(set(listed)) >= 2


def test_see_also_has_one_order_and_leads_to_every_page():
    listed = {name: references(Page(name).section("SEE ALSO")) for name in OWN}
    order = ["secpold.8", *listed["secpold.8"]]
    assert set(order) == OWN - HELPERS
    assert HELPERS <= set(listed["secpol-agent.8"])
    for name in OWN:
        known = [other for other in listed[name] if other in order]
        assert known == sorted(known, key=order.index), name
