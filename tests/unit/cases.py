# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs secpolctl for the tests of its command line, and reports them in TAP."""

import os
import pathlib
import subprocess
import sys

SECPOLCTL, SOURCE_ROOT = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C.UTF-8",
    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus",
    # Leaks fail the run where this is built with a sanitizer.
    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
    "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", ""),
}

results = []


def run(*arguments, stdin=b"", stdout=subprocess.PIPE, cwd=None, session=False, prepare=None):
    """In a session of its own there is no terminal to ask on. `prepare` is called in its process
    before."""
    return subprocess.run(
        [SECPOLCTL, *arguments],
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
        start_new_session=session,
        preexec_fn=prepare,
    )


def case(name):
    def register(function):
        try:
            function()
            results.append((name, None))
        except (AssertionError, ValueError) as failure:
            results.append((name, str(failure)))
        return function

    return register


def expect(process, code, stdout=b"", stderr=b""):
    assert process.returncode == code, f"exit code {process.returncode}, not {code}: {process}"
    assert process.stdout == stdout, f"stdout {process.stdout!r}, not {stdout!r}"
    assert process.stderr == stderr, f"stderr {process.stderr!r}, not {stderr!r}"


def report():
    print(f"1..{len(results)}")
    for number, (name, failure) in enumerate(results, 1):
        print("ok" if failure is None else "not ok", number, "-", name)
        if failure is not None:
            print("\n".join(f"# {line}" for line in failure.splitlines()))
    sys.exit(any(failure for _, failure in results))
