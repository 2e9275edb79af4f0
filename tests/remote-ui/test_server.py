# SPDX-License-Identifier: GPL-2.0-or-later
"""What others than browsers get: methods, paths, headers, and clients that are slow, many or hostile."""

import contextlib
import re
import socket
import time

import pytest

import scene
from documents import ITEMS as ALL_ITEMS
from documents import policy
from probes import wait_until
from remote_ui import RemoteUi
from stream import Stream

PATHS = {
    "/": "text/html; charset=utf-8",
    "/page.css": "text/css; charset=utf-8",
    "/page.js": "text/javascript; charset=utf-8",
    "/favicon.svg": "image/svg+xml",
    "/report.html": "text/html; charset=utf-8",
    "/report.json": "application/json",
}
# As many pages as can follow live, and how large the service may be with all of them.
STREAMS = 500
# Whatever takes no value, so that a policy with them changes nearly every part of the page.
ITEMS = [item for item in ALL_ITEMS if item not in ("MinimumPasswordLength", "PasswordValidityDays")]
MEGABYTE = 1 << 20


@pytest.fixture(scope="module", autouse=True)
def device(secpold):
    return secpold.start(policy("RestrictLpdPort", "RestrictRawPort"))


@pytest.fixture(scope="module")
def idle(net, bus):
    """One that answers once and is then left alone, from the first test of this file to the last."""
    page = RemoteUi(bus).start()
    assert page.get("/").status == 200
    page.since = time.monotonic()
    yield page
    if not page.alive():
        page.start()
    page.close()


@pytest.fixture(scope="module")
def at_rest(ui):
    """How many descriptors it has when nobody is connected."""
    assert ui.get("/").status == 200
    time.sleep(0.5)
    return ui.descriptors()


@pytest.fixture
def quiet(ui, at_rest):
    """The same, and that it is so now."""
    assert wait_until(lambda: ui.descriptors() == at_rest, 30)
    return at_rest


def test_it_has_no_rights(ui, idle, at_rest):
    assert ui.capabilities() == 0


# Requests


