# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and the libraries for TLS: below the floor no program gets."""

import pathlib
import subprocess

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 300}

LAB = pathlib.Path("/var/lib/lab")


@pytest.fixture(scope="module")
def certificate():
    LAB.mkdir(mode=0o755)
    services.make_certificate(LAB / "server.pem", LAB / "server.key", "localhost")


def test_gnutls_goes_below_no_floor(certificate):
    old = ("-port", "4433", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-quiet")
    keys = ("-cert", LAB / "server.pem", "-key", LAB / "server.key")
    with subprocess.Popen(["openssl", "s_server", *old, *keys], stdin=subprocess.PIPE) as server:

        def shakes_hands():
            told = services.output(
                *("gnutls-cli", "--insecure", "-p", "4433", "localhost"),
                *("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.1"),
                input="",
            )
            return "Handshake was completed" in told

        try:
            assert printer.wait_until(shakes_hands, 20)
            with services.demanded("ProhibitWeakEncryption"):
                assert not shakes_hands()
            assert shakes_hands()
        finally:
            server.kill()


def test_openssl_goes_below_no_floor(certificate):
    serve = ("openssl", "s_server", "-port", "4434", "-cipher", "ALL:@SECLEVEL=0", "-quiet")
    keys = ("-cert", LAB / "server.pem", "-key", LAB / "server.key")

    def shakes_hands(version):
        """With a server that asks for no version."""
        connect = ("openssl", "s_client", "-connect", "127.0.0.1:4434", f"-{version}")
        with subprocess.Popen([*serve, *keys], stdin=subprocess.PIPE) as server:
            printer.wait_until(lambda: services.output("ss", "-Hltn", "sport = :4434"), 20)
            told = services.output(*connect, "-cipher", "ALL:@SECLEVEL=0", input="")
            server.kill()
        return "Cipher is" in told and "Cipher is (NONE)" not in told

    assert shakes_hands("tls1_1") and shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert not shakes_hands("tls1_1") and shakes_hands("tls1_2")
    assert shakes_hands("tls1_1")
