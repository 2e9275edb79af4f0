# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the page, to be looked at: a device under the high-security policy with every state."""

import contextlib

import pytest

import scene
from remote_ui import RemoteUi

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (360, 1440)]
HOST = "printer-3f.example.org"


@pytest.fixture(scope="module", autouse=True)
def device(secpold, bus, author, net):
    stage = scene.Scene(
        *(secpold, bus, author, net),
        name="Head office, floors 1-4",
        comment="edition 12",
        reason="the web server has a client that knows nothing newer than TLS 1.1",
    ).start()
    stage.agent.report(
        ("RestrictNewDestinations", True),
        ("ConfirmFaxNumber", True),
        ("Forwarding", False),
        ("CompleteDeletion", True),
        ("PasswordRequireUppercase", True),
        ("PasswordRequireLowercase", True),
        ("PasswordRequireDigit", True),
        ("PasswordRequireSymbol", True),
    )
    for _ in range(3):
        stage.knock()
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def page(net, bus):
    page = RemoteUi(bus, host=HOST).start()
    yield page
    page.close()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request, browser):
    browser.look(*request.param)
    return f"{request.param[0]}-{request.param[1]}.png"


def save(browser, path, height=None):
    browser.save_picture(path, height)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 20_000


def test_the_page(browser, page, output, look):
    browser.open(page.url)
    assert browser.text(".host") == HOST
    save(browser, output / f"page-{look}")
    save(browser, output / f"top-{look}", 900 if "1440" in look else 780)


def test_details(browser, page, output, look):
    browser.open(page.url + "?q=raw+port&q=weak+encryption&state=violated&state=enforced")
    browser.find("#reset").click()
    for key in ("RestrictRawPort", "ProhibitWeakEncryption", "EnableLockout"):
        browser.run("document.getElementById(arguments[0]).querySelector('details').open = true", key)
    save(browser, output / f"details-{look}")


def test_a_filter(browser, page, output, look):
    browser.open(page.url + "?state=violated&state=partial&state=not-available")
    assert 0 < len(browser.visible_items()) < 10
    save(browser, output / f"filter-{look}")


def test_a_device_that_complies(browser, page, output, look, device):
    kernel = "[Policy]\nFormatVersion=1\nName=Branch\nSerial=9\n[Network]\nRestrictLpdPort=yes\n"
    with imported(device, kernel):
        browser.open(page.url)
        scene.settle(lambda: browser.text("#verdict") == "Compliant")
        save(browser, output / f"compliant-{look}", 900)


@contextlib.contextmanager
def imported(device, document):
    """Serials never go down: the policy of this file comes back as a later edition."""
    device.serial = getattr(device, "serial", 9) + 2
    device.import_document(document.replace("Serial=9", f"Serial={device.serial}"))
    try:
        yield
    finally:
        device.import_document(scene.document(device.serial + 1, "Head office, floors 1-4"))


def test_paper(browser, page, output):
    browser.open(page.url)
    browser.look("light", 1000, medium="print")
    browser.save_print(output / "page.pdf")
    assert (output / "page.pdf").read_bytes().startswith(b"%PDF")


def test_without_secpold(browser, page, output, device):
    """The last, for secpold is gone afterwards."""
    browser.open(page.url)
    device.secpold.kill()
    scene.settle(lambda: browser.text("#absence"))
    for theme, width in LOOKS:
        browser.look(theme, width)
        save(browser, output / f"absent-{theme}-{width}.png", 900)
