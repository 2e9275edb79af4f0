# SPDX-License-Identifier: GPL-2.0-or-later
"""A page that stays open: it follows the device without being loaded again, and says when it cannot."""

import re

import pytest
from selenium.webdriver.common.keys import Keys

import scene
from bus import Bus
from daemon import Secpold
from documents import policy
from probes import wait_until
from remote_ui import RemoteUi


@pytest.fixture
def own_bus():
    private = Bus().start()
    yield private
    private.close()


@pytest.fixture
def own_secpold(tmp_path, net, own_bus):
    device = Secpold(tmp_path, net, own_bus)
    yield device
    device.close()
    net.device.clear()


@pytest.fixture
def own_ui(net, own_bus):
    page = RemoteUi(own_bus).start()
    yield page
    page.close()


@pytest.fixture
def page(browser, own_secpold, own_ui):
    """With a mark that would be gone if the page were loaded again."""
    own_secpold.start(policy("RestrictLpdPort", "RestrictRawPort", "ForceAuditLog", name="First"))
    browser.open(own_ui.url)
    browser.run("window.marked = true")
    yield browser
    assert browser.run("return window.marked") is True


def state(page, key):
    return page.attribute(f"#{key}", "data-state")


def test_a_new_policy_shows_without_loading_again(page, own_secpold):
    assert state(page, "RestrictFtpPort") == "off"
    own_secpold.reload(policy("RestrictFtpPort", name="Second", serial=2))
    scene.settle(lambda: state(page, "RestrictFtpPort") == "enforced")
    scene.settle(lambda: state(page, "RestrictLpdPort") == "off")
    assert page.texts(".policy dd")[:2] == ["Second", "2"]
    assert page.text("#count-enforced") == "1"
    assert page.text("#verdict") == "Compliant"
    sentence = "The only item that the policy asks for is in force."
    assert page.text("#verdict-sentence") == sentence
    assert page.driver.title.startswith("Compliant – Confirm Security Policy")


def test_what_an_agent_reports_shows_and_is_announced(page, own_bus):
    assert state(page, "ForceAuditLog") == "pending"
    with scene.agent(own_bus) as agent:
        agent.report(("AuditLog", True))
        scene.settle(lambda: state(page, "ForceAuditLog") == "enforced")
        scene.settle(lambda: "Force Recording of Audit Log: Enforced." in page.text("#announcer"))
        assert agent.unique in page.text("#ForceAuditLog .settings")
        assert page.text("#verdict") == "Compliant"
    scene.settle(lambda: state(page, "ForceAuditLog") == "pending")


def test_changes_show_at_once_and_the_last_of_a_swarm_too(page, own_bus):
    """Sooner than the counters, which are asked for every five seconds."""
    with scene.agent(own_bus) as agent:
        for value in 6 * (True, False):
            for swarm in range(25):
                agent.report(("AuditLog", value, f"{swarm} more"), ("AuditLog", value))
            expected = "enforced" if value else "violated"
            scene.settle(lambda: state(page, "ForceAuditLog") == expected, 1.5)
            assert page.attribute("#live", "data-live") == "on"


def test_counters_go_up_by_themselves(page, net):
    assert "no packet blocked" in page.text("#RestrictRawPort .ports")
    scene.knock(net, 9100)
    scene.settle(lambda: re.search(r"\d+ packets? blocked", page.text("#RestrictRawPort .ports")), 15)


def test_an_update_leaves_the_reader_in_place(page, own_secpold):
    """What is unfolded, where the focus is, and what is filtered."""
    summary = page.find("#RestrictLpdPort summary")
    summary.click()
    page.run("document.querySelector('#RestrictLpdPort summary').focus()")
    page.find("#q").send_keys("LPD printing")
    page.run("document.querySelector('#RestrictLpdPort summary').focus()")
    before = page.run("return scrollY")
    own_secpold.reload(policy("RestrictFtpPort", serial=2))
    scene.settle(lambda: state(page, "RestrictLpdPort") == "off")
    assert page.find("#RestrictLpdPort details").get_attribute("open")
    focus = "return document.activeElement.closest('.item')?.id"
    assert page.run(focus) == "RestrictLpdPort"
    assert page.visible_items() == ["RestrictLpdPort"]
    assert page.run("return scrollY") == before


