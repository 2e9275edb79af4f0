# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and services of the network: what the policy prohibits they refuse, what it leaves
they do, and an empty policy has them as they were."""

import ftplib
import http.client
import pathlib
import shutil
import smtplib
import socket
import ssl
import struct
import threading

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 400}

# What has no stock service; a vendor's own program answers for it.
PROFILE = """[Functions]
CloudPrint=no
MobileAppScanning=no
DedicatedPort=no
Webdav=no
"""
V1, V2C = ("-v1", "-cpublic"), ("-v2c", "-cpublic")
V3 = ("-v3", "-utester", "-lauthPriv", "-aSHA", "-Aauthenticate", "-xAES", "-Xprivately")


def listens(port):
    """Beyond the loopback interface."""
    lines = services.output("ss", "-Hltn", f"sport = :{port}").splitlines()
    return any(not line.split()[3].startswith(("127.", "[::1]")) for line in lines)


# net-snmp


@pytest.fixture
def snmp():
    services.write(
        "/etc/snmp/snmpd.conf.d/lab.conf",
        "createUser tester SHA authenticate AES privately\nrouser tester authPriv\n"
        "rocommunity public\n",
    )
    services.start("snmpd")
    return lambda version: "STRING" in services.output(
        "snmpget", *version, "-t1", "-r0", "127.0.0.1", "1.3.6.1.2.1.1.1.0"
    )


def test_snmpd_answers_to_version_3_alone(snmp):
    assert snmp(V1) and snmp(V2C) and snmp(V3)
    with services.demanded("ProhibitSnmpV1"):
        services.wait_setting("SnmpV1", False)
        services.wait_setting("SnmpV2c", False)
        assert not snmp(V1) and not snmp(V2C)
        assert snmp(V3)
    assert printer.wait_until(lambda: snmp(V1) and snmp(V2C) and snmp(V3), 20)


# Services that are off


OFF = {
    "avahi-daemon.service": (("RestrictMdnsPort",), "MdnsIpv4"),
    "wsdd.service": (("RestrictWsdPort",), "WsdMulticastDiscovery"),
    "vsftpd.service": (("RestrictFtpPort",), "FtpPrinting"),
    "smbd.service": (("RestrictSmbPort",), "SmbServer"),
}


@pytest.mark.parametrize("unit", OFF)
def test_a_service_that_is_off_stays_off_and_comes_back(unit):
    items, setting = OFF[unit]
    services.start(unit)
    with services.demanded(*items):
        services.wait_setting(setting, False)
        assert not services.is_active(unit)
        assert not services.succeeds("systemctl", "start", unit)
    assert printer.wait_until(lambda: services.is_active(unit), 20)


def test_the_socket_of_avahi_is_off_too():
    services.start("avahi-daemon.socket", "avahi-daemon.service")
    assert services.succeeds("avahi-browse", "--all", "--terminate")
    with services.demanded("RestrictMdnsPort"):
        services.wait_setting("MdnsIpv4", False)
        assert not services.succeeds("avahi-browse", "--all", "--terminate")
        assert not services.is_active("avahi-daemon.service")
    assert printer.wait_until(
        lambda: services.succeeds("avahi-browse", "--all", "--terminate"), 20
    )


# CUPS


def ipp(operation, printer_name="lab", user="anna", document=b""):
    """The HTTP status, and the IPP status where there is one."""

    def attribute(tag, name, value):
        name, value = name.encode(), value.encode()
        return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value

    body = struct.pack(">BBHIB", 2, 0, operation, 1, 1)
    body += attribute(0x47, "attributes-charset", "utf-8")
    body += attribute(0x48, "attributes-natural-language", "en")
    body += attribute(0x45, "printer-uri", f"ipp://localhost/printers/{printer_name}")
    body += attribute(0x42, "requesting-user-name", user) + b"\x03" + document
    connection = http.client.HTTPConnection("127.0.0.1", 631, timeout=20)
    headers = {"Content-Type": "application/ipp"}
    connection.request("POST", f"/printers/{printer_name}", body, headers)
    response = connection.getresponse()
    answer = response.read()
    return response.status, struct.unpack(">H", answer[2:4])[0] if response.status == 200 else None


PRINT_JOB = 0x0002


@pytest.fixture(scope="module")
def cups():
    services.start("cups.socket", "cups.service")
    printer.run("lpadmin", "-p", "lab", "-E", "-v", "file:///dev/null", "-m", "raw")
    # Its certificate is made at the first connection, printers.conf is written when it ends.
    services.output("gnutls-cli", "--insecure", "-p", "631", "localhost", input="")
    services.start("cups.service")


def jobs(which="not-completed"):
    return printer.run("lpstat", "-W", which, "-o", check=False).splitlines()


def test_cups_listens_to_the_device_itself_alone(cups):
    path = pathlib.Path("/etc/cups/cupsd.conf")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Listen localhost:631", "Port 631"), encoding="utf-8")
    printer.run("systemctl", "stop", "cups.socket")
    services.start("cups.service")
    assert listens(631)
    with services.demanded("RestrictIppPort"):
        services.wait_setting("IppPrinting", False)
        services.wait_setting("MobilePrinting", False)
        assert not listens(631)
        assert "lab" in services.output("lpstat", "-p")
    assert printer.wait_until(lambda: listens(631), 20)
    path.write_text(text, encoding="utf-8")
    services.start("cups.service")


def test_cups_takes_no_job_without_a_name(cups):
    assert ipp(PRINT_JOB, document=b"x")[0] == 200
    with services.demanded("ProhibitGuestUsers"):
        services.wait_setting("GuestUsers", False)
        assert ipp(PRINT_JOB, document=b"x")[0] == 401
        assert services.succeeds("lp", "-d", "lab", "/etc/hostname")
    assert printer.wait_until(lambda: ipp(PRINT_JOB, document=b"x")[0] == 200, 20)


def test_cups_holds_jobs(cups):
    printer.run("cancel", "-a", "-x")
    services.succeeds("lp", "-d", "lab", "/etc/hostname")
    assert printer.wait_until(lambda: not jobs(), 20), jobs()
    with services.demanded("ProhibitImmediatePrinting"):
        printer.run("lp", "-d", "lab", "/etc/hostname")
        assert ipp(PRINT_JOB, document=b"x")[0] == 200
        assert not printer.wait_until(lambda: len(jobs()) != 2, 3)
        first = jobs()[0].split()[0]
        printer.run("lp", "-i", first, "-H", "resume")
        assert printer.wait_until(lambda: len(jobs()) == 1, 20)
    printer.run("cancel", "-a", "-x")
    printer.wait_until(lambda: "holding" not in services.output("lpstat", "-p"), 20)
    printer.run("lp", "-d", "lab", "/etc/hostname")
    assert printer.wait_until(lambda: not jobs(), 20)


def shakes_hands(version):
    told = services.output(
        *("openssl", "s_client", "-connect", "127.0.0.1:631", f"-{version}"),
        *("-cipher", "ALL:@SECLEVEL=0"),
        input="",
    )
    return "Cipher is (NONE)" not in told and "Cipher is" in told


def test_cups_has_a_floor_under_tls(cups):
    assert shakes_hands("tls1_1") and shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert printer.wait_until(lambda: shakes_hands("tls1_2"), 20)
        assert not shakes_hands("tls1_1")
    assert printer.wait_until(lambda: shakes_hands("tls1_1"), 20)


# Samba


@pytest.fixture(scope="module")
def samba():
    services.append("/etc/samba/smb.conf", "[open]\n   path = /var/tmp\n   guest ok = yes\n")
    printer.run("useradd", "--create-home", "carl")
    printer.run("smbpasswd", "-s", "-a", "carl", input="secret\nsecret\n")
    services.start("smbd")
    printer.wait_until(lambda: listens(445), 20)

    def connect(user, *options):
        told = services.output(
            "smbclient", "//127.0.0.1/open", "-U", user, *options, "-c", "ls"
        )
        return "blocks of size" in told

    return connect


def demands_signatures():
    """What the server answers to an SMB2 NEGOTIATE: bit 1 of its security mode."""
    header = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16x", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    body = struct.pack("<HHHHI16x8xH", 36, 1, 1, 0, 0, 0x0302)
    with socket.create_connection(("127.0.0.1", 445), 20) as connection:
        connection.sendall(struct.pack(">I", len(header + body)) + header + body)
        answer = connection.makefile("rb").read(4 + 64 + 4)
    return bool(struct.unpack_from("<H", answer, 4 + 64 + 2)[0] & 2)


def test_samba_demands_a_name_and_signatures(samba):
    assert samba("carl%secret") and samba("nobody-we-know%x")
    assert not demands_signatures()
    with services.demanded("AlwaysVerifySignatures", profile=PROFILE):
        assert samba("carl%secret")
        assert demands_signatures()
        assert not samba("nobody-we-know%x")
    assert printer.wait_until(lambda: samba("nobody-we-know%x"), 20)
    assert not demands_signatures()


# Postfix and vsftpd


@pytest.fixture(scope="module")
def certificate():
    folder = pathlib.Path("/etc/ssl")
    (folder / "private").mkdir(exist_ok=True)
    services.make_certificate(
        folder / "certs/ssl-cert-snakeoil.pem", folder / "private/ssl-cert-snakeoil.key", "printer"
    )


def answer_for_dovecot(path):
    """Who knows passwords, as far as Postfix asks when it says what it offers."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    shutil.chown(path, "postfix", "postfix")
    lines = ("VERSION\t1\t1", "MECH\tPLAIN\tplaintext", "SPID\t1", "CUID\t1", "COOKIE\tx", "DONE")
    connections = []

    def serve():
        while True:
            connections.append(listener.accept()[0])
            connections[-1].sendall("".join(f"{line}\n" for line in lines).encode())

    threading.Thread(target=serve, daemon=True).start()


