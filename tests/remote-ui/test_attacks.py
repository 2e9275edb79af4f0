# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that nobody makes by accident: each is answered once or not at all, by no more than what
everybody may read, and the next one who comes is answered as ever."""

import contextlib
import json

import pytest

from documents import policy

HOST = b"Host: x\r\n"


@pytest.fixture(scope="module", autouse=True)
def device(secpold):
    return secpold.start(policy("RestrictLpdPort"))


@pytest.fixture(autouse=True)
def afterwards(ui):
    yield
    assert ui.get("/").status == 200 and ui.alive()


def answers(ui, raw, seconds=2):
    """All that comes of it, as a list of what looks like a response."""
    received = b""
    with ui.connect() as client, contextlib.suppress(ConnectionError, TimeoutError):
        client.settimeout(seconds)
        client.sendall(raw)
        while chunk := client.recv(65536):
            received += chunk
    first, *rest = received.split(b"HTTP/1.")
    assert not first
    return rest


TARGETS = {
    b"/%": 400,
    b"/%zz": 400,
    b"/#%": 400,
    b"/?q=%": 400,
    b"/?q=%zz&state=%": 400,
    b"/?q=%ff&state=%fe": 200,
    b"/?q=%00": 200,
    b"/%00": 400,
    b"/\0": 400,
    b"?": 400,
    b"//": 404,
    b"//elsewhere.example/": 404,
    b"/..": 200,
    b"/../../etc/passwd": 404,
    b"/..%2f..%2fetc%2fpasswd": 400,
    b"/report.json/": 404,
    b"/page.css%00.html": 400,
    b"http://elsewhere.example/": 200,
    b"/" + b"a" * 60_000: 404,
    b"/" + 20_000 * b"a/": 404,
    b"/?" + 60_000 * b"&": 200,
    b"/?q=" + 20_000 * b"%41": 200,
}


@pytest.mark.parametrize("target", TARGETS, ids=range(len(TARGETS)))
def test_odd_addresses(ui, target):
    (answer,) = answers(ui, b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert int(answer[2:5]) == TARGETS[target], target[:80]
    assert b"root:" not in answer
    assert TARGETS[target] == 200 or len(answer) < 3000, "more than it is worth"


FURTHER = b"GET /report.json HTTP/1.1\r\n" + HOST + b"\r\n"
BODIES = {
    "pipelined": b"\r\n" + FURTHER,
    "content-length": b"Content-Length: 3\r\n\r\nabc" + FURTHER,
    "content-length twice": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(FURTHER) + FURTHER,
    "negative": b"Content-Length: 0\r\nContent-Length: 00\r\n\r\n" + FURTHER,
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + FURTHER,
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + FURTHER,
    "chunks misspelt": b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\nabc" + FURTHER,
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + FURTHER,
    "bare line feeds": b"\n\n" + FURTHER,
    "upgrade": b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" + FURTHER,
}


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST"])
@pytest.mark.parametrize("body", BODIES)
def test_what_comes_after_a_request_is_never_another_one(ui, method, body):
    received = answers(ui, method + b" /favicon.svg HTTP/1.1\r\n" + HOST + BODIES[body])
    assert len(received) <= 1
    assert not any(b"application/json" in answer for answer in received)


@pytest.mark.parametrize("host", [b"evil.example", b"[::1]", b"a@b<script>", b"x" * 50_000, b"", b"\xff"])
def test_a_host_of_any_name_gets_the_page_and_no_echo(ui, host):
    """Links are relative: a name that a client makes up leads nobody anywhere."""
    for answer in answers(ui, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"):
        assert int(answer[2:5]) in (200, 400)
        assert not host or host not in answer.partition(b"<head>")[0]
        assert b"evil.example" not in answer and b"a@b" not in answer


def test_what_a_client_sends_is_not_sent_back(ui):
    """Not by TRACE either, which would show a script what it must not see."""
    raw = b" / HTTP/1.1\r\n" + HOST + b"Cookie: secret=7\r\nX-Forwarded-For: secret=7\r\n\r\n"
    for method in (b"TRACE", b"OPTIONS", b"GET", b"POST"):
        (answer,) = answers(ui, method + raw)
        assert b"secret" not in answer


def test_nobody_elsewhere_may_read_it_by_script(ui):
    for method in ("GET", "OPTIONS"):
        origin = ["Origin: http://evil.example", "Access-Control-Request-Method: GET"]
        headers = ui.get("/report.json", method, headers=origin).headers
        assert not [name for name in headers if name.startswith("access-control-")]
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("raw", [b"GET /\r\n", b"GET / HTTP/1.1\r\n" + HOST, b"", b"\r\n" * 100])
def test_half_a_request_is_not_waited_for_long(ui, raw):
    """Nor is one of HTTP/0.9, which had no more than a line."""
    with ui.connect() as client:
        client.sendall(raw)
        client.settimeout(20)
        answer = client.recv(100)
        assert not answer or answer.startswith(b"HTTP/1.0 400 ")


def test_a_header_of_a_megabyte_is_not_read_to_its_end(ui):
    before = ui.memory()
    for _ in range(50):
        head = b"GET / HTTP/1.1\r\n" + HOST + b"X: "
        assert not any(answer[2:5] == b"200" for answer in answers(ui, head + b"y" * (1 << 20) + b"\r\n\r\n"))
    assert ui.memory() - before < 4 << 20


def test_a_part_is_the_whole(ui):
    answer = ui.get("/report.json", headers=["Range: bytes=0-0"])
    assert answer.status == 200 and "content-range" not in answer.headers
    assert json.loads(answer.body)["Items"]
