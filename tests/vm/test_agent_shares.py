# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and servers of files: no guests, no password without TLS, no packet unsigned."""

import contextlib
import ftplib
import pathlib
import socket
import ssl
import struct

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

# What has no stock service; a vendor's own program answers for it.
PROFILE = "[Functions]\nDedicatedPort=no\nWebdav=no\n"


@pytest.fixture(scope="module", autouse=True)
def account():
    printer.run("useradd", "--create-home", "carl")
    printer.run("chpasswd", input="carl:secret\n")


# Samba

CONFIGURATION = pathlib.Path("/etc/samba/smb.conf")
INCLUDED = pathlib.Path("/etc/samba/lab.conf")
OPTIONS = pathlib.Path("/etc/default/samba")
FLOOR = "[global]\n   Min Protocol = smb3_11\n"


@pytest.fixture(scope="module")
def samba():
    # The administrator's own way to write it.
    text = CONFIGURATION.read_text(encoding="utf-8").replace("[global]\n", FLOOR)
    share = "[open]\n   path = /var/tmp\n   GuestOK = yes\n"
    CONFIGURATION.write_text(text + share, encoding="utf-8")
    printer.run("smbpasswd", "-s", "-a", "carl", input="secret\nsecret\n")
    services.start("smbd")
    printer.wait_until(lambda: connects("carl%secret"), services.SECONDS)


def connects(user, share="open"):
    told = services.output("smbclient", f"//127.0.0.1/{share}", "-U", user, "-c", "ls")
    return "blocks of size" in told


def demands_signatures():
    """What the server answers to an SMB2 NEGOTIATE: bit 1 of its security mode."""
    header = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16x", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    body = struct.pack("<HHHHI16xIHxxHH", 36, 2, 1, 0, 0, 104, 1, 0x0302, 0x0311)
    body += struct.pack("<HHxxxxHHH32x", 1, 38, 1, 32, 1)
    with socket.create_connection(("127.0.0.1", 445), 20) as connection:
        connection.sendall(struct.pack(">I", len(header + body)) + header + body)
        answer = connection.makefile("rb").read(4 + 64 + 4)
    assert struct.unpack_from("<I", answer, 4 + 8) == (0,)
    return bool(struct.unpack_from("<H", answer, 4 + 64 + 2)[0] & 2)


@contextlib.contextmanager
def user_share():
    """As anybody in the group that may make them makes one."""
    printer.run("net", "usershare", "add", "mine", "/var/tmp", "", "Everyone:R", "guest_ok=y")
    try:
        yield
    finally:
        printer.run("net", "usershare", "delete", "mine")


def test_samba_demands_a_name_and_signatures(samba):
    with user_share():
        assert connects("%") and connects("%", "mine")
    assert connects("carl%secret") and connects("nobody-we-know%x")
    assert not demands_signatures()
    items = ("AlwaysVerifySignatures", "ProhibitGuestUsers", "ProhibitWeakEncryption")
    with user_share(), services.demanded(*items, profile=PROFILE):
        assert connects("carl%secret")
        assert demands_signatures()
        assert not connects("nobody-we-know%x")
        assert not connects("%") and not connects("%", "mine")
        # The administrator's own floor, which is as good.
        assert FLOOR in CONFIGURATION.read_text(encoding="utf-8")
        check_that_all_of_its_configuration_counts()
        services.wait_enforced(*items)
    assert printer.wait_until(lambda: connects("nobody-we-know%x"), services.SECONDS)
    assert printer.wait_until(lambda: not demands_signatures(), services.SECONDS)


def check_that_all_of_its_configuration_counts():
    strict = CONFIGURATION.read_text(encoding="utf-8")
    services.write(INCLUDED, "[global]\nserver signing = disabled\n[open]\nguest ok = yes\n")
    services.append(CONFIGURATION, f"include = {INCLUDED}\n")
    services.start("smbd")
    services.wait_setting("SmbRequireSignature", False)
    services.wait_setting("SmbAuthentication", False)
    services.wait_setting("GuestUsers", True)
    assert not demands_signatures() and connects("%")
    CONFIGURATION.write_text(strict, encoding="utf-8")
    INCLUDED.unlink()

    services.write(OPTIONS, 'SMBDOPTIONS="--option=guestok=yes"\n')
    services.wait_setting("SmbRequireSignature", False)
    OPTIONS.unlink()


# vsftpd


def login(server):
    with server:
        try:
            return server.login("carl", "secret")
        except (OSError, EOFError, ftplib.Error) as error:
            return str(error)


def plain():
    try:
        return login(ftplib.FTP("127.0.0.1", timeout=20))
    except OSError as error:
        return str(error)


def tls():
    context = ssl._create_unverified_context()
    return login(ftplib.FTP_TLS("127.0.0.1", timeout=20, context=context))


def test_vsftpd_takes_passwords_through_tls_alone():
    folder = pathlib.Path("/etc/ssl")
    (folder / "private").mkdir(exist_ok=True)
    services.make_certificate(
        folder / "certs/ssl-cert-snakeoil.pem", folder / "private/ssl-cert-snakeoil.key", "printer"
    )
    override = pathlib.Path("/etc/systemd/system/vsftpd.service.d/lab.conf")
    services.start("vsftpd")
    assert printer.wait_until(lambda: plain().startswith("230"), services.SECONDS)
    with services.demanded("ProhibitCleartextAuthentication", profile=PROFILE):
        assert "530 Non-anonymous sessions must use encryption" in plain()
        assert tls().startswith("230")

        # Started with another file.
        services.write("/etc/lab-vsftpd.conf", "listen=YES\nlocal_enable=YES\n")
        services.write(override, "[Service]\nExecStart=\nExecStart=vsftpd /etc/lab-vsftpd.conf\n")
        printer.run("systemctl", "daemon-reload")
        services.start("vsftpd")
        services.wait_reason("CleartextServerAuthentication", "asks for a password")
        assert printer.wait_until(lambda: plain().startswith("230"), services.SECONDS)
        pathlib.Path("/etc/lab-vsftpd.conf").unlink()
        override.unlink()
        override.parent.rmdir()
        printer.run("systemctl", "daemon-reload")
        services.start("vsftpd")
        services.wait_enforced("ProhibitCleartextAuthentication")
    assert printer.wait_until(lambda: plain().startswith("230"), services.SECONDS)
