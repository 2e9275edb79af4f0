# SPDX-License-Identifier: GPL-2.0-or-later
"""The way from the virtual printer to the machine it runs on: QEMU's monitor, and drives."""

import glob
import json
import os
import pathlib


class HostError(Exception):
    pass


def _open_channel():
    for port in glob.glob("/sys/class/virtio-ports/*"):
        if pathlib.Path(port, "name").read_text(encoding="ascii").strip() == "host":
            return open("/dev/" + os.path.basename(port), "r+b", buffering=0)
    raise HostError("there is no port to the host")


def _ask(request):
    with _open_channel() as channel:
        channel.write(json.dumps(request).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            answer += channel.read(65536)
    answer = json.loads(answer)
    if "error" in answer:
        raise HostError(answer["error"])
    return answer["return"]


def qmp(command, **arguments):
    """A command of QEMU's monitor; "_" in names of arguments stands for "-"."""
    named = {name.replace("_", "-"): value for name, value in arguments.items()}
    return _ask({"execute": command, "arguments": named})


def wait_event(name, seconds=30, **data):
    """An event of QEMU's that has these data; each is given out once."""
    return _ask({"event": name, "data": data, "seconds": seconds})


def image(kind):
    """Path, on the host, of a fresh drive: "vfat" or "ext4"."""
    return _ask({"image": kind})
