# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and CUPS: who may print, how, and when."""

import http.client
import os
import pathlib
import re
import shutil
import struct
import time

import pytest

import cable
import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

CONFIGURATION = pathlib.Path("/etc/cups/cupsd.conf")
PRINTED = pathlib.Path("/var/tmp/printed")
SPOOL = pathlib.Path("/var/spool/cups")
# Names of jobs that were held, which the agent's program keeps.
HELD = SPOOL / "secpold-held"
# What has no stock service; a vendor's own program answers for it.
PROFILE = "[Functions]\nDedicatedPort=no\nWebdav=no\n"
# A maker's own way to the printing engine.
BACKEND = f"""#!/bin/sh
[ $# -gt 0 ] || exit 0
cat "${{6:--}}" >>{PRINTED}
"""


# A policy that lets everybody in.
OPEN = "<Policy open>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
PORTS = (631, 6310, 8631)


def in_small_letters(text):
    """As cupsd reads names, too."""
    return re.sub(r"^\s*<?/?\w+", lambda name: name[0].lower(), text, flags=re.M)


def listens_on(*ports):
    return [port for port in ports if listens(port)] == list(ports)


def listens(port):
    """Beyond the loopback interface."""
    lines = services.output("ss", "-Hltn", f"sport = :{port}").splitlines()
    return any(not line.split()[3].startswith(("127.", "[::1]")) for line in lines)


PRINT_JOB, CREATE_JOB, RELEASE_JOB = 0x0002, 0x0005, 0x000D
OPERATION, JOB = b"\x01", b"\x02"


def attribute(tag, name, value):
    name, value = name.encode(), value if isinstance(value, bytes) else value.encode()
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


def ipp(operation, *more, queue="lab", document=b""):
    """The HTTP status, and the number of the job where there is one."""
    body = struct.pack(">BBHI", 2, 0, operation, 1) + OPERATION
    body += attribute(0x47, "attributes-charset", "utf-8")
    body += attribute(0x48, "attributes-natural-language", "en")
    body += attribute(0x45, "printer-uri", f"ipp://localhost/printers/{queue}")
    body += b"".join(more) + b"\x03" + document
    connection = http.client.HTTPConnection("127.0.0.1", 631, timeout=20)
    headers = {"Content-Type": "application/ipp"}
    connection.request("POST", f"/printers/{queue}", body, headers)
    response = connection.getresponse()
    answer = response.read()
    job = answer.partition(b"\x21\x00\x06job-id\x00\x04")[2][:4]
    return response.status, int.from_bytes(job, "big") if job else None


USER = attribute(0x42, "requesting-user-name", "anna")
AT_ONCE = JOB + attribute(0x44, "job-hold-until", "no-hold")


def takes_a_job_of_anybody(queue="lab"):
    try:
        return ipp(PRINT_JOB, USER, queue=queue, document=b"x")[0] == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def cups():
    services.start("cups.socket", "cups.service")
    # As the first root of a stock device leaves it.
    printer.run("mount", "-o", "remount,noexec", "/run")
    services.write("/usr/lib/cups/backend/lab", BACKEND, 0o755)
    services.write(PRINTED, "", 0o666)
    printer.run("lpadmin", "-p", "lab", "-E", "-v", "lab:/", "-m", "raw")
    # Its certificate is made at the first connection, printers.conf is written when it ends.
    services.output("gnutls-cli", "--insecure", "-p", "631", "localhost", input="")
    services.start("cups.service")


def jobs(which="not-completed"):
    return printer.run("lpstat", "-W", which, "-o", check=False).splitlines()


