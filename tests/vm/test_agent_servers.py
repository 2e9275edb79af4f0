# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and programs that ask servers: certificates, kept passwords, time."""

import pathlib
import socket
import ssl
import subprocess
import threading
import time

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 400}

SUFFIX = "dc=lab,dc=example"
PLAIN, SECURE = "ldap://localhost:3389", "ldaps://localhost:6636"
LAB = pathlib.Path("/var/lib/lab")
VERIFY = "AlwaysVerifyServerCertificate"


@pytest.fixture(scope="module")
def certificate():
    """Of a server that nobody vouches for."""
    LAB.mkdir(mode=0o755)
    services.make_certificate(LAB / "server.pem", LAB / "server.key", "localhost")
    printer.run("chmod", "644", LAB / "server.key")
    # The only one that is vouched for is another.
    services.make_certificate("/etc/ssl/certs/ca-certificates.crt", LAB / "other.key", "other")


# TLS


def test_gnutls_goes_below_no_floor(certificate):
    old = ("-port", "4433", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-quiet")
    keys = ("-cert", LAB / "server.pem", "-key", LAB / "server.key")
    with subprocess.Popen(["openssl", "s_server", *old, *keys], stdin=subprocess.PIPE) as server:

        def shakes_hands():
            told = services.output(
                *("gnutls-cli", "--insecure", "-p", "4433", "localhost"),
                *("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.1"),
                input="",
            )
            return "Handshake was completed" in told

        try:
            assert printer.wait_until(shakes_hands, 20)
            with services.demanded("ProhibitWeakEncryption"):
                assert not shakes_hands()
            assert shakes_hands()
        finally:
            server.kill()


def test_openssl_goes_below_no_floor(certificate):
    serve = ("openssl", "s_server", "-port", "4434", "-cipher", "ALL:@SECLEVEL=0", "-quiet")
    keys = ("-cert", LAB / "server.pem", "-key", LAB / "server.key")

    def shakes_hands(version):
        """With a server that asks for no version."""
        connect = ("openssl", "s_client", "-connect", "127.0.0.1:4434", f"-{version}")
        with subprocess.Popen([*serve, *keys], stdin=subprocess.PIPE) as server:
            printer.wait_until(lambda: services.output("ss", "-Hltn", "sport = :4434"), 20)
            told = services.output(*connect, "-cipher", "ALL:@SECLEVEL=0", input="")
            server.kill()
        return "Cipher is" in told and "Cipher is (NONE)" not in told

    assert shakes_hands("tls1_1") and shakes_hands("tls1_2")
    with services.demanded("ProhibitWeakEncryption"):
        assert not shakes_hands("tls1_1") and shakes_hands("tls1_2")
    assert shakes_hands("tls1_1")


# Mail


class MailServer:
    """Takes mail after STARTTLS only; `received` has one entry for each."""

    def __init__(self, port):
        self.received = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(LAB / "server.pem", LAB / "server.key")
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            threading.Thread(
                target=self._serve, args=(self._listener.accept()[0],), daemon=True
            ).start()

    def _serve(self, connection):
        try:
            if self._talk(connection, tls=False) == "STARTTLS":
                secure = self._context.wrap_socket(connection, server_side=True)
                self._talk(secure, tls=True)
        except OSError:
            pass

    def _talk(self, connection, tls):
        if not tls:
            connection.sendall(b"220 lab ESMTP\r\n")
        file = connection.makefile("rb")
        while line := file.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "STARTTLS":
                connection.sendall(b"220 go on\r\n")
                return word
            if word == "EHLO":
                connection.sendall(b"250 lab\r\n" if tls else b"250-lab\r\n250 STARTTLS\r\n")
            elif word == "MAIL" and not tls:
                connection.sendall(b"530 STARTTLS first\r\n")
            elif word == "DATA":
                connection.sendall(b"354 go on\r\n")
                while file.readline() != b".\r\n":
                    pass
                self.received.append(time.monotonic())
                connection.sendall(b"250 taken\r\n")
            elif word == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return word
            else:
                connection.sendall(b"250 yes\r\n")
        return ""


@pytest.fixture(scope="module")
def mail_server(certificate):
    return MailServer(2525)


def test_msmtp_sends_to_no_server_that_nobody_vouches_for(mail_server):
    services.write(
        "/etc/msmtprc",
        "# Ours\naccount lab\nhost localhost\nport 2525\nfrom printer@lab.example\ntls on\n"
        "tls_certcheck off\naccount default : lab\n",
    )

    def send():
        return services.output("msmtp", "office@lab.example", input="Subject: x\n\nx\n")

    assert send() == "" and len(mail_server.received) == 1
    services.snapshot()
    services.demand(VERIFY)
    services.wait_setting("SmtpVerifyCertificate", True)
    assert "certificate" in send() and len(mail_server.received) == 1
    services.free()
    assert send() == "" and len(mail_server.received) == 2
    pathlib.Path("/etc/msmtprc").unlink()


@pytest.fixture
def postfix(mail_server):
    # Its instances are made by a generator.
    generators = pathlib.Path("/etc/systemd/system-generators")
    (generators / "postfix-instance-generator").unlink(missing_ok=True)
    printer.run("systemctl", "daemon-reload")
    printer.run("newaliases")
    printer.run(
        *("postconf", "-e", "relayhost = [127.0.0.1]:2525", "smtp_tls_security_level = encrypt"),
    )
    services.start("postfix")
    yield
    printer.run("systemctl", "stop", "postfix")


def test_postfix_sends_to_no_server_that_nobody_vouches_for(postfix, mail_server):
    def send():
        """Whether it arrives."""
        before = len(mail_server.received)
        services.output("sendmail", "office@lab.example", input="Subject: x\n\nx\n")
        printer.wait_until(
            lambda: len(mail_server.received) > before
            or "not verified" in services.output("postqueue", "-p"),
            20,
        )
        arrived = len(mail_server.received) > before
        services.output("postsuper", "-d", "ALL")
        return arrived

    assert send()
    services.snapshot()
    services.demand(VERIFY)
    services.wait_setting("SmtpVerifyCertificate", True)
    services.wait_setting("SmtpVerifyCommonName", True)
    assert not send()
    services.free()
    assert printer.wait_until(send, 60)


# LDAP


@pytest.fixture(scope="module")
def directory(certificate):
    """A server with one account; starts and stops it."""
    database = LAB / "ldap"
    database.mkdir()
    services.write(
        LAB / "slapd.conf",
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        "include /etc/ldap/schema/nis.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
        f"pidfile {LAB}/slapd.pid\nTLSCertificateFile {LAB}/server.pem\n"
        f"TLSCertificateKeyFile {LAB}/server.key\ndatabase mdb\nsuffix {SUFFIX}\n"
        f"rootdn cn=admin,{SUFFIX}\nrootpw admin\ndirectory {database}\n",
    )
    services.write(
        LAB / "content.ldif",
        f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: lab\ndc: lab\n\n"
        f"dn: uid=dora,{SUFFIX}\nobjectClass: account\nobjectClass: posixAccount\nuid: dora\n"
        "cn: dora\nuidNumber: 5000\ngidNumber: 5000\nhomeDirectory: /home/dora\n"
        "userPassword: secret\n",
    )
    printer.run("slapadd", "-f", LAB / "slapd.conf", "-l", LAB / "content.ldif")

    def run():
        printer.run("slapd", "-f", LAB / "slapd.conf", "-h", f"{PLAIN} {SECURE}")

    def stop():
        services.output("sh", "-c", f"kill $(cat {LAB}/slapd.pid)")
        printer.wait_until(lambda: not (LAB / "slapd.pid").exists(), 20)

    run()
    yield stop
    if (LAB / "slapd.pid").exists():
        stop()


def test_ldap_clients_ask_no_server_that_nobody_vouches_for(directory):
    configuration = pathlib.Path("/etc/ldap/ldap.conf")
    text = configuration.read_text(encoding="utf-8")
    services.append(configuration, "TLS_REQCERT never\n")

    def search():
        command = ("ldapsearch", "-x", "-H", SECURE, "-b", SUFFIX, "uid=dora")
        return "uidNumber: 5000" in services.output(*command)

    assert printer.wait_until(search, 20)
    services.snapshot()
    services.demand(VERIFY)
    services.wait_setting("LdapSearchVerifyCertificate", True)
    services.wait_setting("LdapSearchVerifyCommonName", True)
    assert not search()
    services.free()
    assert search()
    configuration.write_text(text, encoding="utf-8")


def test_sssd_keeps_no_password(directory):
    services.write(
        "/etc/sssd/sssd.conf",
        "[sssd]\nservices = nss, pam\ndomains = lab\n\n[domain/lab]\nid_provider = ldap\n"
        f"ldap_uri = {PLAIN}\nldap_search_base = {SUFFIX}\ncache_credentials = True\n"
        "ldap_tls_reqcert = never\nldap_id_use_start_tls = True\naccess_provider = permit\n",
        0o600,
    )
    services.write("/etc/pam.d/lab", "auth required pam_sss.so\naccount required pam_sss.so\n")
    services.start("sssd")

    def logs_in():
        return services.succeeds("pamtester", "lab", "dora", "authenticate", input="secret\n")

    assert printer.wait_until(logs_in, 20, 0.5)
    services.snapshot()
    directory()
    services.start("sssd")
    assert printer.wait_until(logs_in, 20, 0.5), "it keeps none anyway"
    with services.demanded("ProhibitPasswordCaching"):
        assert not printer.wait_until(logs_in, 3, 0.5)
    assert printer.wait_until(logs_in, 20, 0.5)


# Time and sessions


def test_chrony_asks_the_server_of_the_policy_alone():
    services.start("chrony")

    def sources():
        lines = services.output("chronyc", "-c", "-N", "sources").splitlines()
        return [line.split(",")[2] for line in lines if line.count(",") > 2]

    with services.demanded("ForceSntp", SntpServer="127.0.0.2", enforced=["ForceSntp"]):
        assert sources() == ["127.0.0.2"]
    assert printer.wait_until(lambda: "127.0.0.2" not in sources(), 20)
    printer.run("systemctl", "stop", "chrony")


def test_logind_tells_when_idle_sessions_end():
    printer.run("systemctl", "unmask", "systemd-logind")
    services.start("systemd-logind")
    with services.demanded("ForceAutoLogout", AutoLogoutSec=60, enforced=["ForceAutoLogout"]):
        told = services.output(
            *("busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1"),
            *("org.freedesktop.login1.Manager", "StopIdleSessionUSec"),
        )
        assert told.split() == ["t", "60000000"]
