# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and programs that ask servers: certificates, kept passwords, idle sessions."""

import pathlib

import pytest

import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

SUFFIX = "dc=lab,dc=example"
# Two names of one server, of which its certificate knows the first.
NAME, ALIAS = "directory.example", "elsewhere.example"
PLAIN, SECURE = f"ldap://{NAME}:3389", f"ldaps://{NAME}:6636"
LAB = pathlib.Path("/var/lib/lab")
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
# What no service here asks: mail has tests of its own.
PROFILE = "[Functions]\nCloudPrint=no\nMailReceiving=no\nMailSending=no\n"
VERIFY = "AlwaysVerifyServerCertificate"


@pytest.fixture(scope="module")
def certificate():
    """Of the server's name, and vouched for."""
    LAB.mkdir(mode=0o755)
    services.append("/etc/hosts", f"127.0.0.1 {NAME} {ALIAS}\n")
    services.make_certificate(LAB / "server.pem", LAB / "server.key", NAME)
    services.make_certificate(LAB / "other.pem", LAB / "other.key", "other")
    printer.run("chmod", "644", LAB / "server.key")
    AUTHORITIES.write_bytes((LAB / "server.pem").read_bytes())


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
        printer.wait_until(lambda: not (LAB / "slapd.pid").exists(), services.SECONDS)

    run()
    yield stop
    if (LAB / "slapd.pid").exists():
        stop()


SSSD = """[sssd]
services = nss, pam
domains = lab

[domain/lab]
id_provider = ldap
ldap_uri = {}
ldap_search_base = {}
cache_credentials = True
ldap_tls_reqcert = never
ldap_id_use_start_tls = True
access_provider = permit
"""


@pytest.fixture
def sssd(directory):
    services.write("/etc/pam.d/lab", "auth required pam_sss.so\naccount required pam_sss.so\n")

    def begin(uri):
        services.write("/etc/sssd/sssd.conf", SSSD.format(uri, SUFFIX), 0o600)
        services.start("sssd")

    return begin


def logs_in():
    return services.succeeds("pamtester", "lab", "dora", "authenticate", input="secret\n")


def finds(uri=SECURE):
    command = ("ldapsearch", "-x", "-H", uri, "-b", SUFFIX, "uid=dora")
    return "uidNumber: 5000" in services.output(*command)


def test_no_directory_is_asked_that_is_not_who_it_should_be(sssd):
    configuration = pathlib.Path("/etc/ldap/ldap.conf")
    text = configuration.read_text(encoding="utf-8")
    services.append(configuration, "TLS_REQCERT never\n")

    def answers():
        """Of the right server, by a name that is not in its certificate, and unknown."""
        found = [finds(), finds(SECURE.replace(NAME, ALIAS))]
        AUTHORITIES.write_bytes((LAB / "other.pem").read_bytes())
        found.append(finds())
        AUTHORITIES.write_bytes((LAB / "server.pem").read_bytes())
        return found

    sssd(PLAIN.replace(NAME, ALIAS))
    assert printer.wait_until(finds, services.SECONDS)
    assert answers() == [True, True, True]
    assert printer.wait_until(logs_in, 20, 0.5)
    with services.demanded(VERIFY, profile=PROFILE):
        assert answers() == [True, False, False]
        # Nor does it know who has logged in before.
        printer.run("find", "/var/lib/sss/db", "-name", "cache_*", "-delete")
        services.start("sssd")
        assert not printer.wait_until(logs_in, 3, 0.5)
    assert answers() == [True, True, True]
    assert printer.wait_until(logs_in, 20, 0.5)
    configuration.write_text(text, encoding="utf-8")


def test_sssd_keeps_no_password(sssd, directory):
    sssd(PLAIN)
    assert printer.wait_until(logs_in, 20, 0.5)
    services.snapshot()
    directory()
    services.start("sssd")
    assert printer.wait_until(logs_in, 20, 0.5), "it keeps none anyway"
    with services.demanded("ProhibitPasswordCaching"):
        assert not printer.wait_until(logs_in, 3, 0.5)

        # A file that counts more, which is not the agent's.
        lab = pathlib.Path("/etc/sssd/conf.d/lab.conf")
        services.write(lab, "[domain/lab]\ncache_credentials = true\n", 0o600)
        services.wait_setting("ExternalPasswordCaching", True)
        lab.unlink()
        services.wait_enforced("ProhibitPasswordCaching")
    assert printer.wait_until(logs_in, 20, 0.5)


# Sessions


def test_logind_tells_when_idle_sessions_end():
    printer.run("systemctl", "unmask", "systemd-logind")
    services.start("systemd-logind")
    with services.demanded("ForceAutoLogout", AutoLogoutSec=60, enforced=["ForceAutoLogout"]):
        told = services.output(
            *("busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1"),
            *("org.freedesktop.login1.Manager", "StopIdleSessionUSec"),
        )
        assert told.split() == ["t", "60000000"]
