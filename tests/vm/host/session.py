# SPDX-License-Identifier: GPL-2.0-or-later
"""One test file, or a shell, in a machine of its own."""

import ast
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

import results
from machine import Machine
from qmp import QmpError

TESTS = pathlib.Path(__file__).resolve().parents[1]
PASSED, FAILED = 33, 35
DIED = 128
DEFAULTS = {"boot": "saved", "timeout": 300, "files": {}, "append": ""}


def settings(test):
    """What a test file asks for: a literal `GUEST = {...}` at its top."""
    asked = {}
    for node in ast.parse(test.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "GUEST":
            asked = ast.literal_eval(node.value)
    if not asked.keys() <= DEFAULTS.keys():
        raise ValueError(f"{test}: GUEST knows {', '.join(DEFAULTS)}")
    return DEFAULTS | asked


def pack_build(build, archive):
    """This build as `meson install` lays it out."""
    with tempfile.TemporaryDirectory(prefix="vm-install-") as folder:
        subprocess.run(
            ["meson", "install", "-C", build, "--no-rebuild", "--quiet"],
            env=os.environ | {"DESTDIR": folder},
            check=True,
        )
        # The bus and systemd look into directories that are links in a merged /usr.
        with tarfile.open(archive, "w") as tar:
            for path in sorted(pathlib.Path(folder).rglob("*")):
                name = str(path.relative_to(folder))
                if not path.is_dir() and not name.startswith("usr/share/man"):
                    tar.add(path, "usr/" + name if name.startswith("lib/") else name)


def add_files(archive, files):
    with tempfile.TemporaryDirectory(prefix="vm-files-") as folder, tarfile.open(archive, "a") as tar:
        for name, text in files.items():
            path = pathlib.Path(folder, "file")
            path.write_text(text, encoding="utf-8")
            tar.add(path, name.lstrip("/"))


class Session:
    def __init__(self, image, wanted, packed, tests=()):
        self._image = image
        self._wanted = wanted
        self._folder = tempfile.TemporaryDirectory(prefix="vm-session-")
        self.share = pathlib.Path(self._folder.name, "share")
        self.output = self.share / "output"
        self.output.mkdir(parents=True)
        self.console = self.output / "console.log"
        ignored = shutil.ignore_patterns("__pycache__", "host", "image")
        shutil.copytree(TESTS, self.share / "vm", ignore=ignored)
        for test in tests:
            shutil.copy(test, self.share / "vm")
        shutil.copy(packed, self.share / "install.tar")
        add_files(self.share / "install.tar", wanted["files"])
        self._images = 0

    def close(self):
        self._folder.cleanup()

    def run(self, order, console=None):
        """The status QEMU ends with, or None where the time was up."""
        boot = self._wanted["boot"]
        deadline = time.monotonic() + self._wanted["timeout"]
        command = self._image.command(boot, self._wanted["append"])
        more = ["-incoming", f"exec:cat {self._image.state}"] if boot == "saved" else []
        console = console or f"file,id=console,path={self.console}"
        messages = self.output / "qemu.log"
        with Machine(command, self.share, console, messages, more) as machine:
            try:
                self._serve(machine, order | {"boot": boot}, deadline)
                return machine.process.wait(max(deadline - time.monotonic(), 0.1))
            except (TimeoutError, subprocess.TimeoutExpired):
                return None

    def _serve(self, machine, order, deadline):
        # The saved machine had said that it is ready before it was saved.
        if order["boot"] == "cold":
            machine.channel.receive(deadline - time.monotonic())
        try:
            machine.channel.send(order | {"time": time.time()})
            while request := machine.channel.receive(deadline - time.monotonic()):
                machine.channel.send(self._answer(machine.qmp, request))
        except BrokenPipeError:
            pass

    def _answer(self, qmp, request):
        """What the guest asks for: the monitor's commands and events, and drives."""
        try:
            match request:
                case {"execute": command, "arguments": arguments}:
                    return {"return": qmp.execute(command, **arguments)}
                case {"event": name, "data": data, "seconds": seconds}:
                    return {"return": qmp.wait_event(name, seconds, **data)}
                case {"image": kind}:
                    return {"return": self._copy_image(kind)}
            return {"error": f"the host does not know what {request} is"}
        except (QmpError, TimeoutError, OSError) as error:
            return {"error": str(error)}

    def _copy_image(self, kind):
        self._images += 1
        copy = pathlib.Path(self._folder.name, f"{kind}-{self._images}.img")
        shutil.copy(self._image.root / f"stick-{kind}.img", copy)
        return str(copy)


def run_test(image, test, packed, output, changes):
    """True where all tests of the file passed. `output`: where the results go."""
    wanted = settings(test) | changes
    name = f"{test.stem}-{image.series}"
    order = {
        "do": "test",
        "test": test.name,
        "options": [
            *("-q", "-p", "no:cacheprovider", "--tb=short", "-rs"),
            *("--junitxml=/share/output/junit.xml", f"--junit-prefix=linux-{image.series}"),
            *("-o", f"junit_suite_name=vm {image.series}"),
        ],
    }
    for attempt in (1, 2):
        session = Session(image, wanted, packed, [test])
        try:
            status = session.run(order)
            shutil.rmtree(output / name, ignore_errors=True)
            shutil.copytree(session.output, output / name)
        finally:
            session.close()
        # QEMU itself dies in about one of two hundred runs.
        if status is None or status < DIED and status >= 0 or attempt == 2:
            break
        print(f"vm: QEMU crashed ({status}) in {name}; once more", file=sys.stderr)
    results.finish(output / name, output / f"{name}.xml", test, image.series, why_dead(status))
    return status == PASSED


def why_dead(status):
    """None where the guest itself has told how the tests ended."""
    if status in (PASSED, FAILED):
        return None
    return "the guest did not end in time" if status is None else f"the guest died (QEMU: {status})"


def run_shell(image, packed):
    session = Session(image, DEFAULTS | {"timeout": 24 * 3600}, packed)
    try:
        size = shutil.get_terminal_size()
        order = {"do": "shell", "columns": size.columns, "lines": size.lines}
        return session.run(order, "stdio,id=console,signal=off") == PASSED
    finally:
        session.close()
