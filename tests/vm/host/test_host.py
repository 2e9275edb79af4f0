# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of tests whose virtual printer does not end as it should. Runs on the host."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import packages  # noqa: E402
import session  # noqa: E402

COUNT = HERE.parents[2] / "scripts/count-results"

PANICS = """
import pathlib
import pytest

def test_before():
    pass

@pytest.mark.parametrize("number", [1, 2])
def test_panics(number):
    pathlib.Path("/proc/sysrq-trigger").write_text("c")

def test_after():
    pass
"""

HANGS = """
import time

GUEST = {"timeout": 4}

def test_before():
    pass

def test_hangs():
    time.sleep(600)
"""

PASSES = """
def test_passes():
    pass
"""


@pytest.fixture(scope="session")
def image():
    return machine.Image("6.1")


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    archive = tmp_path_factory.mktemp("packed") / "install.tar"
    session.pack_build(os.environ["SECPOLD_BUILD"], archive)
    return archive


@pytest.fixture
def run(image, packed, tmp_path):
    """Runs this text as a test file: whether it passed, and (passed, failed, skipped)."""

    def run(text):
        test = tmp_path / "test_it.py"
        test.write_text(text, encoding="utf-8")
        output = tmp_path / "output"
        output.mkdir()
        good = session.run_test(image, test, packed, output, {})
        counted = subprocess.run([COUNT, output], capture_output=True, text=True, check=True).stdout
        return good, tuple(int(number) for number in counted.split())

    return run


def test_tests_of_a_printer_that_dies_have_failed(run, capfd):
    assert run(PANICS) == (False, (1, 3, 0))
    assert "Kernel panic" in capfd.readouterr().out


def test_tests_that_do_not_end_have_failed_and_leave_their_logs(run, tmp_path):
    assert run(HANGS) == (False, (1, 1, 0))
    logs = tmp_path / "output/test_it-6.1"
    assert "in test_hangs" in (logs / "test.log").read_text(encoding="utf-8")
    assert "systemd" in (logs / "journal.log").read_text(encoding="utf-8")


class Crashing(machine.Machine):
    """QEMU crashes as soon as it runs, this many times."""

    left = 0

    def __enter__(self):
        if Crashing.left:
            Crashing.left -= 1
            self.process.send_signal(signal.SIGSEGV)
        return super().__enter__()


@pytest.mark.parametrize("crashes, good", [(1, True), (2, False)])
def test_crash_of_qemu_is_forgiven_once(run, monkeypatch, crashes, good):
    monkeypatch.setattr(session, "Machine", Crashing)
    monkeypatch.setattr(Crashing, "left", crashes)
    assert run(PASSES) == (good, (1, 0, 0) if good else (0, 1, 0))


def test_newest_kernel_is_told_by_number():
    names = ["linux-6.12.9+deb12", "linux-6.12.117+deb12", "linux-6.12.43+deb12"]
    assert packages.by_version(names)[-1] == "linux-6.12.117+deb12"


def test_test_file_says_what_printer_it_wants(tmp_path):
    test = tmp_path / "test_it.py"
    test.write_text('A, B = 1, 2\nGUEST = {"boot": "cold"}\n', encoding="utf-8")
    assert session.settings(test)["boot"] == "cold"
    assert session.settings(test)["timeout"] == session.DEFAULTS["timeout"]


def test_misspelled_wish_of_a_test_file_is_refused(tmp_path):
    test = tmp_path / "test_it.py"
    test.write_text('GUEST = {"bot": "cold"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="boot"):
        session.settings(test)


def test_printer_with_a_tpm_boots_cold(tmp_path):
    test = tmp_path / "test_it.py"
    test.write_text('GUEST = {"tpm": True}\n', encoding="utf-8")
    assert session.settings(test)["boot"] == "cold"
