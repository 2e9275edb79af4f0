# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and accounts that are locked after failed logins, shown by logins."""

import pathlib

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

LOCKOUT = {"LockoutThreshold": 3, "LockoutPeriodMin": 5}
STACK, OWN = "/etc/pam.d/common-auth", pathlib.Path("/etc/pam.d/maker-web")
GOOD, BAD = "Correct-horse-7battery\n", "wrong\n"


@pytest.fixture(scope="module", autouse=True)
def user():
    printer.run("useradd", "--create-home", "anna")
    printer.run("chpasswd", input="anna:" + GOOD)
    services.write("/etc/pam.d/lab", "auth include common-auth\naccount include common-account\n")


def logs_in(password=GOOD):
    return services.succeeds("pamtester", "lab", "anna", "authenticate", input=password)


def test_an_account_is_locked_after_failures_and_not_before():
    for _ in range(4):
        assert not logs_in(BAD)
    assert logs_in()
    with services.demanded("EnableLockout", enforced=["EnableLockout"], **LOCKOUT):
        assert not logs_in(BAD) and not logs_in(BAD)
        assert logs_in(), "locked too early"
        assert [logs_in(BAD) for _ in range(3)] == [False] * 3
        assert not logs_in(), "not locked"
        printer.run("faillock", "--user", "anna", "--reset")
        assert logs_in()
    for _ in range(4):
        assert not logs_in(BAD)
    assert logs_in()


def test_a_stricter_lockout_stays():
    strict = "deny = 2\nunlock_time = 3600\n"
    with services.changed("/etc/security/faillock.conf", lambda text: text + strict):
        with services.demanded("EnableLockout", enforced=["EnableLockout"], **LOCKOUT):
            assert not logs_in(BAD) and not logs_in(BAD)
            assert not logs_in(), "not locked"
            printer.run("faillock", "--user", "anna", "--reset")
            assert logs_in()


# What makes a stack without a place to count in, and one that a service goes around.
UNCOUNTED = {
    "nobody-denies": (STACK, "auth required pam_unix.so\n", "sends away unasked"),
    "somebody-else-denies": (OWN, "auth requisite pam_unix.so\n@include common-auth\n", OWN.name),
    "somebody-else-lets-in": (OWN, "auth sufficient pam_unix.so\n@include common-auth\n", OWN.name),
}


@pytest.mark.parametrize("path, text, reason", UNCOUNTED.values(), ids=UNCOUNTED.keys())
def test_logins_that_nobody_counts_are_told(path, text, reason):
    pathlib.Path(path).touch()
    with services.changed(path, lambda _: text):
        for _ in range(4):
            assert not logs_in(BAD)
        services.snapshot()
        services.demand("EnableLockout", **LOCKOUT)
        printer.wait_item("EnableLockout", "violated", services.SECONDS, reason)
        services.free()
    OWN.unlink(missing_ok=True)


def test_a_lockout_that_is_laxer_on_its_line_is_told():
    line = "auth requisite pam_faillock.so preauth deny=9\n"
    with services.changed("/etc/pam.d/common-auth", lambda text: line + text):
        services.snapshot()
        services.demand("EnableLockout", **LOCKOUT)
        printer.wait_item("EnableLockout", "violated", detail="LockoutThreshold is 9")
        services.free()
