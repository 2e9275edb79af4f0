# SPDX-License-Identifier: GPL-2.0-or-later
"""Everybody can read the page: at any width, in the dark, by keyboard, by ear, on paper, without
scripts; and finds what is looked for."""

import re
import urllib.parse

import pytest
from selenium.webdriver.common.keys import Keys

import scene
from contrast import TOO_LITTLE

WIDTHS = (320, 360, 412, 600, 768, 960, 1024, 1440, 1920)


@pytest.fixture(scope="module", autouse=True)
def device(secpold, bus, author, net):
    stage = scene.Scene(secpold, bus, author, net).start()
    for _ in range(3):
        stage.knock()
    yield stage
    stage.close()


@pytest.fixture
def page(browser, ui):
    return browser.open(ui.url)


# Looks


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(page, width):
    page.look("light", width)
    page.find("#unfold").click()
    assert page.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, theme):
    """4.5 to 1 at least, as the guidelines for accessibility ask (WCAG 2, level AA)."""
    page.look(theme, 1440)
    page.find("#unfold").click()
    page.find(".chip[data-state=violated]").click()
    page.run("for (const item of document.querySelectorAll('[hidden]')) item.hidden = false")
    checked, wrong = page.run(TOO_LITTLE)
    assert checked > 500 and not wrong


def test_states_differ_in_word_and_shape(page):
    """Not in colour alone."""
    script = """return [...document.querySelectorAll(".legend .badge")].map((badge) => [
        badge.textContent, document.querySelector(
            badge.querySelector("use").getAttribute("href")).innerHTML])"""
    pairs = page.run(script)
    assert len(pairs) == len({word for word, _ in pairs}) == len({shape for _, shape in pairs}) == 6


def test_the_style_sheet_needs_nothing_that_browsers_of_2021_do_not_have(page, ui):
    """A choice is to be seen by what every one of them knows."""
    for selector in (":has(", ":is(", ":where(", "@container", "@layer", "color-mix"):
        assert selector not in ui.get("/page.css").text
    ground = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    before = page.run(ground, ".chip[data-state=violated] .face")
    page.find(".chip[data-state=violated]").click()
    assert page.run(ground, ".chip[data-state=violated] .face") != before


def test_no_match_is_said_by_the_server_too(ui):
    assert 'id="none">' in ui.get("/?q=no+such+thing").text
    assert 'id="none" hidden="">' in ui.get("/").text


def test_motion_can_be_refused(page):
    behavior = "return getComputedStyle(document.documentElement).scrollBehavior"
    duration = "return getComputedStyle(document.querySelector('.item')).transitionDuration"
    assert (page.run(behavior), page.run(duration)) == ("auto", "0s")
    page.look("light", 1440, motion="no-preference")
    assert page.run(behavior) == "smooth"


def test_paper_has_all_of_it_and_no_buttons(browser, ui):
    browser.open(ui.url)
    browser.look("light", 1000, medium="print")
    assert not browser.find("#filter").is_displayed()
    assert not browser.find(".item summary").is_displayed()
    for key in ("RestrictLpdPort", "ProhibitWeakEncryption"):
        assert browser.run(UNFOLDED, key), "the details are missing on paper"


# The content of folded details has no height.
UNFOLDED = "return document.querySelector(`#${arguments[0]} details dl`).getBoundingClientRect().height > 0"


# By ear


def tree(page):
    """What assistive technology gets: role, name and more of each node."""
    page.tell("Accessibility.enable")
    nodes = page.tell("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip(), node)
        for node in nodes
        if not node["ignored"]
    ]


CONTROLS = {"button", "link", "checkbox", "searchbox", "textbox", "DisclosureTriangle", "summary"}


def test_every_control_has_a_name_of_its_own_kind(page):
    controls = [(role, name) for role, name, _ in tree(page) if role in CONTROLS]
    assert len(controls) > 100
    assert not [control for control in controls if not control[1]]
    folds = [name for role, name in controls if name.startswith("Details of ")]
    assert len(folds) == len(set(folds)) == 45


