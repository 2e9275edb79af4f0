# SPDX-License-Identifier: GPL-2.0-or-later
"""An installation into an empty folder: what is put where, and whether systemd accepts it."""

import configparser
import os
import pathlib
import re
import stat
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

MAN_PAGES = {
    "man1/secpolctl.1",
    "man5/org.secpold1.5",
    "man5/secpold.device.5",
    "man5/secpold.policy.5",
    "man5/secpold.binding.5",
    "man5/secpold.json.5",
    "man7/secpold-threats.7",
    "man8/pam_factory_password.8",
    "man8/secpol-agent.8",
    "man8/secpol-pam-path.8",
    "man8/secpol-remote-ui.8",
    "man8/secpol-weak-keys.8",
    "man8/secpold.8",
}
SYSTEM_FILES = {
    "usr/bin/secpolctl",
    "usr/lib/secpold/pam_factory_password.so",
    "usr/lib/sysusers.d/secpol-remote-ui.conf",
    "usr/lib/sysusers.d/secpold.conf",
    "usr/lib/systemd/catalog/secpol-agent.catalog",
    "usr/lib/systemd/catalog/secpold.catalog",
    "usr/lib/tmpfiles.d/secpold.conf",
    "usr/sbin/secpol-agent",
    "usr/sbin/secpol-remote-ui",
    "usr/sbin/secpold",
    "usr/share/bash-completion/completions/secpolctl",
    "usr/share/dbus-1/interfaces/org.secpold1.xml",
    "usr/share/dbus-1/system-services/org.secpold1.service",
    "usr/share/dbus-1/system.d/org.secpold1.conf",
    "usr/share/polkit-1/actions/org.secpold1.policy",
    "usr/share/zsh/vendor-completions/_secpolctl",
}

PROGRAMS = (
    "usr/bin/secpolctl",
    "usr/sbin/secpol-agent",
    "usr/sbin/secpol-remote-ui",
    "usr/sbin/secpold",
)
PAGE_UNITS = ("secpol-remote-ui.service", "secpol-remote-ui.socket")
# What bindings run: programs of the agent's own, and of a binding's.
HELPERS = {
    f"usr/lib/secpold/{name}"
    for name in (
        *("secpol-pam-path", "secpol-weak-keys"),
        *(path.name for path in (SOURCE / "agent/programs").iterdir() if path.name != "meson.build"),
    )
}
AGENT_UNIT, TPM_UNIT = "secpol-agent.service", "secpol-agent-tpm@.service"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="session")
def unit(installed):
    units = list(installed.rglob("secpold.service"))
    assert len(units) == 1
    return units[0]


@pytest.fixture(scope="session")
def unit_in_place(installed, unit, tmp_path_factory):
    """The unit with its program where it is: systemd looks whether the file is there."""
    copy = tmp_path_factory.mktemp("unit") / "secpold.service"
    text = unit.read_text(encoding="utf-8")
    assert "ExecStart=/usr/sbin/secpold\n" in text
    copy.write_text(text.replace("=/usr/sbin/", f"={installed}/usr/sbin/"), encoding="utf-8")
    return copy


def generator_path(installed):
    (path,) = installed.rglob("system-generators/secpol-agent-sandbox")
    return path


def test_everything_is_there_and_nothing_else(installed, unit):
    there = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    documentation = {name for name in there if name.startswith("usr/share/doc/secpold/")}
    pages = {name for name in there if name.startswith("usr/share/man/")}
    bindings = {name for name in there if name.startswith("usr/lib/secpold/bindings.d/")}
    names = (unit.name, AGENT_UNIT, TPM_UNIT, *PAGE_UNITS)
    units = {str(unit.with_name(name).relative_to(installed)) for name in names}
    generator = {str(generator_path(installed).relative_to(installed))}
    assert there - documentation - pages - bindings == SYSTEM_FILES | HELPERS | units | generator
    assert {path.rpartition("/")[2] for path in bindings} == {
        path.name for path in (SOURCE / "agent/bindings").glob("*.binding")
    }
    assert pages == {f"usr/share/man/{page}" for page in MAN_PAGES}


def test_all_examples_are_installed(installed):
    examples = installed / "usr/share/doc/secpold/policy-examples"
    there = {str(path.relative_to(examples)) for path in examples.rglob("*") if path.is_file()}
    source = SOURCE / "policy-examples"
    names = [*source.rglob("*.policy"), *source.rglob("*.conf")]
    assert there == {str(path.relative_to(source)) for path in names}


