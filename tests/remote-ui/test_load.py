# SPDX-License-Identifier: GPL-2.0-or-later
"""As many clients as there are places, none of which takes its answer: others are answered, and the
memory stays within what the unit gives to the service."""

import contextlib
import re
import resource
import socket
import subprocess
import time

import pytest

import scene
from daemon import SOURCE
from documents import ITEMS as ALL_ITEMS
from documents import policy
from probes import wait_until
from stream import Stream

PLACES, ANSWERS = 640, 128
# For so many seconds nobody has to make room.
GRACE = 3
# Whatever takes no value, so that a policy with them changes nearly every part of the page.
ITEMS = [item for item in ALL_ITEMS if item not in ("MinimumPasswordLength", "PasswordValidityDays")]
# As large as a request may be, nearly.
HEADERS = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(60))


@pytest.fixture(scope="module", autouse=True)
def device(secpold):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    return secpold.start(policy("RestrictLpdPort"))


def small():
    """A client for which the kernel keeps next to nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.settimeout(30)
    return client


def greedy(ui, number):
    """Asks for a page that nobody else asks for, and takes no byte of it."""
    client = small()
    client.connect(("127.0.0.1", ui.port))
    client.sendall(b"GET /?q=%d HTTP/1.1\r\nHost: x\r\n%s\r\n" % (number, HEADERS))
    return client


def kernel_memory(port):
    """What lies in the buffers of the service's connections."""
    command = ["ss", "--no-header", "--tcp", "--numeric", "--memory", "sport", "=", f":{port}"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    buffers = re.findall(r"skmem:\(r(\d+),rb\d+,t(\d+),tb\d+,f(\d+),w(\d+)", listing)
    return sum(int(number) for buffer in buffers for number in buffer)


def memory_max():
    unit = (SOURCE / "remote-ui" / "secpol-remote-ui.service.in").read_text(encoding="utf-8")
    return int(re.search(r"^MemoryMax=(\d+)M$", unit, re.MULTILINE)[1]) << 20


def settled(ui):
    """How many descriptors it has when it has answered all that it was asked."""
    before = -100
    while ui.ticks() - before > 1:
        before = ui.ticks()
        time.sleep(1)
    return ui.descriptors()


def test_answers_that_nobody_takes_keep_nobody_out_and_fit_into_memory(ui):
    at_rest = settled(ui)
    numbers = iter(range(PLACES))
    with scene.many(lambda: greedy(ui, next(numbers)), PLACES):
        held = settled(ui) - at_rest
        assert ANSWERS <= held <= PLACES
        for _ in range(5):
            time.sleep(GRACE + 0.1)
            started = time.monotonic()
            assert ui.get("/").status == 200
            assert time.monotonic() - started < 2
        taken = ui.memory() + (buffers := kernel_memory(ui.port))
        print(f"{held} answers: {taken >> 20} of {memory_max() >> 20} MB, {buffers >> 20} in buffers")
        assert taken < memory_max() * 2 // 3
    assert wait_until(lambda: ui.descriptors() == at_rest, 10)


def test_what_many_missed_is_there_once(ui, device):
    """Each is up to date up to another change, and takes nothing of what came since."""
    with Stream(ui) as first:
        assert first.wait_for("event: beat")
        instance, _, number = first.edition().partition("-")
        for serial in range(2, 12):
            first.text = ""
            device.reload(policy(*(ITEMS if serial % 2 else []), name=f"No. {serial}", serial=serial))
            assert first.wait_for(f"No. {serial}<")
        before, numbers = ui.memory(), iter(range(480))
        ask = f"GET /events?since={instance}-{{}} HTTP/1.1\r\nHost: x\r\n\r\n"

        def late():
            client = small()
            client.connect(("127.0.0.1", ui.port))
            client.sendall(ask.format(int(number) + next(numbers) % 10).encode())
            return client

        with scene.many(late, 480):
            settled(ui)
            grown = ui.memory() - before
            print(f"{grown >> 20} MB for what 480 pages missed")
            assert grown < 24 << 20
            assert ui.get("/").status == 200


def all_of(client):
    answer = b""
    while chunk := client.recv(65536):
        answer += chunk
    return answer


@pytest.fixture
def crowd(ui, device):
    """Many whose requests are answered at the same moment: secpold, which is asked first, does not
    answer for a while."""

    def ask(count):
        clients = [ui.connect() for _ in range(count)]
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return clients

    with contextlib.ExitStack() as stack:
        with scene.stopped(device.pid):
            time.sleep(1.1)
            clients = [stack.enter_context(client) for client in ask(2 * ANSWERS)]
            time.sleep(1)
        yield clients


def test_where_there_is_no_place_for_an_answer_that_is_said(ui, crowd):
    """And those who were there first get all of theirs, although they do not take it at once."""
    assert settled(ui)
    answers = [all_of(client) for client in crowd]
    pages = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200 ")]
    assert len(pages) == ANSWERS and all(page.endswith(b"</html>\n") for page in pages)
    refusals = [answer for answer in answers if answer not in pages]
    for answer in refusals:
        assert answer.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 3\r\n" in answer
        assert b"Too many readers at once" in answer and answer.endswith(b"</html>\n")
    assert ui.get("/").status == 200
