# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on the page is what is on the bus: each item, its settings and the policy as a whole."""

import datetime
import html.parser
import json
import re
import subprocess
import sys

import pytest

import daemon
import scene
from probes import wait_until

sys.path.append(str(daemon.SOURCE / "tests/lint"))
from manual_json import Shapes  # noqa: E402

CATEGORY_HEADINGS = {"KeyCertificate": "Key/Certificate"}
STATES = {
    "enforced": "Enforced",
    "partial": "Partial",
    "pending": "Pending",
    "violated": "Violated",
    "off": "Off",
    "not-available": "Not available",
}
VERIFIED = {"": "Not verified", "kernel": "Kernel", "agent": "Agent", "both": "Kernel and agent"}


@pytest.fixture(scope="module", autouse=True)
def device(secpold, bus, author, net):
    stage = scene.Scene(secpold, bus, author, net).start()
    stage.knock()
    yield stage
    stage.close()


@pytest.fixture
def page(browser, ui):
    return browser.open(ui.url)


def test_all_states_are_there_to_be_shown(bus):
    assert all(count > 0 for count in bus.manager("Compliance").values()), bus.manager("Compliance")


def test_items_stand_in_the_order_and_under_the_labels_of_the_catalog(page, bus):
    keys = scene.listed(bus)
    assert len(keys) == 45
    assert [item.get_attribute("id") for item in page.find_all(".item")] == keys
    labels = [scene.facts(bus, "item", key)["Label"] for key in keys]
    assert page.texts(".item > .name") == labels


def test_categories_and_groups_are_headings_in_order(page, bus):
    expected = []
    for key in scene.listed(bus):
        item = scene.facts(bus, "item", key)
        category = ("H2", CATEGORY_HEADINGS.get(item["Category"], item["Category"]))
        if category not in expected:
            expected.append(category)
        if item["Group"] and ("H3", item["Group"]) not in expected:
            expected.append(("H3", item["Group"]))
    script = """return [...document.querySelectorAll("#items h2, #items h3")]
        .map((heading) => [heading.tagName, heading.textContent])"""
    assert [tuple(pair) for pair in page.run(script)] == expected
    categories = [text for tag, text in expected if tag == "H2"]
    assert page.texts("nav a") == categories
    assert categories == [
        *("Interface", "Network", "Authentication", "Key/Certificate", "Log", "Job", "Storage")
    ]


def words(value):
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)


def moment(usec):
    return datetime.datetime.fromtimestamp(usec / 1e6).strftime("%Y-%m-%d %H:%M:%S")


def text(page, key, part):
    return page.text(f"#{key} {part}")


def test_each_item_shows_what_the_bus_says_of_it(page, bus):
    for key in scene.listed(bus):
        item = scene.facts(bus, "item", key)
        assert page.attribute(f"#{key}", "data-state") == item["State"]
        assert text(page, key, ".badge") == STATES[item["State"]]
        requested = text(page, key, ".requested")
        if item["Requested"]:
            assert words(item["Value"]["data"]) in requested, key
            for parameter in item["Parameters"].values():
                assert str(parameter["data"]) in requested
        else:
            assert "Not requested" in requested
        verified = text(page, key, ".verified")
        assert VERIFIED[item["VerifiedBy"]] in verified
        if item["VerifiedBy"]:
            assert moment(item["VerifiedUSec"]) in verified
        more = text(page, key, ".more")
        for name in ("Detail", "Description", "Consequence", "Key"):
            assert item[name] in more, (key, name)


def test_numbers_have_their_unit(page):
    assert "14 characters" in text(page, "MinimumPasswordLength", ".requested")
    assert "90 days" in text(page, "PasswordValidityDays", ".requested")
    lockout = text(page, "EnableLockout", ".requested")
    assert "Lockout threshold: 3 attempts" in lockout
    assert "Lockout period: 30 minutes" in lockout


