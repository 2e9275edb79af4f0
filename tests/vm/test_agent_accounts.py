# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and rules for passwords, their age too. Each shown by the program that refuses."""

import time

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

PASSWORD = "Correct-horse-7battery\n"
RULES = "/etc/security/pwquality.conf"


@pytest.fixture(scope="module", autouse=True)
def user():
    printer.run("useradd", "--create-home", "anna")
    printer.run("chpasswd", input="anna:" + PASSWORD)
    # The virtual printer has no dictionary.
    services.write(RULES, "# Ours since 2019\ndictcheck = 0\n")
    services.write(
        "/etc/pam.d/lab",
        "auth include common-auth\naccount include common-account\n"
        "password include common-password\n",
    )


def judge(password):
    return services.output("pwscore", input=password + "\n")


def maximum_days(name):
    return printer.run("getent", "shadow", name).split(":")[4]


def test_libpwquality_refuses_what_the_policy_prohibits():
    items = ("ProhibitRepeatedCharacters", "RequireUppercase", "RequireLowercase")
    more = ("RequireDigit", "RequireSymbol")
    assert judge("aaabbb2cx").isdigit() or "same characters" not in judge("aaabbb2cx")
    with services.demanded(*items, *more, MinimumPasswordLength=14):
        assert "shorter than 14" in judge("aB1!xyzq")
        assert "more than 2 same" in judge("aB1!xxxyzqwErTzPl")
        assert "1 uppercase" in judge("ab1!xyzqwertzplk")
        assert "1 lowercase" in judge("AB1!XYZQWERTZPLK")
        assert "1 digits" in judge("aBc!xyzqwErTzPlk")
        assert "1 non-alphanumeric" in judge("aB1cxyzqwErTzPlk")
        assert judge("aB1!xyzqwErTzPlk").strip().isdigit()
    assert judge("abcwxyzq7u").strip().isdigit()


def test_stricter_rules_of_an_administrator_stay():
    password = "aB1!xyzqwErTzPlk"
    with services.changed(RULES, lambda text: text + "minlen = 20\nmaxrepeat = 1\n"):
        with services.demanded("ProhibitRepeatedCharacters", MinimumPasswordLength=14):
            assert "shorter than 20" in judge(password)
            assert "more than 1 same" in judge(password + "zz+Vn5")
            assert judge(password + "z+Vn5").strip().isdigit()
        assert "shorter than 20" in judge(password)


def test_no_credit_makes_a_password_long_enough():
    password = "1q2w3e4r5t"
    with services.changed(RULES, lambda text: text + "minlen = 8\ndcredit = 9\n"):
        assert judge(password).strip().isdigit()
        with services.demanded(MinimumPasswordLength=14):
            assert "shorter than 14" in judge(password)
        assert judge(password).strip().isdigit()


def test_passwd_refuses_a_short_password():
    """By way of PAM, as whoever changes a password at the device does."""
    new = "aB1!xyzq9Wv"
    with services.demanded(MinimumPasswordLength=14):
        told = services.output(
            "runuser", "-u", "anna", "passwd", input=f"{PASSWORD}{new}\n{new}\n"
        )
        assert "shorter than 14" in told


def test_a_length_that_libpwquality_cannot_have_is_not_called_enforced():
    services.snapshot()
    services.demand(MinimumPasswordLength=4)
    printer.wait_item("MinimumPasswordLength", "violated", detail="below 6")
    assert services.setting("PasswordMinimumLength")[0] == 6
    services.free()


def test_old_and_new_accounts_get_a_validity_period():
    before = maximum_days("anna")
    with services.demanded(PasswordValidityDays=90):
        assert maximum_days("anna") == "90"
        assert "90" in services.output("chage", "--list", "anna").split("Maximum")[1].split("\n")[0]
        printer.run("useradd", "bert")
        assert maximum_days("bert") == "90"
        printer.run("userdel", "bert")
        printer.wait_until(lambda: False, 1)
        printer.run("chage", "--lastday", "2020-01-01", "anna")
        assert "expired" in services.output("pamtester", "lab", "anna", "acct_mgmt")
        printer.run("chage", "--lastday", time.strftime("%Y-%m-%d"), "anna")
    assert maximum_days("anna") == before


def password_hash(name):
    return printer.run("getent", "shadow", name).split(":")[1]


def test_who_changes_a_password_meanwhile_keeps_it():
    """It stands in the same line as the validity period."""
    before = password_hash("anna")
    with services.demanded(PasswordValidityDays=90):
        printer.run("chpasswd", input="anna:Another-horse-8battery\n")
        changed = password_hash("anna")
        assert changed != before
        assert not printer.wait_until(lambda: password_hash("anna") != changed, 4, 0.2)
        assert maximum_days("anna") == "90"
        printer.run("chage", "--maxdays", "99999", "anna")
        assert printer.wait_until(lambda: maximum_days("anna") == "90", services.SECONDS)
        assert password_hash("anna") == changed
        printer.run("usermod", "--password", before, "anna")


def test_a_shorter_validity_period_stays():
    printer.run("chage", "--maxdays", "30", "anna")
    with services.demanded(PasswordValidityDays=90):
        assert maximum_days("anna") == "30"
    printer.run("chage", "--maxdays", "99999", "anna")
