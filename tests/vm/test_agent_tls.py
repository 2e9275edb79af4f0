# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and the libraries for TLS: below the floor no program gets, nor one that runs."""

import contextlib
import pathlib
import subprocess

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

LAB = pathlib.Path("/var/lib/lab")


@pytest.fixture(scope="module")
def certificate():
    LAB.mkdir(mode=0o755)
    services.make_certificate(LAB / "server.pem", LAB / "server.key", "localhost")


KEYS = ("-cert", LAB / "server.pem", "-key", LAB / "server.key", "-quiet")
WEAK = ("-cipher", "ALL:@SECLEVEL=0")


@contextlib.contextmanager
def server(port, *options):
    serve = ("openssl", "s_server", "-port", str(port), *KEYS, *WEAK, *options)
    with subprocess.Popen(serve, stdin=subprocess.PIPE) as process:
        printer.wait_until(lambda: services.output("ss", "-Hltn", f"sport = :{port}"), services.SECONDS)
        yield
        process.kill()


def gnutls_shakes_hands():
    """With a server that insists on the old version."""
    with server(4433, "-tls1_1"):
        told = services.output(
            *("gnutls-cli", "--insecure", "-p", "4433", "localhost"),
            *("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.1"),
            input="",
        )
    return "Handshake was completed" in told


def shakes_hands(port, version):
    connect = ("openssl", "s_client", "-connect", f"127.0.0.1:{port}", f"-{version}")
    told = services.output(*connect, *WEAK, input="")
    return "Cipher is" in told and "Cipher is (NONE)" not in told


def openssl_shakes_hands(version):
    """With a server that asks for no version."""
    with server(4434):
        return shakes_hands(4434, version)


def test_the_libraries_go_below_no_floor(certificate):
    assert gnutls_shakes_hands()
    assert openssl_shakes_hands("tls1_1") and openssl_shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert not gnutls_shakes_hands()
        assert openssl_shakes_hands("tls1_2") and not openssl_shakes_hands("tls1_1")
    assert gnutls_shakes_hands() and openssl_shakes_hands("tls1_1")


CONFIGURATION = pathlib.Path("/etc/ssl/openssl.cnf")
NAME = "openssl_conf = openssl_init\n"


def with_the_name_too_late(text):
    """Where no program finds it: only what stands before the first section counts."""
    return text.replace(f"\n{NAME}", "\n") + f"[ own ]\n{NAME}"


def without_the_section(text):
    """As files of before OpenSSL 3 are."""
    return text.replace(f"\n{NAME}", "\n").replace("\n[openssl_init]\n", "\n")


@pytest.mark.parametrize("change", [with_the_name_too_late, without_the_section])
def test_openssl_has_a_floor_whatever_its_file_was(certificate, change):
    with services.changed(CONFIGURATION, change), services.demanded("ProhibitWeakEncryption"):
        assert openssl_shakes_hands("tls1_2") and not openssl_shakes_hands("tls1_1")


def test_a_floor_that_programs_do_not_find_is_none(certificate):
    """The file names a section of the administrator's own."""
    item = "ProhibitWeakEncryption"

    def change(text):
        return text.replace("openssl_init", "own")

    with services.changed(CONFIGURATION, change), services.demanded(item, enforced=[]):
        services.wait_reason("WeakEncryption", "OpenSSL: goes below TLS 1.2")
        assert openssl_shakes_hands("tls1_1")
        printer.wait_item(item, "violated", services.SECONDS, detail="OpenSSL")


def test_programs_that_run_have_the_floor_of_gnutls_too():
    """LPrint asks for no version. It keeps a certificate from its first connection on."""
    services.start("avahi-daemon", "lprint")
    assert printer.wait_until(lambda: shakes_hands(8000, "tls1_1"), services.SECONDS, 0.5)
    with services.demanded("ProhibitWeakEncryption"):
        assert printer.wait_until(lambda: shakes_hands(8000, "tls1_2"), services.SECONDS, 0.5)
        assert not shakes_hands(8000, "tls1_1")
    assert printer.wait_until(lambda: shakes_hands(8000, "tls1_1"), services.SECONDS, 0.5)
