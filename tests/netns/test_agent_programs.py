# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that secpol-agent asks: what they say of files that a service could have."""

import os
import subprocess

import pytest

from daemon import SOURCE, built
from own_files import copy_of_etc, run_with

WITHOUT_PAM = "sshd asks for passwords without PAM"


def weak_keys(path):
    done = subprocess.run(
        [built("keys/secpol-weak-keys"), path], stdout=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode == 0) == (done.stdout == "")
    return done.stdout


@pytest.fixture
def weak_certificate(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=x"]
        + ["-keyout", tmp_path / "key", "-out", tmp_path / "certificate"],
        check=True,
        capture_output=True,
    )
    return (tmp_path / "certificate").read_bytes()


def test_a_weak_key_is_found_behind_whatever_stands_before_it(tmp_path, weak_certificate):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"# a remark\n" * 200_000 + weak_certificate)
    assert weak_keys(bundle) == f"{bundle}: RSA key of 1024 bits\n"
    os.truncate(bundle, 2_200_000)
    assert weak_keys(bundle) == ""


def test_a_file_that_is_not_read_to_its_end_is_named(tmp_path):
    large = tmp_path / "large"
    large.touch()
    os.truncate(large, 16 << 20)
    assert weak_keys(large) == f"{large}: too large to look into\n"
    os.truncate(large, (16 << 20) - 1)
    assert weak_keys(large) == ""


class SshServer:
    """Its configuration, and whether it has been started since the device has."""

    def __init__(self, directory):
        self.etc, self._run = copy_of_etc(directory), directory / "run"
        self._run.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-A", "-f", directory], check=True)

    def start(self):
        (self._run / "sshd").mkdir()

    def configure(self, text):
        (self.etc / "ssh/sshd_config").write_text(text, encoding="utf-8")

    def passwords(self):
        folders = {"/etc": self.etc, "/run": self._run}
        return run_with(folders, SOURCE / "agent/programs/ask-sshd", "passwords").stdout.strip()


@pytest.fixture
def sshd(tmp_path):
    return SshServer(tmp_path)


CONFIGURATIONS = {
    "UsePAM yes\n": "",
    "UsePAM no\n": WITHOUT_PAM,
    "": WITHOUT_PAM,
    "UsePAM no\nPasswordAuthentication no\n": "",
    ' usepam = "no"\nPASSWORDAUTHENTICATION "no"\n': "",
    "PasswordAuthentication no\nMatch User anna\n  PasswordAuthentication yes\n": WITHOUT_PAM,
}


@pytest.mark.parametrize("text, told", CONFIGURATIONS.items())
@pytest.mark.parametrize("started", (True, False))
def test_an_ssh_server_that_asks_without_pam_is_told(sshd, text, told, started):
    sshd.configure(text)
    if started:
        sshd.start()
    assert sshd.passwords() == told


def test_an_ssh_server_that_does_not_tell_is_not_called_good(sshd):
    sshd.configure("UsePAM yes\nNonsense yes\n")
    sshd.start()
    assert sshd.passwords().startswith("sshd does not tell: ")


class Logind:
    """Its files, and what they come to."""

    def __init__(self, directory):
        self._etc, self._state = copy_of_etc(directory), directory / "state"
        self.folder = self._etc / "systemd/logind.conf.d"
        self._state.mkdir()
        self.folder.mkdir(exist_ok=True)

    def run(self, *command):
        folders = {"/etc": self._etc, "/var/lib/secpol-agent": self._state}
        done = run_with(folders, *command)
        assert done.returncode == 0
        return done.stdout

    def limit(self, seconds):
        self.run(SOURCE / "agent/programs/idle-sessions", "limit", seconds)
        text = self.run("systemd-analyze", "cat-config", "systemd/logind.conf")
        spans = [line for line in text.splitlines() if line.startswith("StopIdleSessionSec")]
        return spans[-1] if spans else ""

    def restore(self):
        self.run(SOURCE / "agent/programs/idle-sessions", "restore")


@pytest.fixture
def logind(tmp_path):
    return Logind(tmp_path)


@pytest.mark.parametrize("given", ("5min", "600", "10min", "1", "599s 999ms"))
def test_a_shorter_time_for_idle_sessions_stays(logind, given):
    (logind.folder / "own.conf").write_text(f"[Login]\nStopIdleSessionSec = {given}\n")
    assert logind.limit(600) == f"StopIdleSessionSec = {given}"
    assert [path.name for path in logind.folder.iterdir()] == ["own.conf"]


@pytest.mark.parametrize("given", ("", "0", "infinity", "11min", "nonsense", "1month"))
def test_a_longer_time_for_idle_sessions_gives_way(logind, given):
    own = logind.folder / "own.conf"
    own.write_text(f"[Login]\nStopIdleSessionSec={given}\n")
    assert logind.limit(900) == "StopIdleSessionSec=900" or given == "11min"
    assert logind.limit(600) == "StopIdleSessionSec=600"
    own.write_text("[Login]\nStopIdleSessionSec=5min\n")
    assert logind.limit(600) == "StopIdleSessionSec=5min"
    logind.restore()
    assert [path.name for path in logind.folder.iterdir()] == ["own.conf"]


@pytest.mark.parametrize("there", (True, False))
def test_the_folder_for_idle_sessions_is_as_it_was(logind, there):
    if not there:
        logind.folder.rmdir()
    assert logind.limit(600) == "StopIdleSessionSec=600"
    assert logind.limit(300) == "StopIdleSessionSec=300"
    logind.restore()
    assert logind.folder.exists() == there
