# SPDX-License-Identifier: GPL-2.0-or-later
"""secpolctl explains items on the device, lists what was refused, and reports for the record."""

import html.parser
import json
import os
import re
import subprocess

import pytest

import daemon
import probes
import rules
from documents import ITEMS, policy, profile
from probes import wait_until

DOCUMENT = policy("RestrictRawPort", "ForceAutoLogout", "ProhibitSnmpV1", name="Office & more")
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture(scope="module")
def running(shared):
    return shared.start(DOCUMENT, profile(Functions={"Fax": "no"}))


@pytest.fixture
def ctl(net, bus, running):
    def run(*words, prefix=(), code=0):
        with net.device:
            done = subprocess.run(
                [*prefix, daemon.built("secpolctl"), *words],
                env=bus.environment,
                text=True,
                capture_output=True,
                check=False,
                timeout=20,
            )
        assert done.returncode == code, done
        return done

    return run


def parsed(ctl, *words):
    return json.loads(ctl(*words, "--json=short").stdout)


# explain


def test_explain_names_the_chain_that_refuses(ctl, net):
    text = ctl("explain", "RestrictRawPort").stdout
    command = re.search(r"nft list chain inet secpold (\S+)", text)
    listed = net.device.run(command[0].split()).stdout
    assert "chain restrict-raw-port" in listed and "drop" in listed
    assert "Ports: 9100/tcp 9100/udp" in text
    assert "RestrictRawPort=yes" in text and "read back from the kernel" in text
    chain = parsed(ctl, "explain", "RestrictRawPort")["Chain"]
    assert chain == {"Family": "inet", "Table": "secpold", "Name": "restrict-raw-port"}


def test_explain_counts_what_was_refused(ctl, net, bus):
    before = bus.item("RestrictRawPort", "BlockedPackets")
    rules.delivered(net, [9100] * 3)
    # What waits for the neighbour's address comes later.
    assert wait_until(lambda: bus.item("RestrictRawPort", "BlockedPackets") == before + 3)
    assert f"Refused: {before + 3} packets" in ctl("explain", "RestrictRawPort").stdout


def test_explain_names_who_listens_now(ctl, net):
    assert "Nobody." in ctl("explain", "RestrictRawPort").stdout
    name = open("/proc/self/comm", encoding="utf-8").read().strip()
    with probes.tcp_service(net.device, 9100), probes.udp_service(net.device, 161, "127.0.0.1"):
        text = ctl("explain", "RestrictRawPort").stdout
        assert f"{name} (pid {os.getpid()}" in text and "listens on 9100/tcp" in text
        filtered = ctl("explain", "ProhibitSnmpV1").stdout
        assert "161/udp" in filtered and "reached from this device alone" in filtered
        other = ctl("explain", "RestrictRawPort", prefix=NOBODY).stdout
        assert "which root could name, listens on 9100/tcp" in other
        assert f"pid {os.getpid()}" not in other
        found = parsed(ctl, "explain", "RestrictRawPort")["Listeners"]
        assert [(one["Port"], one["Protocol"], one["Loopback"]) for one in found] == [
            (9100, "tcp", False)
        ]


def test_explain_tells_what_each_agent_says(ctl, agent):
    assert "no agent on the bus has said" in ctl("explain", "ForceAutoLogout").stdout
    first, second = agent(), agent()
    first.report(("AutoLogout", True))
    second.report(("AutoLogout", False, "not before the next start"))
    text = ctl("explain", "ForceAutoLogout").stdout
    assert f"({first.unique}) has yes in force" in text
    assert f"({second.unique}) has no in force: not before the next start" in text
    assert "AutoLogout=yes: contradicted" in text and "State: violated" in text
    setting = ctl("explain", "AutoLogout").stdout
    assert "ForceAutoLogout: locks it now" in setting
    assert f"({second.unique}) has no in force" in setting
    assert parsed(ctl, "explain", "autologout")["Setting"]["State"] == "contradicted"


def test_explain_speaks_of_what_is_off_and_what_is_missing(ctl):
    off = ctl("explain", "RestrictLpdPort").stdout
    assert "does not ask for it" in off and "When in force: " in off
    assert "nft list" not in off
    missing = ctl("explain", "ForceFaxNumberConfirmation").stdout
    assert "does not have the function Fax" in missing


@pytest.mark.parametrize("key", ITEMS)
def test_every_item_can_be_explained(ctl, key):
    item = parsed(ctl, "explain", key)
    assert item["Item"]["Key"] == key and len(item["Mechanism"]) > 40
    assert [setting["Name"] for setting in item["Settings"]] == item["Item"]["Settings"]
    assert (item["Chain"] is not None) == bool(item["Item"]["Ports"])


def test_explain_finds_the_owner_of_a_parameter_and_the_near_miss(ctl):
    assert "NTP server" in ctl("explain", "sntpserver").stdout
    done = ctl("explain", "RestrictRwPort", code=1)
    assert done.stderr == (
        "secpolctl: there is no item or setting RestrictRwPort; did you mean RestrictRawPort?\n"
    )
    assert "secpolctl show and secpolctl settings" in ctl("explain", "x", code=1).stderr