def test_cups_is_closed_to_the_network_and_to_nobodies(cups):
    text = CONFIGURATION.read_text(encoding="utf-8")
    everywhere = in_small_letters(text).replace(
        "listen localhost:631", "Port 631\nLISTEN *:6310\nsslport 8631"
    )
    CONFIGURATION.write_text(everywhere, encoding="utf-8")
    printer.run("systemctl", "stop", "cups.socket")
    services.start("cups.service")
    assert listens_on(*PORTS) and takes_a_job_of_anybody()
    later = JOB + attribute(0x44, "job-hold-until", "indefinite")
    held = ipp(PRINT_JOB, USER, later, document=b"x")[1]
    with services.demanded("RestrictIppPort", "ProhibitGuestUsers"):
        services.wait_setting("IppPrinting", False)
        services.wait_setting("MobilePrinting", False)
        assert not any(map(listens, PORTS))
        assert not takes_a_job_of_anybody()
        assert ipp(CREATE_JOB, USER)[0] == 401
        number = attribute(0x21, "job-id", struct.pack(">I", held))
        assert ipp(RELEASE_JOB, number, USER)[0] == 401
        assert services.succeeds("lp", "-d", "lab", "/etc/hostname")

        # A printer with a policy of its own that lets everybody in.
        strict = CONFIGURATION.read_text(encoding="utf-8")
        services.append(CONFIGURATION, OPEN)
        services.start("cups.service")
        printer.run("lpadmin", "-p", "open", "-E", "-v", "lab:/", "-o", "printer-op-policy=open")
        services.start("cups.service")
        services.wait_reason("GuestUsers", "open asks for no name")
        assert takes_a_job_of_anybody("open")
        printer.run("lpadmin", "-x", "open")
        CONFIGURATION.write_text(strict, encoding="utf-8")
        services.wait_setting("GuestUsers", False)
    assert printer.wait_until(lambda: listens_on(*PORTS) and takes_a_job_of_anybody(), 30)
    printer.run("cancel", "-a", "-x", "lab")
    CONFIGURATION.write_text(text, encoding="utf-8")
    services.start("cups.service")


def test_cups_is_asked_for_nobody_also_where_it_has_but_a_socket(cups):
    def change(text):
        return text.replace("Listen localhost:631\n", "") + OPEN

    with services.changed(CONFIGURATION, change):
        services.start("cups.socket", "cups.service")
        printer.run("lpadmin", "-p", "open", "-E", "-v", "lab:/", "-o", "printer-op-policy=open")
        with services.demanded("ProhibitGuestUsers", enforced=[]):
            services.wait_reason("GuestUsers", "open asks for no name")
            assert not services.output("ss", "-Hltn", "sport = :631")
            printer.run("lpadmin", "-x", "open")
    services.start("cups.service")


def test_no_password_for_cups_comes_in_the_clear(cups):
    """From elsewhere, by one who would say his name if he were asked."""
    cable.plug()
    place = f"('{cable.ADDRESS}', 631, timeout=20)"
    ask = f"import http.client as h; c = h.HTTPConnection{place}; c.request('GET', '/printers/lab'); "
    command = ("ip", "netns", "exec", cable.NAMESPACE, "/usr/bin/python3", "-c")

    def status():
        return services.output(*command, f"{ask} print(c.getresponse().status)").strip()

    def change(text):
        return text.replace("Listen localhost:631", "Port 631") + (
            "defaultencryption Never\n<location /printers>\nauthtype Basic\nrequire valid-user\n"
            "encryption Never\norder allow,deny\nallow all\n</location>\n"
        )

    with services.changed(CONFIGURATION, change):
        services.start("cups.service")
        assert status() == "401"
        with services.demanded("ProhibitCleartextAuthentication", profile=PROFILE):
            assert status() == "426"
        assert printer.wait_until(lambda: status() == "401", services.SECONDS)
    services.start("cups.service")


def jobs():
    """Held or waiting."""
    return {line.split()[0] for line in printer.run("lpstat", "-o", check=False).splitlines()}


def send(text, *options, queue="lab"):
    """The job, once it has printed or is held."""
    told = printer.run("lp", "-d", queue, *options, input=text)
    job = told.split()[3]
    printer.wait_until(lambda: job not in jobs() or is_held(job), 20, 0.1)
    return job


def is_held(job):
    lines = printer.run("lpstat", "-l", "-o", check=False).splitlines()
    mine = [number for number, line in enumerate(lines) if line.startswith(f"{job} ")]
    return bool(mine) and "hold" in "".join(lines[mine[0] + 1 : mine[0] + 4])


def printed(text):
    return text in PRINTED.read_text(encoding="utf-8")


def clear_spool(number):
    """The next job has this number."""
    printer.run("systemctl", "stop", "cups.socket", "cups.service")
    for file in SPOOL.glob("[cd][0-9]*"):
        file.unlink()
    services.write("/var/cache/cups/job.cache", f"NextJobId {number}\n", 0o600)
    services.start("cups.socket", "cups.service")


