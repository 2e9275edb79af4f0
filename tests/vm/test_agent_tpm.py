# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and the TPM: secrets that systemd hands to services can be read with this device's
chip alone, services get them as before, and an empty policy has them lie as they lay."""

import pathlib

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "tpm": True, "timeout": 1200}

PLAIN, SEALED = pathlib.Path("/etc/credstore"), pathlib.Path("/etc/credstore.encrypted")
MARK = "kept-by-nobody-else"
SECRETS = {
    "pin": f"{MARK}-1234",
    "renamed": f"{MARK}-1234",
    "key": f"{MARK}-host",
    "old": f"{MARK}-chip",
}
OUT = pathlib.Path("/tmp/handed")
RUNTIME, RECORD = "/run/secpol-agent-tpm", pathlib.Path("/var/lib/secpol-agent/credentials")


def seal(key, name):
    options = ("systemd-creds", "encrypt", f"--with-key={key}", "--tpm2-pcrs=7", f"--name={name}")
    printer.run(*options, "-", SEALED / name, input=SECRETS[name])


@pytest.fixture(scope="module", autouse=True)
def secrets():
    """One in the clear, one for the host's key, one for the TPM; and who is handed them."""
    for folder in (PLAIN, SEALED):
        folder.mkdir(mode=0o700)
    services.write(PLAIN / "pin", SECRETS["pin"], 0o640)
    seal("host", "key")
    seal("tpm2", "old")
    services.write(
        "/etc/systemd/system/handed.service",
        "[Service]\nType=oneshot\nLoadCredential=pin\nLoadCredential=renamed:pin\n"
        "LoadCredentialEncrypted=key\nLoadCredentialEncrypted=old\n"
        f"ExecStart=/bin/sh -c 'cp ${{CREDENTIALS_DIRECTORY}}/* {OUT}'\n",
    )
    OUT.mkdir()
    printer.run("systemctl", "daemon-reload")


def handed():
    """What a service that is started now gets."""
    for path in OUT.iterdir():
        path.unlink()
    services.output("systemctl", "start", "handed")
    return {path.name: path.read_text(encoding="utf-8") for path in OUT.iterdir()}


def secrets_in(*folders):
    return services.output("grep", "-rl", MARK, *folders).split()


def opens(name):
    return services.succeeds("systemd-creds", "decrypt", "--name=", SEALED / name, "-")


def opens_without_chip(name):
    hide = "mount --bind /dev/null /dev/tpmrm0 && systemd-creds decrypt --name= \"$0\" -"
    return services.succeeds("unshare", "--mount", "sh", "-c", hide, SEALED / name)


def test_secrets_are_sealed_and_services_get_them():
    assert handed() == SECRETS
    assert secrets_in("/etc") == [f"{PLAIN}/pin"]
    assert opens_without_chip("key")
    sealed = (SEALED / "old").read_bytes()
    with services.demanded("UseTpm"):
        assert secrets_in("/etc", "/var/lib", RUNTIME) == []
        assert handed() == SECRETS
        for name in ("pin", "key", "old"):
            assert opens(name) and not opens_without_chip(name), name
        assert (SEALED / "old").read_bytes() == sealed
    assert handed() == SECRETS


def test_a_secret_that_comes_later_is_sealed_too():
    services.snapshot()
    services.demand("UseTpm")
    services.wait_enforced("UseTpm")
    services.write(PLAIN / "pin", f"{MARK}-new", 0o640)
    assert printer.wait_until(lambda: not (PLAIN / "pin").exists(), services.SECONDS, 0.2)
    services.wait_enforced("UseTpm")
    assert handed() == SECRETS | {"pin": f"{MARK}-new", "renamed": f"{MARK}-new"}
    services.demand()
    assert printer.wait_until(lambda: not RECORD.exists(), services.SECONDS, 0.2)
    assert (PLAIN / "pin").read_text(encoding="utf-8") == f"{MARK}-new"
    services.write(PLAIN / "pin", SECRETS["pin"], 0o640)
    assert services.differences() == ""