def directives(answer):
    policy_text = answer.headers["content-security-policy"]
    return dict(directive.strip().partition(" ")[::2] for directive in policy_text.split(";"))


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
@pytest.mark.parametrize("unix", [True, False], ids=["unix", "tcp"])
def test_every_answer_is_guarded(ui, path, unix):
    answer = ui.get(path, unix=unix)
    assert answer.status == (200 if path in PATHS else 404)
    assert answer.headers["content-type"] == PATHS.get(path, PATHS["/"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == ("no-cache" if "." in path and "report" not in path else "no-store")
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers
    rules = directives(answer)
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_nothing_is_inline_and_nothing_from_elsewhere(ui):
    for path in ("/", "/nowhere"):
        markup = ui.get(path).text
        assert " style=" not in markup and " onclick=" not in markup and "<style" not in markup
        assert "http:" not in markup.replace("http://www.w3.org/2000/svg", "")
        assert "https:" not in markup and "//cdn" not in markup
    for path in ("/page.css", "/page.js"):
        assert "http" not in ui.get(path).text and "@import" not in ui.get(path).text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_methods_that_change_are_refused_with_a_word_of_help(ui, method):
    answer = ui.get("/", method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "Nothing can be changed here" in answer.text and "secpolctl import" in answer.text


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/events"])
def test_head_is_get_without_the_body(ui, path):
    head = ui.get(path, "HEAD")
    assert not head.body
    if path != "/events":
        answer = ui.get(path)
        assert head.status == answer.status
        assert head.headers["content-type"] == answer.headers["content-type"]
    else:
        assert head.status == 200 and head.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    "path", ["/x", "/a/b/c", "/page.css/", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//", "/icons.svg"]
)
def test_other_paths_are_no_pages(ui, path):
    answer = ui.get(path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body


def test_a_page_that_is_not_there_shows_the_way_back(browser, ui):
    browser.driver.get(ui.url + "a/b/nothing?x=<script>")
    assert browser.text("h1") == "There is no such page"
    browser.find("main a").click()
    assert browser.driver.current_url == ui.url
    assert all("404" in complaint for complaint in browser.complaints())


def test_what_the_browser_has_it_does_not_get_again(ui):
    tag = ui.get("/page.css").headers["etag"]
    again = ui.get("/page.css", headers=[f"If-None-Match: {tag}"])
    assert again.status == 304 and not again.body
    assert ui.get("/page.css", headers=['If-None-Match: "other"']).status == 200


def test_ranges_are_not_looked_at(ui):
    ranges = ",".join("0-" for _ in range(1000))
    answer = ui.get("/report.html", headers=[f"Range: bytes={ranges}"])
    assert answer.status == 200 and int(answer.headers["content-length"]) == len(answer.body)


def test_the_oldest_of_clients_is_answered(ui):
    """Without a host, which a Unix socket does not have either."""
    for unix in (True, False):
        answer = ui.ask(b"GET / HTTP/1.0\r\n\r\n", unix)
        assert answer.status == 200 and b"</html>" in answer.body


def test_what_is_typed_in_comes_back_as_text(ui):
    answer = ui.get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&state=%3Cb%3E&state=off&x=%ff%fe&q")
    assert answer.status == 200
    assert "<script>alert" not in answer.text


RUBBISH = [
    b"\r\n\r\n",
    b"\0\0\0\0\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET https://elsewhere/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: strange\r\nConnection: close\r\n\r\n",
    b"GET /events?since=zz-- HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_survived(ui, raw):
    with ui.connect() as client:
        client.sendall(raw)
        client.settimeout(1)
        with contextlib.suppress(TimeoutError, ConnectionError):
            client.recv(4096)
    assert ui.get("/").status == 200 and ui.alive()


def test_a_connection_is_for_one_request_and_says_so(ui):
    answer = ui.ask(2 * b"GET /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.status == 200 and answer.headers["connection"] == "close"
    assert len(answer.body) == int(answer.headers["content-length"])


def test_a_client_that_goes_while_it_waits_is_no_harm(ui, at_rest, device):
    """secpold is asked before an answer is given; here it takes its time."""
    with scene.stopped(device.pid):
        time.sleep(1.1)
        for _ in range(50):
            with ui.connect() as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert wait_until(lambda: "secpold does not answer" not in ui.get("/").text, 15)
    assert wait_until(lambda: ui.descriptors() == at_rest, 10)


# Event streams


def rest(ui):
    """Until nothing changes any more."""

    def edition():
        return re.search(r'data-edition="([^"]*)"', ui.get("/").text)[1]

    before = ""
    while before != (before := edition()):
        time.sleep(1.2)


def test_a_page_gets_what_it_missed_and_no_more(ui, device):
    device.reload(policy("RestrictLpdPort", "RestrictRawPort"))
    rest(ui)
    with Stream(ui) as stream:
        assert stream.wait_for("event: beat")
        assert len(stream.parts()) == 53
        edition = stream.edition()
    with Stream(ui, edition) as stream:
        assert stream.wait_for("event: beat")
        assert not stream.parts()
    device.reload(policy("RestrictLpdPort", serial=2))
    with Stream(ui, edition) as stream:
        assert stream.wait_for("RestrictRawPort")
        parts = set(stream.parts())
        assert {"summary", "count-enforced", "count-off", "RestrictRawPort"} <= parts
        assert len(parts) <= 5
    rest(ui)
    for strange in ("0-0", "nonsense", "-", edition.partition("-")[0] + "-999999"):
        with Stream(ui, strange) as stream:
            assert stream.wait_for("event: beat")
            assert len(stream.parts()) == 53


def test_five_hundred_pages_follow_though_one_does_not_read(ui, quiet, device):
    before = ui.memory()
    with scene.many(lambda: Stream(ui), STREAMS) as streams:
        assert all(stream.wait_for("event: beat") for stream in streams)
        lazy = streams.pop()
        for serial in range(3, 13):
            items = ["RestrictLpdPort"] + ["RestrictFtpPort"] * (serial % 2)
            device.reload(policy(*items, name=f"Edition {serial}", serial=serial))
            started = time.monotonic()
            assert all(stream.wait_for(f"Edition {serial}<") for stream in streams)
            assert time.monotonic() - started < 5
        grown = ui.memory() - before
        print(f"{STREAMS} streams: {grown / MEGABYTE:.1f} MB more than {before / MEGABYTE:.1f} MB")
        assert grown < 24 * MEGABYTE
        for stream in streams:
            stream.text = ""
        assert ui.get("/").status == 200
        del lazy
    assert wait_until(lambda: ui.descriptors() == quiet, 10)


@contextlib.contextmanager
def lazy_ones(ui, quiet, count):
    """Clients that never read, and one that does."""
    with Stream(ui) as reader, scene.many(lambda: Stream(ui, unix=False), count) as lazy:
        assert reader.wait_for("event: beat")
        assert wait_until(lambda: ui.descriptors() == quiet + 1 + count)
        yield reader
        assert ui.descriptors() == quiet + 1, "they are still there"
        assert not scene.ended(reader.socket)
        assert all(scene.ended(stream.socket) for stream in lazy)


def follow(device, reader, serial, *items):
    """A new edition of the policy, which the one who reads gets to see."""
    device.reload(policy(*items, name=f"Edition {serial}", serial=serial))
    assert reader.wait_for(f"Edition {serial}<")
    reader.text = ""


def test_who_takes_nothing_of_much_is_dropped_before_it_is_too_much(ui, quiet, device):
    with lazy_ones(ui, quiet, 20) as reader:
        before, started, serial = ui.memory(), time.monotonic(), 100
        while ui.descriptors() > quiet + 1 and time.monotonic() - started < 30:
            serial += 1
            follow(device, reader, serial, *(ITEMS if serial % 2 else []))
        assert time.monotonic() - started < 15, "not before they stood still for too long"
        assert ui.memory() - before < 16 * MEGABYTE


def test_who_takes_nothing_for_long_is_dropped(ui, quiet, device):
    """However little it is."""
    with lazy_ones(ui, quiet, 20) as reader:
        for serial in range(200, 230):
            follow(device, reader, serial, *(ITEMS if serial < 204 and serial % 2 else []))
        started = time.monotonic()
        assert wait_until(lambda: ui.descriptors() == quiet + 1, 45)
        assert time.monotonic() - started > 5
        assert reader.wait_for("event: beat", 15)


def test_more_pages_than_there_is_place_for_are_told_so(ui, quiet, browser, device):
    with scene.many(lambda: Stream(ui), 512) as streams:
        for stream in streams:
            assert stream.wait_for("event: beat"), stream.text
        answer = ui.get("/events")
        assert answer.status == 200 and answer.text.startswith("retry: 30000\n")
        assert answer.text.count("event: part\n") == 53 and "event: full\n" in answer.text
        edition = re.search(r"event: edition\ndata: (.*)\n", answer.text)[1]
        assert "event: part" not in ui.get(f"/events?since={edition}").text
        browser.open(ui.url, live=False)
        assert wait_until(lambda: "Too many pages are open" in browser.text("#live"), 10)
        assert not browser.text("#unreachable")
        device.reload(policy("RestrictSlpPort", serial=400, name="Later"))
        assert wait_until(lambda: browser.texts(".policy dd")[0] == "Later", 40)
        assert "Too many pages are open" in browser.text("#live")
        streams.pop().socket.close()
        assert wait_until(lambda: has_place(ui), 10)
        assert wait_until(browser.is_live, 40)


def has_place(ui):
    with Stream(ui) as stream:
        return stream.wait_for("event: beat", 0.5)


# Clients that dawdle


def test_a_thousand_dawdlers_do_not_keep_others_out(ui):
    """Each sends a byte of its request now and then, and never comes to an end."""
    with scene.many(lambda: ui.connect(unix=False), 1000) as dawdlers:
        for round_ in range(5):
            for client in dawdlers:
                with contextlib.suppress(ConnectionError):
                    client.send(b"GET / HTTP/1.1\r\nHost: x\r\nX: y"[round_ : round_ + 1])
            started = time.monotonic()
            assert ui.get("/").status == 200
            assert time.monotonic() - started < 2
            time.sleep(0.2)
        assert sum(map(scene.ended, dawdlers)) >= 300
        assert wait_until(lambda: all(map(scene.ended, dawdlers)), 25)
    assert ui.memory() < 64 * MEGABYTE


def test_an_endless_body_ends(ui):
    with ui.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n")
        before, started = ui.memory(), time.monotonic()
        with contextlib.suppress(ConnectionError, TimeoutError):
            while time.monotonic() - started < 30:
                client.sendall(b"x" * 65536)
        assert time.monotonic() - started < 30
    assert ui.memory() - before < 8 * MEGABYTE
    assert ui.get("/").status == 200


def test_who_does_not_take_an_answer_is_let_go(ui, quiet):
    """The page is larger than what the kernel keeps for a client that does not read."""

    def connect():
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.connect(("127.0.0.1", ui.port))
        return client

    with scene.many(connect, 40) as clients:
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wait_until(lambda: ui.descriptors() >= quiet + 40)
        time.sleep(5)
        assert ui.descriptors() >= quiet + 40
        assert wait_until(lambda: ui.descriptors() <= quiet, 45)
    assert ui.memory() < 64 * MEGABYTE


# Its own life


def test_it_stops_at_once_though_pages_are_open(net, bus, device):
    page = RemoteUi(bus).start()
    with Stream(page) as stream, page.connect():
        assert stream.wait_for("event: beat")
        started = time.monotonic()
        assert page.stop() == 0
        assert time.monotonic() - started < 2
    page.start()
    assert page.get("/").status == 200
    page.close()


def test_it_ends_when_nobody_looks_and_comes_back(idle):
    assert idle.wait_end(140 - (time.monotonic() - idle.since)) == 0
    assert time.monotonic() - idle.since > 100
    with idle.connect() as waiting:
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        idle.start()
        assert waiting.recv(65536).startswith(b"HTTP/1.1 200 ")