def check_that_another_job_of_the_number_is_held(number):
    """The clock has gone back since, too: the one that was held is of tomorrow."""
    tomorrow = time.time() + 86400
    os.utime(HELD / number, (tomorrow, tomorrow), follow_symlinks=False)
    clear_spool(number)
    job = send("anew\n")
    assert job == f"lab-{number}" and is_held(job) and not printed("anew")
    printer.run("lp", "-i", job, "-H", "resume")
    assert printer.wait_until(lambda: printed("anew"), 20, 0.2)


def check_that_cups_starts_with_whatever_was_left():
    left = HELD / "left"
    services.write(left / "file", "")
    os.utime(left, (0, 0))
    services.start("cups.service")
    shutil.rmtree(left)


def test_cups_holds_every_job_until_it_is_released(cups):
    send("before\n")
    assert printed("before")
    with services.demanded("ProhibitImmediatePrinting"):
        ways = {"plain": send("plain\n"), "asks": send("asks\n", "-H", "immediate")}
        for word, more in (("one request", b""), ("one asks", AT_ONCE)):
            number = ipp(PRINT_JOB, USER + more, document=word.encode())[1]
            ways[word] = f"lab-{number}"
        # Of a printer that is added later, too.
        printer.run("lpadmin", "-p", "later", "-E", "-v", "lab:/", "-m", "raw")
        ways["later"] = send("later\n", "-H", "immediate", queue="later")
        # cupsd ends when it has nothing to do, and starts with the next request.
        printer.run("systemctl", "restart", "cups.service")
        ways["again"] = send("again\n", "-H", "immediate")
        assert printer.wait_until(lambda: all(map(is_held, ways.values())), 20, 0.2)
        assert not any(map(printed, ways))

        for word in ("asks", "later"):
            printer.run("lp", "-i", ways[word], "-H", "resume")
            assert printer.wait_until(lambda: printed(word), 20, 0.2)
            assert ways[word] not in jobs()
        assert not printed("plain") and not printed("again")
        printer.run("cancel", "-a", "-x", "lab")
        printer.run("lpadmin", "-x", "later")
        check_that_another_job_of_the_number_is_held(ways["asks"].split("-")[1])
        check_that_cups_starts_with_whatever_was_left()

        # What prints to a file has nobody who would hold it.
        files = pathlib.Path("/etc/cups/cups-files.conf")
        text = files.read_text(encoding="utf-8")
        services.append(files, "FileDevice Yes\n")
        services.start("cups.service")
        printer.run("lpadmin", "-p", "engine", "-E", "-v", "file:///dev/usb/lp0")
        files.write_text(text, encoding="utf-8")
        services.wait_reason("ImmediatePrinting", "engine")
        printer.run("lpadmin", "-x", "engine")
        services.start("cups.service")
        services.wait_enforced("ProhibitImmediatePrinting")
    # One that comes before cupsd has started again is held still.
    assert printer.wait_until(lambda: send("after\n") and printed("after"), 30, 0.5)
    printer.run("cancel", "-a", "-x", "lab")


def shakes_hands(version):
    told = services.output(
        *("openssl", "s_client", "-connect", "127.0.0.1:631", f"-{version}"),
        *("-cipher", "ALL:@SECLEVEL=0"),
        input="",
    )
    return "Cipher is (NONE)" not in told and "Cipher is" in told


def with_line(line):
    """cupsd.conf as it was."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    services.append(CONFIGURATION, f"{line}\n")
    services.start("cups.service")
    return text


def test_cups_has_a_floor_under_tls(cups):
    text = with_line("ssloptions AllowRC4 mintls1.0")
    assert shakes_hands("tls1_1") and shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert shakes_hands("tls1_2") and not shakes_hands("tls1_1")
    assert printer.wait_until(lambda: shakes_hands("tls1_1"), 30)
    CONFIGURATION.write_text(text, encoding="utf-8")


def test_a_stricter_floor_of_cups_stays(cups):
    text = with_line("SSLOptions DenyTLS1.0 MinTLS1.3")
    with services.demanded("ProhibitWeakEncryption"):
        assert shakes_hands("tls1_3") and not shakes_hands("tls1_2")
    CONFIGURATION.write_text(text, encoding="utf-8")