def test_an_item_that_changes_into_the_filter_appears(page, own_secpold):
    page.find(".chip[data-state=enforced]").click()
    assert page.visible_items() == ["RestrictLpdPort", "RestrictRawPort"]
    own_secpold.reload(policy("RestrictFtpPort", "RestrictRawPort", serial=2))
    scene.settle(lambda: page.visible_items() == ["RestrictRawPort", "RestrictFtpPort"])
    scene.settle(lambda: page.text("#matches") == "2 of 45 items")


TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


def test_a_secpold_that_dies_is_missed_and_taken_back(page, own_secpold):
    own_secpold.kill()
    scene.settle(lambda: page.text("#absence"))
    assert re.search(rf"secpold is not running, since {TIME}", page.text("#absence"))
    assert re.search(rf"last known at {TIME}", page.text("#absence"))
    assert page.text("#verdict") == "Not known"
    assert state(page, "RestrictLpdPort") == "enforced"
    own_secpold.start(policy("RestrictLpdPort"))
    scene.settle(lambda: not page.text("#absence"))
    scene.settle(lambda: page.text("#verdict") == "Compliant")


def test_a_secpold_that_hangs_does_not_hold_up_the_page(page, own_secpold, own_ui):
    with scene.stopped(own_secpold.pid):
        scene.settle(lambda: "secpold does not answer" in own_ui.get("/").text)
        scene.settle(lambda: "secpold does not answer" in page.text("#absence"))
    scene.settle(lambda: not page.text("#absence"), 15)


def test_a_bus_that_goes_and_comes_is_said(page, own_bus, own_secpold):
    own_bus.stop()
    scene.settle(lambda: "The system bus cannot be reached, since" in page.text("#absence"))
    own_bus.start()
    scene.settle(lambda: not page.text("#absence"), 20)
    assert page.text("#verdict") == "Not compliant yet"


def test_a_server_that_dies_is_said_and_found_again(browser, own_bus, own_secpold, own_ui):
    own_secpold.start(policy("RestrictLpdPort"))
    browser.open(own_ui.url)
    browser.run("window.marked = true")
    own_ui.kill()
    scene.settle(lambda: "own service cannot be reached, since" in browser.text("#unreachable"))
    assert browser.attribute("#live", "data-live") == "lost"
    own_secpold.reload(policy("RestrictFtpPort", serial=2))
    own_ui.start()
    scene.settle(browser.is_live, 30)
    assert not browser.text("#unreachable")
    scene.settle(lambda: state(browser, "RestrictFtpPort") == "enforced")
    assert browser.run("return window.marked") is True
    assert all("net::ERR" in complaint for complaint in browser.complaints())


@pytest.fixture
def absent_bus():
    """Not there yet, but its address is known."""
    private = Bus()
    yield private
    private.close()


def test_without_bus_and_secpold_from_the_start(browser, net, absent_bus, tmp_path):
    """The items there are can be read all the same; then first one comes and then the other."""
    page = RemoteUi(absent_bus).start()
    device = Secpold(tmp_path, net, absent_bus)
    try:
        browser.open(page.url)
        assert re.search(rf"bus cannot be reached, at least since {TIME}", browser.text("#absence"))
        assert browser.text("#verdict") == "Not known"
        assert len(browser.find_all(".item")) == 45
        assert set(browser.texts(".item .badge")) == {"Not known"}
        assert set(browser.texts(".item .requested .quiet")) == {"Not known"}
        absent_bus.start()
        scene.settle(lambda: "secpold is not running" in browser.text("#absence"), 20)
        device.start(policy("RestrictLpdPort"))
        scene.settle(lambda: browser.text("#verdict") == "Compliant")
        assert not browser.text("#absence")
    finally:
        device.close()
        net.device.clear()
        page.close()


def test_a_page_that_nobody_looks_at_is_cut_off_quietly(page, own_ui):
    """Going back to it brings it up to date."""
    page.driver.get("about:blank")
    scene.settle(lambda: own_ui.descriptors() < 20)
    page.driver.back()
    scene.settle(page.is_live, 20)
    page.run("window.marked = true")


def test_the_first_tab_offers_to_skip_to_the_items(page):
    page.press(Keys.TAB)
    assert page.run("return document.activeElement.className") == "skip"
    page.press(Keys.ENTER)
    assert page.run("return location.hash") == "#items"
