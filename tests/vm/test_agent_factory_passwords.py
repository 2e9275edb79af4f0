# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and passwords that a device is delivered with: who uses one is warned, and not let in
from another host. Shown by logins of PAM."""

import os
import pathlib
import subprocess

import pytest

import factory
import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

STACK = pathlib.Path("/etc/pam.d/common-auth")
BYPASS = pathlib.Path("/etc/pam.d/maker-web")


@pytest.fixture(scope="module", autouse=True)
def device():
    factory.deliver()
    services.write(
        "/etc/pam.d/lab",
        "auth required pam_env.so\n@include common-auth\naccount include common-account\n",
    )


def log_in(word=factory.WORD, host=""):
    """(whether PAM lets in, what it says)."""
    told = subprocess.run(
        ["pamtester", *(["-I", f"rhost={host}"] if host else []), "lab", "admin", "authenticate"],
        input=word + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return told.returncode == 0, told.stdout


def gets_in(*words, **keywords):
    return log_in(*words, **keywords)[0]


def is_warned(*words, **keywords):
    let_in, told = log_in(*words, **keywords)
    assert let_in, told
    return factory.WARNING in told


def test_who_uses_the_factorys_password_is_warned():
    assert not is_warned()
    with services.demanded("WarnDefaultPassword"):
        assert is_warned()
        assert is_warned(host="192.0.2.7")
        with factory.own_password():
            assert not is_warned(factory.OWN_WORD)
        assert is_warned()
        assert not gets_in("wrong")
    assert not is_warned()


def test_the_factorys_password_opens_nothing_to_other_hosts():
    assert gets_in(host="192.0.2.7")
    with services.demanded("ProhibitRemoteDefaultPassword"):
        for host in ("192.0.2.7", "office-pc.example"):
            let_in, told = log_in(host=host)
            assert not let_in and factory.REFUSAL in told, host
        for host in ("", "127.0.0.1", "::1", "localhost"):
            assert gets_in(host=host), host
        assert not gets_in("wrong", host="192.0.2.7")
        with factory.own_password():
            assert gets_in(factory.OWN_WORD, host="192.0.2.7")
        assert not gets_in(host="192.0.2.7")
    assert gets_in(host="192.0.2.7")


def test_both_go_with_the_lockout():
    """They share a stack whose lines count each other."""
    items = ("WarnDefaultPassword", "ProhibitRemoteDefaultPassword", "EnableLockout")
    with services.demanded(*items, LockoutThreshold=2, LockoutPeriodMin=5, enforced=items):
        assert is_warned()
        assert not gets_in(host="192.0.2.7")
        assert not gets_in("wrong") and not gets_in("wrong")
        assert not gets_in(), "not locked"
        printer.run("faillock", "--user", "admin", "--reset")
        assert is_warned()


def test_a_service_that_goes_around_is_named():
    with services.demanded("ProhibitRemoteDefaultPassword"):
        services.write(BYPASS, "auth sufficient pam_unix.so\n@include common-auth\n")
        detail = printer.wait_item("ProhibitRemoteDefaultPassword", "violated")
        BYPASS.unlink()
        assert "maker-web" in detail
        services.wait_enforced("ProhibitRemoteDefaultPassword")


def test_pam_auth_update_leaves_it_alone():
    with services.demanded("ProhibitRemoteDefaultPassword"):
        text = STACK.read_text(encoding="utf-8")
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        printer.run("pam-auth-update", "--package", env=quiet)
        assert STACK.read_text(encoding="utf-8") == text
        assert not gets_in(host="192.0.2.7")


def test_without_the_makers_file_nothing_is_claimed():
    text = factory.FILE.read_text(encoding="utf-8")
    factory.FILE.unlink()
    printer.run("systemctl", "stop", "secpol-agent")
    services.demand("WarnDefaultPassword", "ProhibitRemoteDefaultPassword")
    assert not printer.wait_until(lambda: services.setting("DefaultPasswordWarning"), 2)
    services.write(factory.FILE, "root:*:19000::::::\n", 0o600)
    printer.wait_item("WarnDefaultPassword", "violated", detail="no passwords")
    printer.wait_item("ProhibitRemoteDefaultPassword", "violated", detail="no passwords")
    services.write(factory.FILE, text, 0o600)
    services.wait_enforced("WarnDefaultPassword", "ProhibitRemoteDefaultPassword")
    services.demand()
