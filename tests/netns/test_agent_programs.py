# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that secpol-agent asks: what they say of files that a service could have."""

import os
import subprocess

import pytest

from daemon import SOURCE, built

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
        self.etc, self._run = directory / "etc", directory / "run"
        self._run.mkdir()
        subprocess.run(["cp", "-a", "/etc", self.etc], check=True)
        subprocess.run(["ssh-keygen", "-q", "-A", "-f", directory], check=True)

    def start(self):
        (self._run / "sshd").mkdir()

    def configure(self, text):
        (self.etc / "ssh/sshd_config").write_text(text, encoding="utf-8")

    def passwords(self):
        mounts = f"mount --bind {self.etc} /etc && mount --bind {self._run} /run"
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$0" passwords']
            + [SOURCE / "agent/programs/ask-sshd"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return done.stdout.strip()


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