# show


def test_categories_are_called_as_people_know_them(ctl):
    for words in (("show",), ("show", "UseTpm"), ("report", "--format=html")):
        text = ctl(*words).stdout
        assert "Key/Certificate" in text and "KeyCertificate" not in text, words
    assert parsed(ctl, "show", "UseTpm")["Category"] == "KeyCertificate"


# settings


def test_one_setting_can_be_listed(ctl):
    assert [one["Name"] for one in parsed(ctl, "settings", "autologout")] == ["AutoLogout"]
    assert "did you mean AutoLogout?" in ctl("settings", "AutoLogut", code=1).stderr


# blocked; what it lists is in test_ctl_blocked.py


def test_blocked_needs_a_known_item(ctl):
    assert "did you mean RestrictLpdPort?" in ctl("blocked", "RestrictLpPort", code=1).stderr


# report


class Page(html.parser.HTMLParser):
    """The cells of a page's rows, and whatever it would fetch."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.fetched, self.open, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href", "action")]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_report_tells_the_same_in_all_three_forms(ctl, bus, tmp_path):
    found = json.loads(ctl("report", "--format=json").stdout)
    assert json.loads(ctl("report", "--json=short").stdout).keys() == found.keys()
    assert [item["Key"] for item in found["Items"]] == ITEMS
    assert len(found["Settings"]) == 70 and found["Manager"]["PolicyName"] == "Office & more"
    assert found["Compliant"] is False and "pending" in found["Reason"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["Time"])

    text = ctl("report").stdout
    page = Page(ctl("report", "--format=html").stdout)
    assert not page.open
    cells = {row[0]: row[1:] for row in page.rows}
    for item in found["Items"]:
        line = next(line for line in text.splitlines() if line.startswith(item["Key"] + " "))
        row = cells[item["Label"] + item["Key"]]
        assert item["State"] in line.split() and row[1] == item["State"]
        assert row[3] == item["Detail"] and item["Detail"] in text
        if item["VerifiedUSec"]:
            assert re.search(r"kernel \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line)
            assert row[2].startswith("kernel, since")
    assert cells["Policy"] == ["Office & more, serial 1, provisioned"]


def test_report_tells_what_the_policy_asks_for_to_the_last_parameter(ctl, running):
    running.reload(policy("EnableLockout", ForceSntp="yes", SntpServer="ntp.example.org"))
    try:
        text = ctl("report").stdout.partition("\nSETTING ")[0]
        page = Page(ctl("report", "--format=html").stdout)
    finally:
        running.reload(DOCUMENT)
    lines = [line.split() for line in text.splitlines()]
    at = lines.index(["EnableLockout", "yes", "pending"])
    assert lines[at + 1 : at + 3] == [
        ["LockoutThreshold", "3", "attempts"],
        ["LockoutPeriodMin", "3", "minutes"],
    ]
    assert lines[lines.index(["ForceSntp", "yes", "pending"]) + 1] == ["SntpServer", "ntp.example.org"]
    cells = {row[0]: row[1:] for row in page.rows}
    asked = "yes, LockoutThreshold 3 attempts, LockoutPeriodMin 3 minutes"
    assert cells["Enable LockoutEnableLockout"][0] == asked
    assert cells["Force SNTP SettingsForceSntp"][0] == "yes, SntpServer ntp.example.org"


def test_report_without_legend_has_neither_title_nor_headings(ctl):
    whole, bare = (
        [line.split() for line in ctl("report", *option).stdout.splitlines() if "Time:" not in line]
        for option in ((), ("--no-legend",))
    )
    assert [line for line in whole if line not in bare] == [
        ["Printer", "security", "policy:", "report"],
        ["ITEM", "VALUE", "STATE", "VERIFIED"],
        ["SETTING", "LOCKED", "TO", "STATE", "AGENTS"],
    ]
    assert bare[0][0] == "Device:"


def test_report_page_needs_nothing_besides_itself(ctl):
    text = ctl("report", "--format=html").stdout
    page = Page(text)
    assert page.fetched == [] and not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "@import" not in text and "url(" not in text
    assert "default-src 'none'" in text and "prefers-color-scheme: dark" in text
    assert page.tags.count("main") == page.tags.count("h1") == page.tags.count("title") == 1


def test_nothing_an_agent_says_gets_into_the_page_as_markup(ctl, agent):
    agent().report(("AutoLogout", False, "<script>alert(1)</script>\x1b[31m"))
    page = ctl("report", "--format=html").stdout
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "\x1b" not in page + ctl("report").stdout + ctl("explain", "AutoLogout").stdout


def test_report_is_written_to_a_file(ctl, tmp_path):
    path = tmp_path / "report.html"
    assert ctl("report", "--format=html", "-o", str(path)).stdout == ""
    assert path.read_text().endswith("</html>\n")
    ctl("report", "-o", str(path))
    assert path.read_text().startswith("Printer security policy: report\n")
    assert "No such file" in ctl("report", "-o", str(tmp_path / "no/x"), code=1).stderr