DAEMONS = "usr/share/doc/secpold/examples"


def test_example_daemons_are_installed(installed):
    there = {path.name for path in (installed / DAEMONS).iterdir()}
    source = SOURCE / "dbus/examples"
    assert there == {path.name for path in source.iterdir() if path.name != "meson.build"}


def test_the_example_builds_as_it_says(installed, tmp_path):
    for path in (installed / DAEMONS).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "fax-settings.c").read_text(encoding="utf-8")
    command = re.search(r"\bcc -o [^\n]*\)", text).group()
    result = run("sh", "-c", f"{command} -Wall -Werror", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert os.access(tmp_path / "fax-settings", os.X_OK)


def test_only_programs_can_be_run(installed):
    runnable = {
        str(path.relative_to(installed))
        for path in installed.rglob("*")
        if path.is_file() and path.stat().st_mode & stat.S_IXUSR
    }
    generator = str(generator_path(installed).relative_to(installed))
    assert runnable == {*PROGRAMS, *HELPERS, generator}


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_start(installed, program):
    version = run("meson", "introspect", "--projectinfo", os.environ["SECPOLD_BUILD"]).stdout
    version = re.search(r'"version": "([^"]+)"', version).group(1)
    result = run(installed / program, "--version")
    assert result.returncode == 0 and version in result.stdout


def test_unit_is_clean(unit_in_place):
    result = run("systemd-analyze", "verify", "--man=no", unit_in_place)
    assert result.returncode == 0 and not result.stderr + result.stdout, result.stderr


def test_unit_names_its_man_pages(unit):
    documentation = re.search("^Documentation=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    pages = re.findall(r"man:(\S+)\((\d)\)", documentation.group(1))
    assert pages and {f"man{section}/{page}.{section}" for page, section in pages} <= MAN_PAGES


def test_unit_is_confined(unit_in_place):
    """1.4 of 10, on systemd's scale of exposure; threshold is in tenths."""
    result = run("systemd-analyze", "security", "--offline=yes", "--threshold=14", unit_in_place)
    assert result.returncode == 0, result.stdout


def test_unit_requires_nothing(unit):
    """What must not be able to keep secpold from starting."""
    settings = re.findall(r"^(\w+)=", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert not {
        *("Requires", "Requisite", "BindsTo", "RequiresMountsFor", "StateDirectory", "PrivateTmp"),
        *("WorkingDirectory", "AssertPathExists", "ConditionPathExists", "EnvironmentFile"),
    } & set(settings)


def test_activation_starts_the_unit(installed, unit):
    service = configparser.ConfigParser()
    service.read(installed / "usr/share/dbus-1/system-services/org.secpold1.service")
    assert service["D-BUS Service"]["SystemdService"] == unit.name
    assert service["D-BUS Service"]["Name"] == "org.secpold1"


def test_group_and_folder_are_made(installed, tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="utf-8")
    users = installed / "usr/lib/sysusers.d/secpold.conf"
    result = run("systemd-sysusers", f"--root={tmp_path}", users)
    assert result.returncode == 0, result.stderr
    assert "secpold-agent:" in (tmp_path / "etc/group").read_text(encoding="utf-8")
    folders = installed / "usr/lib/tmpfiles.d/secpold.conf"
    result = run("systemd-tmpfiles", f"--root={tmp_path}", "--create", folders)
    assert result.returncode == 0, result.stderr
    state = tmp_path / "var/lib/secpold"
    assert state.is_dir() and stat.S_IMODE(state.stat().st_mode) == 0o700


@pytest.fixture(scope="session")
def agent_unit_in_place(installed, unit, tmp_path_factory):
    copy = tmp_path_factory.mktemp("agent-unit") / AGENT_UNIT
    text = unit.with_name(AGENT_UNIT).read_text(encoding="utf-8")
    copy.write_text(text.replace("=/usr/sbin/", f"={installed}/usr/sbin/"), encoding="utf-8")
    return copy


def test_agent_unit_is_clean_and_names_its_man_pages(agent_unit_in_place):
    result = run("systemd-analyze", "verify", "--man=no", agent_unit_in_place)
    assert result.returncode == 0 and not result.stderr + result.stdout, result.stderr
    test_unit_names_its_man_pages(agent_unit_in_place)


def test_agent_unit_is_confined(agent_unit_in_place):
    """It edits files of others and asks services on this host: 2.1 of 10."""
    result = run("systemd-analyze", "security", "--offline=yes", "--threshold=21", agent_unit_in_place)
    assert result.returncode == 0, result.stdout


def test_bindings_are_without_fault(installed):
    bindings = installed / "usr/lib/secpold/bindings.d"
    result = run(installed / "usr/sbin/secpol-agent", f"--bindings={bindings}", "--check")
    assert result.returncode == 0, result.stdout
    assert len(list(bindings.iterdir())) >= 5


def test_generator_makes_a_drop_in_that_systemd_takes(installed, agent_unit_in_place, tmp_path):
    """What the bindings of this machine's own /usr need, which is nothing where there are none."""
    result = run(generator_path(installed), tmp_path, tmp_path, tmp_path)
    assert result.returncode == 0, result.stderr
    made = tmp_path / f"{AGENT_UNIT}.d/bindings.conf"
    assert made.read_text(encoding="utf-8").startswith("[Service]\n")
    bindings = installed / "usr/lib/secpold/bindings.d"
    drop_in = run(installed / "usr/sbin/secpol-agent", f"--bindings={bindings}", "--sandbox").stdout
    assert 'ReadWritePaths="-/etc/security"\n' in drop_in
    folder = agent_unit_in_place.with_name(AGENT_UNIT + ".d")
    folder.mkdir()
    (folder / "bindings.conf").write_text(drop_in, encoding="utf-8")
    result = run("systemd-analyze", "verify", "--man=no", agent_unit_in_place)
    assert result.returncode == 0 and not result.stderr, result.stderr


@pytest.fixture(scope="session")
def page_units_in_place(installed, unit, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page-units")
    for name in PAGE_UNITS:
        text = unit.with_name(name).read_text(encoding="utf-8")
        text = text.replace("=/usr/sbin/", f"={installed}/usr/sbin/")
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in PAGE_UNITS]


def test_page_units_are_clean_and_name_their_man_page(page_units_in_place):
    result = run("systemd-analyze", "verify", "--man=no", *page_units_in_place)
    assert result.returncode == 0 and not result.stderr + result.stdout, result.stderr
    for page_unit in page_units_in_place:
        test_unit_names_its_man_pages(page_unit)


def test_page_unit_has_next_to_no_rights(page_units_in_place):
    """0.2 of 10."""
    page_unit = page_units_in_place[0]
    result = run("systemd-analyze", "security", "--offline=yes", "--threshold=2", page_unit)
    assert result.returncode == 0, result.stdout


def test_page_has_a_user(installed, tmp_path):
    """Whom the bus finds also where nss-systemd is left out."""
    (tmp_path / "etc").mkdir()
    users = installed / "usr/lib/sysusers.d/secpol-remote-ui.conf"
    result = run("systemd-sysusers", f"--root={tmp_path}", users)
    assert result.returncode == 0, result.stderr
    passwd = (tmp_path / "etc/passwd").read_text(encoding="utf-8")
    assert "secpol-remote-ui:" in passwd
    (service,) = installed.rglob(PAGE_UNITS[0])
    assert "\nUser=secpol-remote-ui\n" in service.read_text(encoding="utf-8")


def test_unit_for_the_tpm_is_clean_and_confined(installed, unit, tmp_path):
    """It writes to /etc and has the chip: 1.4 of 10."""
    copy = tmp_path / TPM_UNIT.replace("@", "@seal")
    text = unit.with_name(TPM_UNIT).read_text(encoding="utf-8")
    copy.write_text(text.replace("=/usr/lib/", f"={installed}/usr/lib/"), encoding="utf-8")
    result = run("systemd-analyze", "verify", "--man=no", copy)
    assert result.returncode == 0 and not result.stderr + result.stdout, result.stderr
    result = run("systemd-analyze", "security", "--offline=yes", "--threshold=14", copy)
    assert result.returncode == 0, result.stdout
    test_unit_names_its_man_pages(copy)


def test_what_was_installed_can_be_taken_away(tmp_path):
    build = os.environ["SECPOLD_BUILD"]
    folder = tmp_path / "device"
    result = run("meson", "install", "-C", build, "--no-rebuild", "--destdir", folder)
    assert result.returncode == 0 and (folder / "usr/sbin/secpold").exists(), result.stderr
    result = run("ninja", "-C", build, "uninstall")
    assert result.returncode == 0, result.stdout
    assert [path for path in folder.rglob("*") if not path.is_dir()] == []
