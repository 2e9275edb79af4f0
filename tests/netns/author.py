# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine on which policies are written: seals with secpolctl, signs with minisign."""

import subprocess

import daemon


def _run(*command, text_in=None):
    done = subprocess.run(command, input=text_in, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{command} failed: {done.stderr.decode()}{done.stdout.decode()}")
    return done.stdout


class Author:
    def __init__(self, directory):
        self._directory = directory
        self.keys = directory / "keys"
        self.keys.mkdir()

    def seal(self, document, password, like=None):
        """The document sealed; by the very key of `like`, a document with the same password."""
        path = self._directory / "sealed.policy"
        path.write_text(document)
        command = [daemon.built("secpolctl"), "seal", path, "--no-legend", "--password-file=-"]
        if like:
            previous = self._directory / "previous.policy"
            previous.write_bytes(like)
            command.append(f"--like={previous}")
        _run(*command, text_in=password.encode() + b"\n")
        return path.read_bytes()

    def new_key(self, name, trusted=True):
        """Its id. The public key lies among the trusted ones, or not."""
        public = (self.keys if trusted else self._directory) / f"{name}.pub"
        secret = self._directory / f"{name}.key"
        _run("minisign", "-G", "-W", "-p", public, "-s", secret)
        # minisign leaves out zeros in front.
        return public.read_text().split()[5].zfill(16)

    def sign(self, document, name, comment="edition 1", *options):
        path = self._directory / "signed.policy"
        path.write_bytes(document if isinstance(document, bytes) else document.encode())
        secret = self._directory / f"{name}.key"
        _run("minisign", "-S", "-s", secret, "-m", path, "-t", comment, *options)
        return path.with_name("signed.policy.minisig").read_bytes()
