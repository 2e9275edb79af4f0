# SPDX-License-Identifier: GPL-2.0-or-later
"""Secrets that are being sealed or unsealed while the printer loses its power, or the program is killed,
at any step: none is lost, and it goes on from there."""

import contextlib
import pathlib
import shutil
import subprocess

import pytest

import evidence
import printer

GUEST = {"root": "services", "kernels": ["6.1"], "tpm": True, "timeout": 1200}

PROGRAM = "/usr/lib/secpold/seal-credentials"
LAB = pathlib.Path("/run/lab")
DISK, MOUNTED, CUTS, TOOLS = LAB / "disk", LAB / "mounted", LAB / "cuts", LAB / "tools"
SECRETS = {"pin": "kept-by-nobody-else-1", "key": "kept-by-nobody-else-2"}
EVERY = 4
STEPS = ("chmod", "cp", "mkdir", "mv", "rm", "rmdir", "shred", "sync", "systemctl", "touch")
# With "sync" all is on the disk at once, as whoever kills the program finds it; otherwise nothing is
# that nobody has asked for.
DISKS = {"killed": "sync", "power-cut": "commit=900"}

# Keeps what the disk has before the step, where that is something new; of what overwrites a file also
# what it has when half of that is done.
STEP = """#!/bin/sh
PATH=/usr/bin
step=$(basename "$0")
keep() {{
    n=$(($(cat {lab}/n) + 1))
    echo $n >{lab}/n
    cmp -s {lab}/disk {cuts}/last && return
    cp --sparse=always {lab}/disk "{cuts}/$(printf '%03d' $n)-$1"
    cp --sparse=always {lab}/disk {cuts}/last
}}
keep "before-$step"
if [ $step = shred ]; then
    for file; do :; done
    shred "$file"
    keep amid-$step
fi
exec /usr/bin/$step "$@"
"""

IN_THE_DISK = """
mount -o loop,{options} {disk} {mounted}
mount --bind {mounted}/etc /etc
mount --bind {mounted}/state /var/lib/secpol-agent
{command}
"""


def with_disk(command, disk=DISK, options="sync"):
    """Run with /etc and the agent's state on the disk."""
    script = IN_THE_DISK.format(options=options, disk=disk, mounted=MOUNTED, command=command)
    return subprocess.run(
        ["unshare", "--mount", "sh", "-euc", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


@contextlib.contextmanager
def files_on(disk):
    """Its folder of secrets in the clear, and that of sealed ones; as after the next boot."""
    printer.run("mount", "-o", "loop", disk, MOUNTED)
    try:
        yield MOUNTED / "etc/credstore", MOUNTED / "etc/credstore.encrypted"
    finally:
        printer.run("umount", MOUNTED)


@pytest.fixture(scope="module", autouse=True)
def lab():
    printer.run("modprobe", "loop")
    # Nothing gets to a disk by itself in the meantime.
    pathlib.Path("/proc/sys/vm/dirty_writeback_centisecs").write_text("0", encoding="ascii")
    for folder in (LAB, MOUNTED, TOOLS, pathlib.Path("/run/secpol-agent-tpm")):
        folder.mkdir(exist_ok=True)
    pathlib.Path("/var/lib/secpol-agent").mkdir(exist_ok=True)
    for name in STEPS:
        (TOOLS / name).write_text(STEP.format(lab=LAB, cuts=CUTS), encoding="utf-8")
        (TOOLS / name).chmod(0o755)


@pytest.fixture
def disk():
    """With a secret in the clear and one for the host's key."""
    root = LAB / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("etc/credstore", "etc/credstore.encrypted", "etc/systemd/system", "state"):
        (root / folder).mkdir(parents=True)
    for name in ("passwd", "group", "nsswitch.conf", "machine-id"):
        shutil.copy(f"/etc/{name}", root / "etc")
    # Which awk it is.
    shutil.copytree("/etc/alternatives", root / "etc/alternatives", symlinks=True)
    (root / "etc/credstore/pin").write_text(SECRETS["pin"], encoding="utf-8")
    printer.run(
        *("systemd-creds", "encrypt", "--with-key=host", "--name=key", "-"),
        root / "etc/credstore.encrypted/key",
        input=SECRETS["key"],
    )
    (root / "etc/systemd/system/handed.service").write_text(
        "[Service]\nLoadCredential=pin\nExecStart=/bin/true\n", encoding="utf-8"
    )
    printer.run("truncate", "--size=4M", DISK)
    printer.run(
        *("mkfs.ext4", "-q", "-F", "-b", "1024", "-J", "size=1", "-E", "lazy_itable_init=0"),
        *("-d", root, DISK),
    )
    return root


def differences(root, disk):
    """Between what was there before and what is there."""
    with files_on(disk):
        done = subprocess.run(
            ["diff", "-r", root / "etc", MOUNTED / "etc"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.stdout


known = {}


def opened(path):
    """The secret of a sealed file; the same file is opened once."""
    sealed = path.read_bytes()
    if sealed not in known:
        done = subprocess.run(
            ["systemd-creds", "decrypt", "--name=", path, "-"], capture_output=True, check=False
        )
        known[sealed] = done.stdout.decode() if done.returncode == 0 else "cannot be opened"
    return known[sealed]


def secrets_on(disk):
    """What there is of them, in the clear before sealed; None: neither."""

    def secret(plain, sealed):
        if plain.exists():
            return plain.read_text(encoding="utf-8", errors="replace")
        return opened(sealed) if sealed.exists() else None

    with files_on(disk) as (plain, sealed):
        return {name: secret(plain / name, sealed / name) for name in SECRETS}


def cuts_of(verb, options):
    """What was on the disk at each step of it, oldest first."""
    shutil.rmtree(CUTS, ignore_errors=True)
    CUTS.mkdir()
    (LAB / "n").write_text("0", encoding="ascii")
    shutil.copy(DISK, CUTS / "last")
    done = with_disk(f"PATH={TOOLS}:$PATH {PROGRAM} {verb}", options=options)
    assert done.returncode == 0, done.stdout
    (CUTS / "last").unlink()
    return sorted(CUTS.iterdir())


@pytest.mark.parametrize("options", DISKS.values(), ids=DISKS.keys())
def test_no_secret_is_lost_at_any_step(disk, options):
    found = []
    for verb in ("seal", "unseal"):
        for number, cut in enumerate(cuts_of(verb, options)):
            found.append((verb, cut.name, secrets_on(cut)))
            # All of them take minutes.
            if number % EVERY == 0:
                done = with_disk(f"{PROGRAM} unseal", disk=cut)
                assert (done.returncode, differences(disk, cut)) == (0, ""), (cut, done.stdout)
    evidence.save(f"cuts-{options}.log", "".join(f"{cut}\n" for cut in found))
    assert [cut for cut in found if cut[2] != SECRETS] == []
    assert len(found) > 10
    assert differences(disk, DISK) == ""


def test_it_goes_on_where_it_was_killed(disk):
    """And seals what it had not come to."""
    for cut in cuts_of("seal", "sync")[1 :: EVERY * 2]:
        done = with_disk(f"{PROGRAM} seal && {PROGRAM} check", disk=cut)
        assert done.stdout.strip() == "sealed", (cut.name, done.stdout)
        assert secrets_on(cut) == SECRETS, cut.name
        with files_on(cut) as (plain, _):
            assert list(plain.iterdir()) == []