def test_landmarks_lead_through_the_page(page):
    roles = [role for role, _, _ in tree(page)]
    for role in ("banner", "main", "search", "navigation", "contentinfo"):
        assert roles.count(role) == 1, role


def test_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag in page.run(
        "return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => h.tagName)"
    )]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


@pytest.mark.parametrize("width", [360, 1440])
def test_tables_are_tables_at_any_width(browser, ui, width):
    browser.look("light", width)
    browser.open(ui.url)
    nodes = tree(browser)
    roles = [role for role, _, _ in nodes]
    assert roles.count("rowheader") == 45
    tables = [name for role, name, _ in nodes if role == "table"]
    assert len(tables) == 13 and all(tables) and len(set(tables)) == 13
    assert "Port Usage Policy" in tables and "Key/Certificate" in tables
    heads = [name for role, name, _ in nodes if role == "columnheader"]
    assert heads == 13 * ["Policy item", "Requested", "State", "Last verified", "Details"]


def test_nothing_but_rows_is_in_a_table(page):
    """A heading there is lost on a screen reader, which goes from row to row."""
    assert page.run("return document.querySelectorAll('[role=table] :is(h1, h2, h3)').length") == 0
    unnamed = "return [...document.querySelectorAll('.items')].filter((t) => !t.getAttribute('aria-labelledby'))"
    assert page.run(unnamed) == []


def test_changes_are_told_politely(page):
    live = [
        node for _, _, node in tree(page)
        for quality in node.get("properties", [])
        if quality["name"] == "live"
    ]
    assert live
    for node in live:
        qualities = {quality["name"]: quality["value"].get("value") for quality in node["properties"]}
        assert qualities["live"] == "polite"


