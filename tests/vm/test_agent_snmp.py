# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent and the SNMP agent of net-snmp: who asks in which version gets an answer."""

import cable
import printer
import services

GUEST = {"root": "services", "kernels": ["6.1"], "timeout": 1200}

V1, V2C = ("-v1", "-cpublic"), ("-v2c", "-cpublic")
V3 = ("-v3", "-utester", "-lauthPriv", "-aSHA", "-Aauthenticate", "-xAES", "-Xprivately")
LAB = "/etc/snmp/snmpd.conf.d/zz-lab.conf"


def snmp(version):
    return "STRING" in services.output(
        "snmpget", *version, "-t1", "-r0", "127.0.0.1", "1.3.6.1.2.1.1.1.0"
    )


def test_snmpd_answers_to_version_3_alone():
    text = "createUser tester SHA authenticate AES privately\nrouser tester authPriv\n"
    services.write(LAB, text)
    services.start("snmpd")
    assert snmp(V1) and snmp(V2C) and snmp(V3)
    with services.demanded("ProhibitSnmpV1"):
        services.wait_setting("SnmpV1", False)
        services.wait_setting("SnmpV2c", False)
        assert not snmp(V1) and not snmp(V2C)
        assert snmp(V3)

        # A file that is read later switches it on again.
        services.write(LAB, text + "[snmp] disableSNMPv1 no\n")
        services.start("snmpd")
        services.wait_reason("SnmpV1", "switches version 1 on")
        assert snmp(V1)
        services.write(LAB, text)
        services.start("snmpd")
        services.wait_setting("SnmpV1", False)
    assert printer.wait_until(lambda: snmp(V1) and snmp(V2C) and snmp(V3), services.SECONDS)


def test_snmpd_answers_to_version_3_alone_where_it_reads_no_drop_ins():
    services.write("/etc/snmp/snmpd.conf", "rocommunity our-own\n")
    services.start("snmpd")
    own = ("-v2c", "-cour-own")
    assert snmp(own)
    with services.demanded("ProhibitSnmpV1"):
        services.wait_setting("SnmpV2c", False)
        assert not snmp(own)
    assert printer.wait_until(lambda: snmp(own), services.SECONDS)


def test_snmpd_that_cannot_be_asked_on_the_device_is_not_believed():
    """It listens on one address alone, and reads a file that nobody looks for."""
    cable.plug()
    services.write("/run/lab-snmpd.conf", "[snmp] disableSNMPv1 no\n")
    services.write(LAB, "includeFile /run/lab-snmpd.conf\n")
    services.write(
        "/etc/snmp/snmpd.conf",
        f"agentaddress udp:{cable.ADDRESS}:161\nrocommunity our-own\n"
        "includeDir /etc/snmp/snmpd.conf.d\n",
    )
    services.start("snmpd")
    own = ("snmpget", "-v1", "-cour-own", "-t1", "-r0", cable.ADDRESS, "1.3.6.1.2.1.1.1.0")
    assert "STRING" in services.output(*own)
    with services.demanded("ProhibitSnmpV1", enforced=[]):
        services.wait_reason("SnmpV1", "cannot be asked")
        assert "STRING" in services.output(*own)
        # None that is asked is none that answers.
        printer.run("systemctl", "stop", "snmpd")
        services.wait_enforced("ProhibitSnmpV1")