@pytest.fixture(scope="module")
def postfix(certificate):
    # Its instances are made by a generator.
    generators = pathlib.Path("/etc/systemd/system-generators")
    (generators / "postfix-instance-generator").unlink(missing_ok=True)
    printer.run("systemctl", "daemon-reload")
    printer.run("newaliases")
    services.append(
        "/etc/postfix/main.cf",
        "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
        "smtpd_sasl_path = private/auth\n",
    )
    answer_for_dovecot("/var/spool/postfix/private/auth")
    services.start("postfix")
    printer.wait_until(lambda: listens(25), 20)


def offers(words, tls=False):
    try:
        with smtplib.SMTP("127.0.0.1", 25, timeout=20) as server:
            if tls:
                server.starttls()
            return words in server.ehlo()[1].decode()
    except (OSError, smtplib.SMTPException):
        return False


def test_postfix_receives_no_mail_and_still_sends(postfix):
    assert listens(25)
    with services.demanded("RestrictSmtpPort"):
        services.wait_setting("SmtpReception", False)
        assert not listens(25)
        assert offers("PIPELINING")
    assert printer.wait_until(lambda: listens(25), 20)


def ftp_login():
    try:
        with ftplib.FTP("127.0.0.1", timeout=20) as server:
            return server.login("carl", "secret")
    except (OSError, EOFError, ftplib.Error) as error:
        return str(error)


def ftp_login_tls():
    context = ssl._create_unverified_context()
    with ftplib.FTP_TLS("127.0.0.1", timeout=20, context=context) as server:
        return server.login("carl", "secret")


def test_passwords_go_through_tls_or_not_at_all(postfix, samba, cups):
    printer.run("chpasswd", input="carl:secret\n")
    services.start("vsftpd")
    assert offers("AUTH PLAIN") and offers("AUTH PLAIN", tls=True)
    assert ftp_login().startswith("230")
    with services.demanded("ProhibitCleartextAuthentication", profile=PROFILE):
        assert not offers("AUTH") and offers("AUTH PLAIN", tls=True)
        assert "530 Non-anonymous sessions must use encryption" in ftp_login()
        assert ftp_login_tls().startswith("230")
    assert printer.wait_until(lambda: offers("AUTH PLAIN"), 20)
    assert printer.wait_until(lambda: ftp_login().startswith("230"), 20)