def test_the_page_says_its_language_and_has_no_id_twice(page):
    assert page.attribute("html", "lang") == "en"
    ids = page.run("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_targets_are_large_enough_for_a_finger(browser, ui):
    """24 pixels, or a line of text of their own."""
    browser.look("light", 360)
    browser.open(ui.url)
    script = """return [...document.querySelectorAll("button, .button, .chip, input[type=search], nav a")]
        .filter((e) => e.checkVisibility())
        .map((e) => [e.textContent, e.getBoundingClientRect().height])"""
    assert not [(name, height) for name, height in browser.run(script) if height < 36]


# By keyboard


def test_all_of_it_can_be_reached_and_used_by_keyboard(page):
    seen = []
    for _ in range(30):
        page.press(Keys.TAB)
        seen.append(page.run("const e = document.activeElement; return e.id || e.value || e.className"))
    assert seen.index("skip") < seen.index("q") < seen.index("violated") < seen.index("not-available")
    page.run("document.querySelector('input[value=violated]').focus()")
    page.press(Keys.SPACE)
    assert page.visible_items() == ["ProhibitWeakEncryption"]
    page.run("document.querySelector('#ProhibitWeakEncryption summary').focus()")
    page.press(Keys.ENTER)
    assert page.find("#ProhibitWeakEncryption details").get_attribute("open")


def test_where_the_focus_is_can_be_seen(page):
    for selector in ("#q", ".item .name a", ".item summary", "#unfold", "input[value=pending]"):
        page.press(Keys.TAB)
        script = """const e = document.querySelector(arguments[0]); e.focus();
            const seen = e.closest(".chip")?.querySelector(".face") || e;
            const style = getComputedStyle(seen); return [style.outlineStyle, style.outlineWidth]"""
        style, width = page.run(script, selector)
        assert style == "solid" and width != "0px", selector


# Finding


def test_search_finds_by_label_key_port_setting_and_reason(page, ui):
    """By the script and by the server the same."""

    def find(words):
        page.find("#reset").click()
        page.find("#q").send_keys(words)
        found = page.visible_items()
        markup = ui.get("/?q=" + urllib.parse.quote_plus(words)).text
        assert re.findall(r'class="item" id="(\w+)" data-state="[\w-]+">', markup) == found
        return found

    assert find("bmlinks") == ["RestrictBmlinksPort"]
    assert find("9100") == ["RestrictRawPort"]
    assert find("wireless connection") == ["ProhibitDirectConnection", "ProhibitWirelessLan"]
    assert find("MAKER dedicated") == ["RestrictDedicatedPort"]
    assert len(find("port usage policy")) == 14
    assert len(find("pending key/cert")) == 1
    assert find("PasswordMinimumLength") == ["MinimumPasswordLength"]
    assert find("tls 1.0 WEB") == ["ProhibitWeakEncryption"]
    assert find("no such thing") == []
    assert page.text("#matches") == "0 of 45 items"
    assert page.find("#none").is_displayed()
    page.find("#none a").click()
    assert len(page.visible_items()) == 45


def test_filters_combine_and_stay_in_the_address(page, ui, bus):
    page.find(".chip[data-state=violated]").click()
    page.find(".chip[data-state=partial]").click()
    assert page.visible_items() == ["RestrictIppPort", "ProhibitWeakEncryption"]
    page.find("#q").send_keys("ipp usage")
    assert page.visible_items() == ["RestrictIppPort"]
    address = page.driver.current_url
    assert re.search(r"\?q=ipp\+usage&state=violated&state=partial$", address)
    page.open(address)
    assert page.visible_items() == ["RestrictIppPort"]
    assert [heading.text for heading in page.find_all("#items h2") if heading.is_displayed()] == ["Network"]


def test_there_is_a_link_to_each_item(page, ui):
    hrefs = page.run("return [...document.querySelectorAll('.name a')].map((a) => a.getAttribute('href'))")
    assert hrefs == [f"#{item.get_attribute('id')}" for item in page.find_all(".item")]
    page.open(ui.url + "#ForceCompleteDeletion")
    top = "return document.getElementById('ForceCompleteDeletion').getBoundingClientRect().top"
    assert 0 <= page.run(top) < page.run("return innerHeight")
    page.open(ui.url + "?state=violated#ForceCompleteDeletion")
    assert page.find("#ForceCompleteDeletion").is_displayed()


@pytest.mark.parametrize("fragment", ["%", "%zz", "%00", "%E0%A4%A", "nothing", "<b>", "a b"])
def test_an_address_with_an_odd_end_is_the_page(page, ui, fragment):
    page.driver.get("about:blank")
    page.open(ui.url + "#" + fragment)
    assert len(page.visible_items()) == 45


# Without scripts


@pytest.fixture
def plain(browser):
    browser.scripts(False)
    yield browser
    browser.scripts(True)


def visible(plain):
    return [item.get_attribute("id") for item in plain.find_all(".item") if item.is_displayed()]


def apply(plain):
    """Press the button, and wait for the page that the server answers with."""
    before = plain.find("html")
    plain.find("#apply").click()
    scene.settle(lambda: plain.find("html") != before)
    scene.settle(lambda: plain.find_all("footer"))


def test_without_scripts_everything_is_there_but_what_is_live(plain, ui):
    plain.driver.get(ui.url)
    assert len(visible(plain)) == 45
    assert "Load the page again" in plain.find("#live").text
    assert plain.find("#apply").is_displayed()
    assert not plain.find("#unfold").is_displayed()
    plain.find("#RestrictRawPort summary").click()
    assert plain.find("#RestrictRawPort dl").is_displayed()


def test_without_scripts_the_server_searches(plain, ui):
    plain.driver.get(ui.url)
    plain.find("#q").send_keys("snmp 161")
    apply(plain)
    assert visible(plain) == ["ProhibitSnmpV1", "RestrictSnmpPort"]
    assert plain.find("#matches").text == "2 of 45 items"
    assert plain.find("#q").get_attribute("value") == "snmp 161"
    assert plain.find("#reset").get_attribute("href") == ui.url


def test_without_scripts_the_server_filters(plain, ui):
    plain.driver.get(ui.url)
    plain.find(".chip[data-state=violated]").click()
    plain.find(".chip[data-state=off]").click()
    apply(plain)
    assert visible(plain) == ["RestrictBmlinksPort", "ProhibitWeakEncryption"]
    assert plain.find("input[value=off]").is_selected()
    assert not plain.find("input[value=pending]").is_selected()
