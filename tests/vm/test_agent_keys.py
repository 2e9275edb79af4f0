# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and weak keys: those that services are configured with are named, and the libraries
neither serve with one nor trust one."""

import contextlib
import pathlib
import re
import subprocess

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime192v1")
ITEMS = ("ProhibitWeakEncryption", "ProhibitWeakKeys")
BINDINGS = ("gnutls", "openssl", "weak-keys")
SWITCHED_OFF = pathlib.Path("/etc/secpold/bindings.d")
CUPS = pathlib.Path("/etc/cups/ssl/printer.crt")
LAB = pathlib.Path("/var/lib/lab")


def make(path, *options):
    """A certificate and, beside it, its key; later options win."""
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    key = pathlib.Path(path).with_suffix(".key")
    services.make_certificate(path, key, "localhost", *options)
    return pathlib.Path(path), key


def wait_named(text):
    printer.wait_item("ProhibitWeakKeys", "violated", services.SECONDS, text)


@contextlib.contextmanager
def made(path, *options):
    files = make(path, *options)
    try:
        yield
    finally:
        for file in files:
            file.unlink()


@pytest.fixture(scope="module", autouse=True)
def lab():
    # What other services make of weak encryption takes its time to ask.
    for binding in pathlib.Path("/usr/lib/secpold/bindings.d").iterdir():
        if binding.stem not in BINDINGS:
            services.write(SWITCHED_OFF / binding.name, "")
    make(LAB / "weak.pem", "-newkey", "rsa:1024")
    make(LAB / "strong.pem")
    printer.run("ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", LAB / "weak_ssh")
    # sshd wants it to say what it is configured with.
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)


def test_weak_keys_are_named_until_they_are_replaced():
    with services.demanded(*ITEMS):
        with made(CUPS, "-newkey", "rsa:1024"):
            wait_named(f"{CUPS}: RSA key of 1024 bits")
            make(CUPS)
            services.wait_enforced(*ITEMS)
        with made(CUPS, "-sha1"):
            wait_named(f"{CUPS}: certificate signed with RSA-SHA1")
        with made("/etc/ssl/private/x.pem", *CURVE):
            wait_named("192 bits")
        services.wait_enforced(*ITEMS)


# Where a service's configuration names the file, what stands before it there, and a weak one.
CONFIGURED = (
    ("/etc/postfix/main.cf", "smtpd_tls_cert_file *= *", LAB / "weak.pem"),
    ("/etc/vsftpd.conf", "rsa_cert_file=", LAB / "weak.pem"),
    ("/etc/ssh/sshd_config", "#HostKey ", LAB / "weak_ssh"),
)


def test_weak_keys_are_found_where_services_are_told_of_them():
    with services.demanded(*ITEMS):
        for path, key, file in CONFIGURED:
            line = key.replace(" *", "").lstrip("#") + str(file)
            with services.changed(path, lambda text: re.sub(f"{key}.*", line, text, count=1)):
                assert line in pathlib.Path(path).read_text(encoding="utf-8")
                wait_named(str(file))
            services.wait_enforced(*ITEMS)


# What a service cannot read of its configuration, and what is told then.
UNREADABLE = (
    ("/etc/ssh/sshd_config", "Nonsense yes\n", "sshd does not tell"),
    ("/etc/postfix/main.cf", "[nonsense\n", "postconf fails"),
)


def test_a_service_that_does_not_tell_its_keys_is_named():
    with services.demanded(*ITEMS):
        for path, line, reason in UNREADABLE:
            with services.changed(path, lambda text: text + line):
                wait_named(reason)
            services.wait_enforced(*ITEMS)


@contextlib.contextmanager
def server(name, *options):
    """OpenSSL's, with that key; whether it is there."""
    command = ["openssl", "s_server", "-port", "4433", "-quiet", *options]
    files = ["-cert", LAB / f"{name}.pem", "-key", LAB / f"{name}.key"]
    with subprocess.Popen([*command, *files], stdin=subprocess.PIPE) as process:
        try:
            yield printer.wait_until(
                lambda: process.poll() is not None
                or services.output("ss", "-Hltn", "sport = :4433"),
                20,
            ) and process.poll() is None
        finally:
            process.kill()


def serves(name):
    with server(name) as there:
        return there


def make_lax(text):
    """As an administrator may have done."""
    named = text.replace("[openssl_init]\n", "[openssl_init]\nssl_conf = ours\n")
    assert named != text
    return named + "\n[ours]\nsystem_default = lax\n\n[lax]\nCipherString = DEFAULT@SECLEVEL=0\n"


def test_openssl_serves_with_no_weak_key():
    with services.changed("/etc/ssl/openssl.cnf", make_lax):
        assert serves("weak") and serves("strong")
        with services.demanded(*ITEMS):
            assert not serves("weak") and serves("strong")
        assert serves("weak")


def test_gnutls_trusts_no_weak_key():
    command = ("gnutls-cli", "-p", "4433", "localhost", "--x509cafile")

    def trusts(name):
        with server(name, "-cipher", "ALL:@SECLEVEL=0"):
            told = services.output(*command, LAB / f"{name}.pem", input="")
        return "Handshake was completed" in told

    assert trusts("weak") and trusts("strong")
    with services.demanded(*ITEMS):
        assert not trusts("weak") and trusts("strong")
    assert trusts("weak")