def test_ports_are_listed_with_the_packets_they_have_blocked(page, bus):
    for key in scene.listed(bus):
        item = scene.facts(bus, "item", key)
        if not item["Ports"]:
            assert not page.find_all(f"#{key} .ports")
            continue
        line = text(page, key, ".ports")
        for _, first, last in item["Ports"]:
            assert (f"{first}-{last}" if last > first else str(first)) in line
        if item["State"] in ("off", "not-available"):
            assert line.startswith("Would close ") and "blocked" not in line
            continue
        count = item["BlockedPackets"]
        assert (f"{count} packet" if count else "no packet blocked") in line
    raw = scene.facts(bus, "item", "RestrictRawPort")
    assert raw["BlockedPackets"] > 0
    assert f"({raw['BlockedBytes']} bytes)" in text(page, "RestrictRawPort", ".ports")
    assert "TCP 631" in text(page, "RestrictIppPort", ".ports")
    assert "UDP" not in text(page, "RestrictIppPort", ".ports")


def test_settings_are_listed_with_value_state_and_agent(page, bus, device):
    states = {
        *("confirmed", "unconfirmed", "contradicted", "not-available"),
    }
    shown = set()
    for key in scene.listed(bus):
        rows = page.texts(f"#{key} .settings tbody tr")
        names = scene.facts(bus, "item", key)["Settings"]
        assert len(rows) == len(names), key
        for name, row in zip(names, rows):
            setting = scene.facts(bus, "setting", name)
            assert setting["Label"] in row and name in row
            assert (words(setting["Value"]["data"]) if setting["Locked"] else "not locked") in row
            shown.add(setting["State"])
            for agent, unit, value, reason in setting["Reports"]:
                assert (unit or agent) in row and words(value["data"]) in row and reason in row
            if not setting["Reports"]:
                assert "nobody" in row
    assert states <= shown
    assert device.agent.unique in text(page, "ProhibitWeakEncryption", ".settings")


def test_the_summary_names_the_policy_and_counts_the_states(page, bus, device):
    compliance = bus.manager("Compliance")
    for state, count in compliance.items():
        assert page.text(f"#count-{state}") == str(count)
    assert page.text("#verdict") == "Not compliant"
    sentence = page.text("#verdict-sentence")
    assert f"{compliance['violated']} is violated and {compliance['pending']} are pending" in sentence
    facts = dict(zip(page.texts(".policy dt"), page.texts(".policy dd")))
    assert facts["Policy"] == scene.NAME
    assert facts["Serial"] == "1"
    assert facts["Signed by"] == bus.manager("PolicySigner")
    assert facts["Signed by"].startswith(device.key) and scene.COMMENT in facts["Signed by"]
    assert moment(bus.manager("PolicyImportedUSec")) in facts["Imported"]
    assert facts["SHA-256"] == bus.manager("PolicyDigest")
    assert facts["Origin"] == "Imported on this device"


def test_what_is_violated_is_on_top_with_its_reason(page, bus):
    items = [scene.facts(bus, "item", key) for key in scene.listed(bus)]
    violated = [item for item in items if item["State"] == "violated"]
    assert violated
    assert page.texts("#summary .violations a") == [item["Label"] for item in violated]
    assert page.texts("#summary .violations bdi") == [item["Detail"] for item in violated]
    page.find("#summary .violations a").click()
    assert page.run("return location.hash") == "#" + violated[0]["Key"]


def test_what_comes_from_the_bus_is_text_and_not_markup(page):
    """Names, comments and reasons that would be scripts and images."""
    assert page.texts(".policy dd")[0] == scene.NAME
    assert scene.REASON in text(page, "ProhibitWeakEncryption", ".detail")
    assert scene.REASON in text(page, "ProhibitWeakEncryption", ".settings")
    assert page.run("return document.querySelectorAll('main script, main img').length") == 0
    page.driver.title.index("Confirm Security Policy")


