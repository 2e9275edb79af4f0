# SPDX-License-Identifier: GPL-2.0-or-later
"""Policy documents and device profiles as administrators and makers write them."""

CATEGORIES = {
    "Interface": """ProhibitDirectConnection ProhibitWirelessLan ProhibitUsbDevice
        ProhibitUsbStorage""",
    "Network": """AlwaysVerifySignatures AlwaysVerifyServerCertificate
        ProhibitCleartextAuthentication ProhibitSnmpV1 RestrictLpdPort RestrictRawPort
        RestrictFtpPort RestrictWsdPort RestrictBmlinksPort RestrictIppPort RestrictSmbPort
        RestrictSmtpPort RestrictDedicatedPort RestrictRemoteOperatorPort RestrictSipPort
        RestrictMdnsPort RestrictSlpPort RestrictSnmpPort""",
    "Authentication": """ProhibitGuestUsers ForceAutoLogout ProhibitPasswordCaching
        WarnDefaultPassword ProhibitRemoteDefaultPassword MinimumPasswordLength
        PasswordValidityDays ProhibitRepeatedCharacters RequireUppercase RequireLowercase
        RequireDigit RequireSymbol EnableLockout""",
    "KeyCertificate": "ProhibitWeakEncryption ProhibitWeakKeys UseTpm",
    "Log": "ForceAuditLog ForceSntp",
    "Job": """ProhibitImmediatePrinting AllowRegisteredAddressesOnly ForceFaxNumberConfirmation
        ProhibitAutoForwarding""",
    "Storage": "ForceCompleteDeletion",
}
ITEMS = [item for items in CATEGORIES.values() for item in items.split()]
CHILDREN = {
    "AutoLogoutSec": "Authentication",
    "LockoutThreshold": "Authentication",
    "LockoutPeriodMin": "Authentication",
    "SntpServer": "Log",
}
PORTS = {
    "RestrictLpdPort": [515],
    "RestrictRawPort": [9100],
    "RestrictFtpPort": [21],
    "RestrictWsdPort": [3702, 60000],
    "RestrictBmlinksPort": [1900],
    "RestrictIppPort": [631],
    "RestrictSmbPort": [137, 138, 139, 445],
    "RestrictSmtpPort": [25],
    "RestrictDedicatedPort": [
        9002,
        9006,
        9007,
        *range(9011, 9016),
        *range(9017, 9020),
        9022,
        9023,
        9025,
        20317,
        *range(47545, 47548),
    ],
    "RestrictRemoteOperatorPort": [5900],
    "RestrictSipPort": [5004, 5005, 5060, 5061, 49152],
    "RestrictMdnsPort": [5353],
    "RestrictSlpPort": [427],
    "RestrictSnmpPort": [161],
}


def policy(*items, name="Test", serial=1, **values):
    """A document asking for the flag items named, and for `values` where an item takes one."""
    wanted = {item: "yes" for item in items} | {key: str(value) for key, value in values.items()}
    lines = ["[Policy]", "FormatVersion=1", f"Name={name}", f"Serial={serial}"]
    for category, members in CATEGORIES.items():
        keys = members.split() + [key for key, home in CHILDREN.items() if home == category]
        asked = [key for key in keys if key in wanted]
        if asked:
            lines += ["", f"[{category}]"] + [f"{key}={wanted.pop(key)}" for key in asked]
    if wanted:
        raise ValueError(f"no such item: {', '.join(wanted)}")
    return "\n".join(lines) + "\n"


def profile(**groups):
    """A device profile: profile(Ports={"RestrictIppPort": "8000-8999/tcp"})."""
    return "".join(
        f"[{group}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())
        for group, keys in groups.items()
    )
