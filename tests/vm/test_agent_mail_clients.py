# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and programs that hand mail to a server or fetch it from one: only one that is who it
should be."""

import pathlib
import shutil

import pytest

import mail
import printer
import services
from mail import AUTHORITIES, BOXES, KINDS, PORTS

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

PROFILE = "[Functions]\nCloudPrint=no\nLdapAuth=no\n"


@pytest.fixture(scope="module", autouse=True)
def certificates():
    mail.make_certificates()


ACCOUNT = """account {0}
host localhost
port {1}
from printer@lab.example
tls on
tls_trust_file /etc/ssl/certs/ca-certificates.crt
tls_certcheck off
"""


@pytest.fixture
def msmtp():
    """To which servers mail is given."""
    accounts = "".join(ACCOUNT.format(kind, port) for kind, port in PORTS.items())
    services.write("/etc/msmtprc", f"# Ours\n{accounts}account default : right\n")
    servers = {kind: mail.MailServer(kind) for kind in KINDS}

    def arrives(kind):
        before = len(servers[kind].received)
        services.output("msmtp", "-a", kind, "office@lab.example", input="Subject: x\n\nx\n")
        return len(servers[kind].received) > before

    yield lambda: {kind for kind in KINDS if arrives(kind)}
    pathlib.Path("/etc/msmtprc").unlink()


ENTRY = (
    'poll {0} via localhost protocol pop3 port {1} user "printer" password "secret" ssl'
    f" no sslcertck sslcertfile {AUTHORITIES} mda /bin/true\n"
)


DEFAULTS = pathlib.Path("/etc/default/fetchmail")


@pytest.fixture
def fetchmail():
    """To which servers it logs in when it starts."""
    boxes = {kind: mail.MailBox(kind) for kind in KINDS}
    text = "".join(ENTRY.format(kind, port) for kind, port in BOXES.items())
    services.write("/etc/fetchmailrc", text, 0o600)
    shutil.chown("/etc/fetchmailrc", "fetchmail")
    services.append(DEFAULTS, "START_DAEMON=yes\n")
    # Its unit is made from its script.
    generators = pathlib.Path("/etc/systemd/system-generators")
    (generators / "systemd-sysv-generator").unlink(missing_ok=True)
    printer.run("systemctl", "daemon-reload")

    def asked():
        for box in boxes.values():
            box.logins.clear()
        services.start("fetchmail")
        printer.wait_until(lambda: boxes["right"].logins, services.SECONDS)
        printer.wait_until(lambda: all(box.logins for box in boxes.values()), 2)
        return {kind for kind in KINDS if boxes[kind].logins}

    yield asked
    printer.run("systemctl", "stop", "fetchmail")
    pathlib.Path("/etc/fetchmailrc").unlink()


IN_THE_CLEAR = (
    (
        "/etc/msmtprc",
        "account clear\nhost localhost\nfrom printer@lab.example\ntls off\ntls_certcheck on\n",
        "SmtpVerifyCertificate",
    ),
    (
        "/etc/fetchmailrc",
        "poll clear via localhost protocol pop3 port 9959 user printer password secret\n",
        "PopVerifyCertificate",
    ),
)


def test_mail_goes_to_and_comes_from_nobody_who_is_not_who_he_should_be(msmtp, fetchmail):
    assert msmtp() == KINDS and fetchmail() == KINDS
    with services.demanded("AlwaysVerifyServerCertificate", profile=PROFILE):
        assert msmtp() == {"right"} and fetchmail() == {"right"}

        # Options that others put behind come before those of the policy.
        others = 'OPTIONS="--nosslcertck"\n'
        services.append(DEFAULTS, others)
        assert printer.wait_until(lambda: fetchmail() == {"right"}, 30)
        text = DEFAULTS.read_text(encoding="utf-8")
        DEFAULTS.write_text(text.replace(others, ""), encoding="utf-8")
        services.wait_enforced("AlwaysVerifyServerCertificate")
        for path, text, setting in IN_THE_CLEAR:
            with services.changed(path, text.__add__):
                services.wait_reason(setting, "without TLS")
            services.wait_enforced("AlwaysVerifyServerCertificate")
    assert msmtp() == KINDS and fetchmail() == KINDS
