# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent in the virtual printer, with real services, as an administrator has them."""

import contextlib
import pathlib
import shutil
import subprocess

import printer
from documents import policy

BEFORE = pathlib.Path("/run/etc-before")
# secpold's own configuration, which the tests change; copies that useradd leaves; and what cupsd
# writes for itself, with times in it.
IGNORED = ("--exclude=secpold", "--exclude=*-", "--exclude=printers.conf*")
# Services take their time to start where every instruction of theirs is emulated.
SECONDS = 90


def write(path, text, mode=0o644):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def changed(path, change):
    """Within it the file's text is what change() makes of it."""
    path = pathlib.Path(path)
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def output(*command, **options):
    """What it prints, errors too, however it ends."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
        **options,
    )
    return done.stdout


def succeeds(*command, **options):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, **options
    )
    return done.returncode == 0


def start(*units):
    """Anew, however often that was done before."""
    printer.run("systemctl", "reset-failed")
    printer.run("systemctl", "restart", *units)


def unit_states(*units):
    """(whether it is loaded, masked ..., whether it is active ...) of each, in their order."""
    found = printer.bus().call_blocking(
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
        "ListUnitsByNames",
        "as",
        (units,),
        timeout=30,
    )
    states = {str(unit[0]): (str(unit[2]), str(unit[3])) for unit in found}
    return [states[unit] for unit in units]


def is_active(*units):
    """Whether all are."""
    return all(state == "active" for _, state in unit_states(*units))


def snapshot():
    """What /etc has to be again when the policy is empty."""
    shutil.rmtree(BEFORE, ignore_errors=True)
    printer.run("cp", "-a", "/etc", BEFORE)


def differences():
    return output("diff", "-r", "--no-dereference", *IGNORED, BEFORE, "/etc")


def demand(*items, profile=None, **values):
    """Has this policy in force in secpold, and secpol-agent at work."""
    printer.enforce(policy(*items, **values), profile)
    if not is_active("secpol-agent.service"):
        # Which fails where systemd has not heard of it yet.
        printer.run("systemctl", "reset-failed", "secpol-agent", check=False)
        printer.run("systemctl", "start", "secpol-agent")


def setting(key):
    """(value that is in force, reason) as secpol-agent reports it; None where it has not."""
    reports = printer.get(f"{printer.ROOT}/setting/{key}", "org.secpold1.Setting", "Reports")
    return next(((value, str(reason)) for _, _, value, reason in reports), None)


def wait_setting(key, value):
    if not printer.wait_until(lambda: (setting(key) or [None])[0] == value, SECONDS, 0.1):
        raise TimeoutError(f"{key} is {setting(key)}\n{journal()}")


def wait_reason(key, text):
    """Until secpol-agent says this of the setting."""
    if not printer.wait_until(lambda: text in (setting(key) or ["", ""])[1], SECONDS, 0.1):
        raise TimeoutError(f"{key} is {setting(key)}\n{journal()}")


def wait_enforced(*items):
    for item in items:
        if not printer.wait_until(lambda: printer.item(item) == "enforced", SECONDS, 0.1):
            state, detail = printer.item(item), printer.item(item, "Detail")
            raise TimeoutError(f"{item} is {state} ({detail})\n{journal()}")


def journal():
    return printer.run("journalctl", "--no-pager", "--output=cat", "--unit=secpol-agent")


def free():
    """An empty policy; back when /etc is file for file as it was."""
    demand()
    printer.wait_until(lambda: not differences(), SECONDS, 0.3)
    assert differences() == "", differences() + journal()


@contextlib.contextmanager
def demanded(*items, profile=None, enforced=None, **values):
    """Within it the policy is in force, and these items are enforced (all that are asked for,
    where they are not named); afterwards /etc is as it was before."""
    snapshot()
    demand(*items, profile=profile, **values)
    try:
        wait_enforced(*([*items, *values] if enforced is None else enforced))
        yield
    finally:
        free()


def make_certificate(certificate, key, name, *options):
    """One that nobody has signed but itself."""
    printer.run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
        *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
        *("-out", certificate, "-keyout", key, *options),
    )