def test_a_device_that_keeps_its_policy_is_compliant(browser, ui, device, bus):
    kernel = "[Policy]\nFormatVersion=1\nName=Small\nSerial=2\n[Network]\n"
    device.import_document(kernel + "RestrictLpdPort=yes\nRestrictIppPort=yes\n")
    try:
        browser.open(ui.url)
        assert browser.text("#verdict") == "Compliant"
        assert browser.text("#verdict-sentence") == (
            "All 2 items that the policy asks for are in force; 1 is partial."
        )
    finally:
        device.import_document(scene.document(serial=3))
        device.report()
        scene.settle(lambda: bus.item("ProhibitWeakEncryption", "State") == "violated")


class TextOf(html.parser.HTMLParser):
    """All text of a page, and whatever would fetch something."""

    def __init__(self, markup):
        super().__init__()
        self.text, self.fetches = "", []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("src", "href") and not value.startswith("#"):
                self.fetches.append((tag, value))

    def handle_data(self, data):
        self.text += data


def test_the_report_to_keep_stands_alone(browser, ui, bus, output, tmp_path):
    answer = ui.get("/report.html")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    report = TextOf(answer.text)
    assert not report.fetches
    for key in scene.listed(bus):
        item = scene.facts(bus, "item", key)
        for name in ("Label", "Description", "Consequence", "Detail"):
            assert item[name] in report.text, (key, name)
    assert scene.NAME in report.text
    file = output / "report.html"
    file.write_bytes(answer.body)
    browser.open(file.as_uri(), live=False)
    assert browser.run("return document.querySelectorAll('details:not([open])').length") == 0
    ground = "return getComputedStyle(document.querySelector('.item .badge')).backgroundColor"
    assert browser.run(ground) != "rgba(0, 0, 0, 0)"


def plain(value):
    """As busctl tells of a variant within a variant: what is in it."""
    if isinstance(value, dict) and set(value) == {"type", "data"}:
        return plain(value["data"])
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return value


def test_the_report_for_programs_has_everything(ui, bus):
    answer = ui.get("/report.json")
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    report = json.loads(answer.body)
    assert report["Reachable"] is True and report["Compliant"] is False
    assert re.fullmatch(r"\d+ items? violated, \d+ items? pending", report["Reason"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report["Time"])
    assert report["Manager"]["PolicyName"] == scene.NAME
    assert report["Manager"]["Compliance"] == bus.manager("Compliance")
    assert [item["Key"] for item in report["Items"]] == scene.listed(bus)
    for item in report["Items"]:
        expected = scene.facts(bus, "item", item["Key"])
        ports = [[port["Protocol"], port["First"], port["Last"]] for port in item.pop("Ports")]
        assert ports == expected.pop("Ports")
        assert item == plain(expected)
    settings = {setting["Name"]: setting for setting in report["Settings"]}
    assert len(settings) == 70
    (told,) = settings["WeakEncryption"]["Reports"]
    assert told["Value"] is True and told["Reason"] == scene.REASON


def test_the_report_is_the_one_that_secpolctl_makes(ui, bus):
    done = subprocess.run(
        [daemon.built("secpolctl"), "report", "--format=json"],
        env=bus.environment, capture_output=True, text=True, timeout=20, check=True,
    )
    here, there = json.loads(ui.get("/report.json").body), json.loads(done.stdout)
    assert here.keys() - there.keys() == {"Reachable", "ReadTime"}
    for name in there.keys() - {"Time"}:
        assert here[name] == there[name], name


def test_the_report_for_programs_is_as_its_manual_page_says(ui):
    shapes = Shapes()
    shapes.check(json.loads(ui.get("/report.json").body), "Report")
    assert not {"Report.Reachable", "Report.ReadTime"} & shapes.unseen


def test_counters_are_those_of_the_moment(ui, bus, device):
    """Though no signal tells of them."""

    def blocked():
        items = json.loads(ui.get("/report.json").body)["Items"]
        return {item["Key"]: item["BlockedPackets"] for item in items}["RestrictFtpPort"]

    before = blocked()
    device.knock(21)
    assert wait_until(lambda: blocked() > before, 5)
