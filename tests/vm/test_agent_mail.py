# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and Postfix: whom it takes mail and passwords from, and whom it gives mail to."""

import pathlib
import shutil
import smtplib
import socket
import threading
import time

import pytest

import mail
import printer
import services
from mail import AUTHORITIES, KINDS, LAB, PORTS

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

# What has no stock service, or none here; a vendor's own program answers for it.
PROFILE = "[Functions]\nCloudPrint=no\nDedicatedPort=no\nLdapAuth=no\nMailReceiving=no\n"


@pytest.fixture(scope="module")
def servers():
    mail.make_certificates()
    return {kind: mail.MailServer(kind) for kind in KINDS}


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
def postfix(servers):
    # Its instances are made by a generator.
    generators = pathlib.Path("/etc/systemd/system-generators")
    (generators / "postfix-instance-generator").unlink(missing_ok=True)
    printer.run("systemctl", "daemon-reload")
    printer.run("newaliases")
    services.append(
        "/etc/postfix/main.cf",
        "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
        "smtpd_sasl_path = private/auth\nsmtp_tls_security_level = encrypt\n"
        f"smtpd_tls_cert_file = {LAB}/right.pem\nsmtpd_tls_key_file = {LAB}/right.key\n"
        f"smtp_tls_CAfile = {AUTHORITIES}\nsmtp_host_lookup = native\n"
        "transport_maps = inline:{"
        + ", ".join(f"{kind}.example=smtp:[localhost]:{port}" for kind, port in PORTS.items())
        + "}\n",
    )
    answer_for_dovecot("/var/spool/postfix/private/auth")
    services.start("postfix")
    printer.wait_until(lambda: listens(25), services.SECONDS)


def listens(port):
    """Beyond the loopback interface."""
    lines = services.output("ss", "-Hltn", f"sport = :{port}").splitlines()
    return any(not line.split()[3].startswith(("127.", "[::1]")) for line in lines)


def offers(words, tls=False):
    try:
        with smtplib.SMTP("127.0.0.1", 25, timeout=20) as server:
            if tls:
                server.starttls()
            return words in server.ehlo()[1].decode()
    except (OSError, smtplib.SMTPException):
        return False


def arrives(servers, *kinds):
    """To which of these servers mail is given."""
    before = {kind: len(servers[kind].received) for kind in kinds}
    for kind in kinds:
        services.output("sendmail", f"office@{kind}.example", input="Subject: x\n\nx\n")

    def is_settled(kind):
        return len(servers[kind].received) > before[kind] or (
            f"@{kind}.example" in refused.partition("(")[2]
        )

    for _ in range(100):
        refused = services.output("postqueue", "-p")
        if all(map(is_settled, kinds)):
            break
        time.sleep(0.2)
    given = {kind for kind in kinds if len(servers[kind].received) > before[kind]}
    services.output("postsuper", "-d", "ALL")
    return given


def shakes_hands(version):
    told = services.output(
        *("openssl", "s_client", "-connect", "127.0.0.1:25", "-starttls", "smtp", f"-{version}"),
        *("-cipher", "ALL:@SECLEVEL=0"),
        input="",
    )
    return "Cipher is (NONE)" not in told and "Cipher is" in told


ITEMS = (
    *("RestrictSmtpPort", "ProhibitCleartextAuthentication"),
    *("AlwaysVerifyServerCertificate", "ProhibitWeakEncryption"),
)


# What a service may say for itself, and what is told of it.
LAXER = (
    ("smtp_tls_security_level=may", "relay/unix"),
    (f"smtp_tls_policy_maps=texthash:{LAB}/sites", "branch.example may"),
)


def test_postfix_receives_nothing_and_gives_mail_to_nobody_unknown(postfix, servers):
    assert listens(25) and shakes_hands("tls1_1")
    assert offers("AUTH PLAIN") and offers("AUTH PLAIN", tls=True)
    assert arrives(servers, *KINDS) == KINDS
    with services.demanded(*ITEMS, profile=PROFILE):
        services.wait_setting("SmtpReception", False)
        services.wait_setting("SmtpVerifyCertificate", True)
        assert not listens(25)
        assert shakes_hands("tls1_2") and not shakes_hands("tls1_1")
        assert offers("PIPELINING") and not offers("AUTH") and offers("AUTH PLAIN", tls=True)
        assert arrives(servers, *KINDS) == {"right"}

        # A service of its own in master.cf, and a destination of its own in a table.
        services.write(LAB / "sites", "branch.example may\n")
        for option, reason in LAXER:
            line = f"relay unix - - n - - smtp\n  -o {option}\n"
            with services.changed("/etc/postfix/master.cf", lambda text: text + line):
                services.wait_reason("SmtpVerifyCertificate", reason)
            services.wait_setting("SmtpVerifyCertificate", True)
    assert printer.wait_until(lambda: listens(25) and offers("AUTH PLAIN"), 60)
    assert printer.wait_until(lambda: arrives(servers, *KINDS) == KINDS, 60)
