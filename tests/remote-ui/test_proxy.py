# SPDX-License-Identifier: GPL-2.0-or-later
"""Behind the device's own web server, at a path of its choosing, as the manual page tells it to do."""

import re
import shutil
import socket
import subprocess
import time

import pytest

import children
import scene
from daemon import SOURCE
from documents import policy
from probes import wait_until

pytestmark = pytest.mark.skipif(shutil.which("apache2") is None, reason="needs apache2-bin")

MODULES = ("mpm_event", "authz_core", "proxy", "proxy_http")
CONFIGURATION = """
ServerName device
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
User nobody
Group nogroup
Listen 127.0.0.1:{port}
{modules}
{line}
"""


def line_of_the_manual(path):
    """With the path of the test's own socket."""
    page = (SOURCE / "man" / "secpol-remote-ui.8.scd").read_text(encoding="utf-8")
    return re.search("^ProxyPass .*$", page, re.MULTILINE)[0].replace(
        "/run/secpol-remote-ui.sock", str(path)
    )


@pytest.fixture(scope="module", autouse=True)
def device(secpold):
    return secpold.start(policy("RestrictLpdPort"))


@pytest.fixture(scope="module")
def site(ui, tmp_path_factory):
    """The page's address there."""
    folder = tmp_path_factory.mktemp("apache")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES
    )
    (folder / "apache.conf").write_text(
        CONFIGURATION.format(
            folder=folder, port=port, modules=modules, line=line_of_the_manual(ui.path)
        )
    )
    with subprocess.Popen(
        ["apache2", "-f", folder / "apache.conf", "-DFOREGROUND"],
        preexec_fn=children.end_with_parent,
    ) as server:
        if not wait_until(lambda: listens(port), 10):
            raise RuntimeError((folder / "error.log").read_text())
        yield f"http://127.0.0.1:{port}/security/"
        server.terminate()


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_is_live_at_another_path(browser, site, device):
    browser.open(site)
    assert browser.attribute("#RestrictFtpPort", "data-state") == "off"
    started = time.monotonic()
    device.reload(policy("RestrictFtpPort", serial=2))
    scene.settle(lambda: browser.attribute("#RestrictFtpPort", "data-state") == "enforced")
    assert time.monotonic() - started < 2
    assert browser.run("return getComputedStyle(document.body).margin") == "0px"


def test_its_links_stay_below_that_path(browser, site):
    browser.open(site)
    addresses = browser.run("return [...document.querySelectorAll('a, link, script')].map((e) => e.href || e.src)")
    assert len(addresses) > 50
    assert all(address.startswith(site) for address in addresses)
    assert browser.run("return document.querySelector('form').action") == site
    browser.find(".chip[data-state=off]").click()
    assert browser.driver.current_url == site + "?state=off"
    browser.find("#reset").click()
    assert browser.driver.current_url == site


def test_a_page_that_is_not_there_leads_back_to_that_path(browser, site):
    browser.driver.get(site + "a/b")
    browser.find("main a").click()
    assert browser.driver.current_url == site
    assert all("404" in complaint for complaint in browser.complaints())


def test_a_web_server_without_the_page_behind_it_is_said(browser, site, ui):
    """The web server answers, but with an error, after which a browser would not try again."""
    browser.open(site)
    away = ui.path.rename(ui.path.with_name("away"))
    ui.kill()
    scene.settle(lambda: "own service cannot be reached" in browser.text("#unreachable"))
    assert wait_until(lambda: "503" in " ".join(browser.complaints()), 15)
    away.rename(ui.path)
    ui.start()
    scene.settle(browser.is_live, 40)
    assert not browser.text("#unreachable")
    browser.complaints()
