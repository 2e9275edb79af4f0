# SPDX-License-Identifier: GPL-2.0-or-later
"""A TPM for a virtual printer: new, as a chip is, and gone with its machine."""

import subprocess
import time

from machine import end_with_parent

START_SECONDS = 10


class Tpm:
    def __init__(self, folder, messages):
        """`folder`: where it keeps its state; `messages`: a file for what it has to say."""
        self._socket = folder / "socket"
        folder.mkdir()
        with open(messages, "ab") as log:
            self._process = subprocess.Popen(
                [
                    *("swtpm", "socket", "--tpm2", "--terminate", "--tpmstate", f"dir={folder}"),
                    *("--ctrl", f"type=unixio,path={self._socket}"),
                ],
                stderr=log,
                preexec_fn=end_with_parent,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"swtpm does not start; see {messages}")
            time.sleep(0.02)

    @property
    def hardware(self):
        """What QEMU is started with to have it."""
        return [
            *("-chardev", f"socket,id=tpm,path={self._socket}"),
            *("-tpmdev", "emulator,id=tpm,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm"),
        ]

    def close(self):
        self._process.kill()
        self._process.wait()
