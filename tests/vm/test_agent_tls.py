# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and the libraries for TLS: below the floor no program gets."""

import contextlib
import pathlib
import subprocess

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 600}

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


def openssl_shakes_hands(version):
    """With a server that asks for no version."""
    with server(4434):
        connect = ("openssl", "s_client", "-connect", "127.0.0.1:4434", f"-{version}")
        told = services.output(*connect, *WEAK, input="")
    return "Cipher is" in told and "Cipher is (NONE)" not in told


def test_the_libraries_go_below_no_floor(certificate):
    assert gnutls_shakes_hands()
    assert openssl_shakes_hands("tls1_1") and openssl_shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert not gnutls_shakes_hands()
        assert openssl_shakes_hands("tls1_2") and not openssl_shakes_hands("tls1_1")
    assert gnutls_shakes_hands() and openssl_shakes_hands("tls1_1")
