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
from machine import SERIES, Machine
from qmp import QmpError
from tpm import Tpm

TESTS = pathlib.Path(__file__).resolve().parents[1]
PASSED, FAILED = 33, 35
DIED = 128
# For the guest to boot, to end a test whose time is up, and to write down its logs.
GRACE_SECONDS = 60
DEFAULTS = {
    "boot": "saved",
    "timeout": 300,
    "files": {},
    "append": "",
    # Which list of packages it has beside image/packages, as image/packages-ROOT.
    "root": "base",
    # Whether it has a TPM; it boots cold then, as the saved machine has none.
    "tpm": False,
    # Where it makes no difference, one will do.
    "kernels": SERIES,
}


def settings(test):
    """What a test file asks for: a literal `GUEST = {...}` at its top."""
    asked = {}
    for node in ast.parse(test.read_text(encoding="utf-8")).body:
        names = [getattr(target, "id", "") for target in getattr(node, "targets", ())]
        if "GUEST" in names:
            asked = ast.literal_eval(node.value)
    if not asked.keys() <= DEFAULTS.keys():
        raise ValueError(f"{test}: GUEST knows {', '.join(DEFAULTS)}")
    wanted = DEFAULTS | asked
    return wanted | ({"boot": "cold"} if wanted["tpm"] else {})


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
        ignored = shutil.ignore_patterns("__pycache__", "conftest.py", "test_*", "meson.build")
        shutil.copytree(TESTS.parent / "netns", self.share / "netns", ignore=ignored)
        shutil.copytree(TESTS.parent / "standin", self.share / "standin")
        shutil.copytree(TESTS.parents[1] / "dbus/examples", self.share / "examples")
        for test in tests:
            shutil.copy(test, self.share / "vm")
        shutil.copy(packed, self.share / "install.tar")
        add_files(self.share / "install.tar", wanted["files"])
        self._images = 0
        self._tpm = None

    def close(self):
        if self._tpm:
            self._tpm.close()
        self._folder.cleanup()

    def run(self, order, console=None):
        """The status QEMU ends with, or None where the time was up."""
        boot = self._wanted["boot"]
        order |= {"boot": boot, "seconds": int(self._wanted["timeout"])}
        deadline = time.monotonic() + order["seconds"] + GRACE_SECONDS
        command = self._image.command(boot, self._wanted["append"], self._wanted["tpm"])
        more = ["-incoming", f"exec:cat {self._image.state}"] if boot == "saved" else []
        console = console or f"file,id=console,path={self.console}"
        messages = self.output / "qemu.log"
        if self._wanted["tpm"]:
            self._tpm = Tpm(pathlib.Path(self._folder.name, "tpm"), messages)
            more += self._tpm.hardware
        with Machine(command, self.share, console, messages, more) as machine:
            try:
                self._serve(machine, order, deadline)
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


def run_once(image, test, packed, wanted, kept):
    """The status QEMU ends with, or None where the time was up. `kept`: where the logs go."""
    order = {
        "do": "test",
        "test": test.name,
        "options": [
            *("-q", "-p", "no:cacheprovider", "--tb=short", "-rs"),
            *("--junitxml=/share/output/junit.xml", f"--junit-prefix=linux-{image.series}"),
            *("-o", f"junit_suite_name=vm {image.series}"),
        ],
    }
    session = Session(image, wanted, packed, [test])
    try:
        status = session.run(order)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(session.output, kept)
        return status
    finally:
        session.close()


def crashed(status):
    """QEMU itself, which happens once in some two hundred starts."""
    return status is not None and (status < 0 or status >= DIED)


def run_test(image, test, packed, output, changes):
    """True where all tests of the file passed. `output`: where the results go."""
    name = f"{test.stem}-{image.series}"
    start = time.monotonic()
    wanted = settings(test) | changes
    status = run_once(image, test, packed, wanted, output / name)
    if crashed(status):
        print(f"vm: QEMU crashed ({status}) in {name}; once more", flush=True)
        status = run_once(image, test, packed, wanted, output / name)
    results.finish(output / name, output / f"{name}.xml", test, image.series, why_dead(status))
    passed = status == PASSED
    verdict = "passed" if passed else "FAILED"
    print(f"vm: {name} {verdict} in {time.monotonic() - start:.0f} s", flush=True)
    return passed


def why_dead(status):
    """None where the guest itself has told how the tests ended."""
    if status in (PASSED, FAILED):
        return None
    return "the guest did not end in time" if status is None else f"the guest died (QEMU: {status})"


def run_shell(image, packed, changes):
    session = Session(image, DEFAULTS | {"timeout": 24 * 3600} | changes, packed)
    if not sys.stdin.isatty():
        (session.share / "script").write_text(sys.stdin.read(), encoding="utf-8")
    try:
        size = shutil.get_terminal_size()
        order = {"do": "shell", "columns": size.columns, "lines": size.lines}
        return session.run(order, "stdio,id=console,signal=off") == PASSED
    finally:
        session.close()
