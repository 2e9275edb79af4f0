/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/catalog.h"

#define LIST(field, type, ...)                                                                     \
    .field = (const type[]){__VA_ARGS__},                                                          \
    .n_##field = sizeof((const type[]){__VA_ARGS__}) / sizeof(type)
#define PORTS(...)      LIST(ports, PortRange, __VA_ARGS__)
#define PARAMETERS(...) LIST(parameters, CatalogParameter, __VA_ARGS__)
#define SETTINGS(...)   LIST(settings, ForcedSetting, __VA_ARGS__)

/* A setting that accompanies a kernel effect, and one that has to be confirmed. */
#define LOCKED(name, value)                                                                        \
    {                                                                                              \
        .setting = (name), .constant = (value)                                                     \
    }
#define MUST(name, value)                                                                          \
    {                                                                                              \
        .setting = (name), .constant = (value), .must_confirm = TRUE                               \
    }

/* The same with the number of the item or the value of its parameter. */
#define MUST_NUMBER(name)                                                                          \
    {                                                                                              \
        .setting = (name), .must_confirm = TRUE                                                    \
    }
#define MUST_PARAMETER(name, key)                                                                  \
    {                                                                                              \
        .setting = (name), .parameter = (key), .must_confirm = TRUE                                \
    }

#define PORT(number)                                                                               \
    {                                                                                              \
        (number), (number)                                                                         \
    }

#define WIRELESS      .category = CATEGORY_INTERFACE, .group = "Wireless Connection Policy"
#define USB           .category = CATEGORY_INTERFACE, .group = "USB Policy"
#define COMMUNICATION .category = CATEGORY_NETWORK, .group = "Communication Operational Policy"
#define PORT_USAGE    .category = CATEGORY_NETWORK, .group = "Port Usage Policy"
#define AUTHENTICATION                                                                             \
    .category = CATEGORY_AUTHENTICATION, .group = "Authentication Operational Policy"
#define PASSWORD_OPERATION                                                                         \
    .category = CATEGORY_AUTHENTICATION, .group = "Password Operational Policy"
#define PASSWORD_SETTINGS .category = CATEGORY_AUTHENTICATION, .group = "Password Settings Policy"
#define LOCKOUT           .category = CATEGORY_AUTHENTICATION, .group = "Lockout Policy"
#define PRINTING          .category = CATEGORY_JOB, .group = "Printing Policy"
#define SENDING           .category = CATEGORY_JOB, .group = "Sending/Receiving Policy"

const CatalogItem catalog_items[] = {
    {
        .key = "ProhibitDirectConnection",
        .label = "Prohibit Use of Direct Connection",
        WIRELESS,
        .function = "DirectConnection",
        .description = "Keeps the device from being a wireless access point or a Wi-Fi Direct "
                       "peer, so that nothing connects to it past the managed network.",
        .consequence = "Phones and notebooks cannot connect to the device directly; they reach it "
                       "over the office network only.",
        .effect = KERNEL_EFFECT_NO_DIRECT_CONNECTION,
        SETTINGS(LOCKED("DirectConnection", "false")),
    },
    {
        .key = "ProhibitWirelessLan",
        .label = "Prohibit Use of Wireless LAN",
        WIRELESS,
        .function = "WirelessLan",
        .description = "Keeps the device from joining any wireless network and selects the wired "
                       "network interface.",
        .consequence = "A device without a network cable is off the network.",
        .effect = KERNEL_EFFECT_NO_WIRELESS_LAN,
        SETTINGS(LOCKED("NetworkInterface", "'wired'")),
    },
    {
        .key = "ProhibitUsbDevice",
        .label = "Prohibit Use as USB Device",
        USB,
        .function = "UsbDevice",
        .description = "Keeps the device from appearing as a USB peripheral on a computer that is "
                       "plugged into its device port.",
        .consequence = "Nobody can print, scan or maintain the device over a USB cable.",
        .effect = KERNEL_EFFECT_NO_USB_DEVICE,
        SETTINGS(LOCKED("UsbDevice", "false")),
    },
    {
        .key = "ProhibitUsbStorage",
        .label = "Prohibit Use as USB Storage Device",
        USB,
        .function = "UsbStorage",
        .description = "Refuses memory sticks and other mass storage on the device's USB host "
                       "ports. Keyboards, card readers and other peripherals keep working.",
        .consequence = "Users cannot print from a memory stick or scan to one.",
        .effect = KERNEL_EFFECT_NO_USB_STORAGE,
        SETTINGS(LOCKED("UsbStorage", "false")),
    },
    {
        .key = "AlwaysVerifySignatures",
        .label = "Always Verify Signatures for SMS/WebDAV Server Functions",
        COMMUNICATION,
        .function = "SmbWebdavServer",
        .description = "Has the device's SMB server demand authentication and signed packets, and "
                       "its WebDAV server demand TLS.",
        .consequence = "Clients that cannot sign SMB packets, log in or speak TLS lose access to "
                       "the folders that the device shares.",
        SETTINGS(MUST("SmbRequireSignature", "true"), MUST("SmbAuthentication", "true"),
                 MUST("WebdavServerTls", "true")),
    },
    {
        .key = "AlwaysVerifyServerCertificate",
        .label = "Always Verify Server Certificate When Using TLS",
        COMMUNICATION,
        .function = "Tls",
        .description = "Has the device check the certificate and the name of every mail, cloud "
                       "print and LDAP server it connects to over TLS. IEEE 802.1X is exempt.",
        .consequence = "Sending, receiving, cloud printing or address lookup fails with a server "
                       "whose certificate is self-signed, expired or made out to another name.",
        SETTINGS(
            MUST("SmtpVerifyCertificate", "true"), MUST("SmtpVerifyCommonName", "true"),
            MUST("PopVerifyCertificate", "true"), MUST("PopVerifyCommonName", "true"),
            MUST("CloudPrintVerifyCertificate", "true"), MUST("CloudPrintVerifyCommonName", "true"),
            MUST("LdapSearchVerifyCertificate", "true"), MUST("LdapSearchVerifyCommonName", "true"),
            MUST("LdapAuthVerifyCertificate", "true"), MUST("LdapAuthVerifyCommonName", "true")),
    },
    {
        .key = "ProhibitCleartextAuthentication",
        .label = "Prohibit Cleartext Authentication for Server Functions",
        COMMUNICATION,
        .function = "ServerAuthentication",
        .description = "Has the device's own servers refuse logins that send a password in the "
                       "clear, and sets the dedicated port to its stronger method.",
        .consequence = "Older drivers and management programs that know only cleartext logins can "
                       "no longer connect.",
        SETTINGS(MUST("DedicatedPortAuthMethod", "'mode2'"),
                 MUST("CleartextServerAuthentication", "false")),
    },
    {
        .key = "ProhibitSnmpV1",
        .label = "Prohibit Use of SNMPv1",
        COMMUNICATION,
        .function = "Snmp",
        .description = "Lets only SNMP version 3 reach the device. Version 2c is refused like "
                       "version 1, because its community name travels in the clear as well.",
        .consequence = "Monitoring programs and drivers that query the device by SNMPv1 or SNMPv2c "
                       "see neither its status nor its supplies.",
        .effect = KERNEL_EFFECT_SNMP_V3_ONLY,
        PORTS(PORT(161)),
        SETTINGS(LOCKED("SnmpV1", "false"), LOCKED("SnmpV2c", "false")),
    },
    {
        .key = "RestrictLpdPort",
        .label = "Restrict LPD Port",
        PORT_USAGE,
        .function = "Lpd",
        .description = "Closes the port of the line printer daemon protocol.",
        .consequence = "Computers whose print queue uses LPD or LPR can no longer print.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(515)),
        SETTINGS(LOCKED("LpdPrinting", "false")),
    },
    {
        .key = "RestrictRawPort",
        .label = "Restrict RAW Port",
        PORT_USAGE,
        .function = "Raw",
        .description = "Closes the port that takes raw print data without any login.",
        .consequence = "Computers whose print queue uses a raw TCP/IP port can no longer print.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(9100)),
        SETTINGS(LOCKED("RawPrinting", "false")),
    },
    {
        .key = "RestrictFtpPort",
        .label = "Restrict FTP Port",
        PORT_USAGE,
        .function = "Ftp",
        .description = "Closes the port of the device's FTP server. The device can still send "
                       "scans to FTP servers.",
        .consequence = "Nobody can print by uploading a file over FTP.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(21)),
        SETTINGS(LOCKED("FtpPrinting", "false")),
    },
    {
        .key = "RestrictWsdPort",
        .label = "Restrict WSD Port",
        PORT_USAGE,
        .function = "Wsd",
        .description = "Closes the ports of Web Services on Devices, by which Windows finds and "
                       "uses printers and scanners.",
        .consequence = "Windows computers no longer discover the device by WSD, nor print or scan "
                       "over a WSD port.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(3702), PORT(60000)),
        SETTINGS(LOCKED("WsdPrinting", "false"), LOCKED("WsdBrowsing", "false"),
                 LOCKED("WsdScanning", "false"), LOCKED("WsdComputerScanning", "false"),
                 LOCKED("WsdMulticastDiscovery", "false")),
    },
    {
        .key = "RestrictBmlinksPort",
        .label = "Restrict BMLinkS Port",
        PORT_USAGE,
        .function = "Bmlinks",
        .description = "Closes the discovery port of BMLinkS, which is that of SSDP.",
        .consequence = "BMLinkS drivers, and any other program that looks for devices by SSDP, no "
                       "longer find this one.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(1900)),
        SETTINGS(LOCKED("Bmlinks", "false")),
    },
    {
        .key = "RestrictIppPort",
        .label = "Restrict IPP Port",
        PORT_USAGE,
        .function = "Ipp",
        .description = "Closes the port of the Internet Printing Protocol, encrypted or not.",
        .consequence = "Phones, tablets and computers that print without a driver, and every queue "
                       "that uses IPP, can no longer print.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(631)),
        SETTINGS(LOCKED("IppPrinting", "false"), LOCKED("MobilePrinting", "false")),
    },
    {
        .key = "RestrictSmbPort",
        .label = "Restrict SMB Port",
        PORT_USAGE,
        .function = "Smb",
        .description = "Closes the ports of Windows file sharing and of NetBIOS. The device can "
                       "still send scans to shared folders elsewhere.",
        .consequence = "Nobody can open the device's shared folders, print over SMB or find the "
                       "device by its NetBIOS name.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(137), PORT(138), PORT(139), PORT(445)),
        SETTINGS(LOCKED("SmbServer", "false")),
    },
    {
        .key = "RestrictSmtpPort",
        .label = "Restrict SMTP Port",
        PORT_USAGE,
        .function = "Smtp",
        .description = "Closes the port on which the device receives mail. Sending mail is not "
                       "affected.",
        .consequence = "Mail and Internet faxes addressed straight to the device are not received.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(25)),
        SETTINGS(LOCKED("SmtpReception", "false")),
    },
    {
        .key = "RestrictDedicatedPort",
        .label = "Restrict Dedicated Port",
        PORT_USAGE,
        .function = "DedicatedPort",
        .description = "Closes the ports of the maker's own protocols for drivers, utilities and "
                       "fleet management.",
        .consequence = "The maker's drivers and management programs lose status, configuration and "
                       "any other service they use these ports for.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(9002), PORT(9006), PORT(9007), {9011, 9015}, {9017, 9019}, PORT(9022),
              PORT(9023), PORT(9025), PORT(20317), {47545, 47547}),
        SETTINGS(LOCKED("DedicatedPort", "false")),
    },
    {
        .key = "RestrictRemoteOperatorPort",
        .label = "Restrict Remote Operator's Software Port",
        PORT_USAGE,
        .function = "RemoteOperator",
        .description = "Closes the port over which the control panel can be seen and operated from "
                       "afar.",
        .consequence = "Support staff cannot view or operate the panel remotely.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(5900)),
        SETTINGS(LOCKED("RemoteOperation", "false")),
    },
    {
        .key = "RestrictSipPort",
        .label = "Restrict SIP (IP Fax) Port",
        PORT_USAGE,
        .function = "SipFax",
        .description = "Closes the ports of call signalling and fax data for fax over IP networks.",
        .consequence = "The device neither sends nor receives faxes over IP; a telephone line is "
                       "not affected.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(5004), PORT(5005), PORT(5060), PORT(5061), PORT(49152)),
        SETTINGS(LOCKED("IpFax", "false")),
    },
    {
        .key = "RestrictMdnsPort",
        .label = "Restrict mDNS Port",
        PORT_USAGE,
        .function = "Mdns",
        .description = "Closes the port of multicast DNS, by which devices announce themselves on "
                       "the local network.",
        .consequence = "Phones, tablets and computers no longer discover the device by themselves; "
                       "it has to be added by name or address.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(5353)),
        SETTINGS(LOCKED("MdnsIpv4", "false"), LOCKED("MdnsIpv6", "false"),
                 LOCKED("CloudPrintLocalPrint", "false"), LOCKED("MobilePrinting", "false")),
    },
    {
        .key = "RestrictSlpPort",
        .label = "Restrict SLP Port",
        PORT_USAGE,
        .function = "Slp",
        .description = "Closes the port of the Service Location Protocol.",
        .consequence = "Drivers and management programs that search the network by SLP no longer "
                       "find the device.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(427)),
        SETTINGS(LOCKED("SlpDiscoveryResponse", "false")),
    },
    {
        .key = "RestrictSnmpPort",
        .label = "Restrict SNMP Port",
        PORT_USAGE,
        .function = "Snmp",
        .description = "Closes the SNMP port to every version of the protocol, version 3 included.",
        .consequence = "Monitoring programs and drivers see neither status nor supplies, and scans "
                       "to the maker's mobile application stop.",
        .effect = KERNEL_EFFECT_CLOSE_PORTS,
        PORTS(PORT(161)),
        SETTINGS(LOCKED("SnmpV1", "false"), LOCKED("SnmpV2c", "false"), LOCKED("SnmpV3", "false"),
                 LOCKED("MobileAppScanning", "false")),
    },
    {
        .key = "ProhibitGuestUsers",
        .label = "Prohibit Guest Users to Use Device",
        AUTHENTICATION,
        .function = "UserAuthentication",
        .description = "Lets only registered users who have logged in use the device.",
        .consequence = "Visitors and others without an account can neither copy, scan nor print.",
        SETTINGS(MUST("GuestUsers", "false")),
    },
    {
        .key = "ForceAutoLogout",
        .label = "Force Setting of Auto Logout",
        AUTHENTICATION,
        .function = "AutoLogout",
        .description = "Logs a user out after the given time without input.",
        .consequence = "Users who step away from the device for longer have to log in again, and "
                       "unsaved input is lost.",
        PARAMETERS({.key = "AutoLogoutSec",
                    .kind = VALUE_NUMBER,
                    .minimum = 10,
                    .maximum = 540,
                    .standard = 120,
                    .unit = "seconds"}),
        SETTINGS(MUST("AutoLogout", "true"), MUST_PARAMETER("AutoLogoutSec", "AutoLogoutSec")),
    },
    {
        .key = "ProhibitPasswordCaching",
        .label = "Prohibit Caching of Password for External Servers",
        PASSWORD_OPERATION,
        .function = "ExternalServers",
        .description = "Keeps the device from storing the passwords with which users log in to "
                       "directory, file and mail servers.",
        .consequence = "Users type their password each time such a server asks for it, and cannot "
                       "log in while the server is out of reach.",
        SETTINGS(MUST("ExternalPasswordCaching", "false")),
    },
    {
        .key = "WarnDefaultPassword",
        .label = "Display Warning When Default Password Is in Use",
        PASSWORD_OPERATION,
        .function = "DefaultPassword",
        .description = "Has the device ask for a new password whenever an administrator logs in "
                       "with the one it was shipped with.",
        .consequence = "Administrators see the warning at every login until they change the "
                       "password.",
        SETTINGS(MUST("DefaultPasswordWarning", "true")),
    },
    {
        .key = "ProhibitRemoteDefaultPassword",
        .label = "Prohibit Use of Default Password for Remote Access",
        PASSWORD_OPERATION,
        .function = "DefaultPassword",
        .description = "Refuses remote logins with the password the device was shipped with.",
        .consequence = "A new device cannot be administered over the network before its password "
                       "was changed at the panel.",
        SETTINGS(MUST("DefaultPasswordRemoteAccess", "false")),
    },
    {
        .key = "MinimumPasswordLength",
        .label = "Minimum Number of Characters for Password",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords that are shorter than the given number of "
                       "characters, and empty ones.",
        .consequence = "Users whose password is shorter have to choose a new one.",
        .kind = VALUE_NUMBER,
        .minimum = 1,
        .maximum = 32,
        .unit = "characters",
        SETTINGS(MUST_NUMBER("PasswordMinimumLength")),
    },
    {
        .key = "PasswordValidityDays",
        .label = "Password Validity Period",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Has every password expire after the given number of days.",
        .consequence = "Users have to choose a new password each time theirs has expired before "
                       "they can go on.",
        .kind = VALUE_NUMBER,
        .minimum = 1,
        .maximum = 180,
        .unit = "days",
        SETTINGS(MUST_NUMBER("PasswordValidityDays")),
    },
    {
        .key = "ProhibitRepeatedCharacters",
        .label = "Prohibit Use of 3 or More Identical Consecutive Characters",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords in which one character stands three or more times in "
                       "a row.",
        .consequence = "Users whose password has such a run have to choose a new one.",
        SETTINGS(MUST("PasswordMaximumRepeat", "uint32 2")),
    },
    {
        .key = "RequireUppercase",
        .label = "Force Use of at Least 1 Uppercase Character",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords without an uppercase letter.",
        .consequence = "Users whose password has no uppercase letter have to choose a new one.",
        SETTINGS(MUST("PasswordRequireUppercase", "true")),
    },
    {
        .key = "RequireLowercase",
        .label = "Force Use of at Least 1 Lowercase Character",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords without a lowercase letter.",
        .consequence = "Users whose password has no lowercase letter have to choose a new one.",
        SETTINGS(MUST("PasswordRequireLowercase", "true")),
    },
    {
        .key = "RequireDigit",
        .label = "Force Use of at Least 1 Digit",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords without a digit.",
        .consequence = "Users whose password has no digit have to choose a new one.",
        SETTINGS(MUST("PasswordRequireDigit", "true")),
    },
    {
        .key = "RequireSymbol",
        .label = "Force Use of at Least 1 Symbol",
        PASSWORD_SETTINGS,
        .function = "PasswordRules",
        .description = "Refuses new passwords made of letters and digits alone.",
        .consequence = "Users whose password has no symbol have to choose a new one.",
        SETTINGS(MUST("PasswordRequireSymbol", "true")),
    },
    {
        .key = "EnableLockout",
        .label = "Enable Lockout",
        LOCKOUT,
        .function = "Lockout",
        .description = "Locks an account for the given time after the given number of failed "
                       "logins.",
        .consequence = "Users who mistype their password too often have to wait; so has the owner "
                       "of an account that somebody else tried to guess into.",
        PARAMETERS({.key = "LockoutThreshold",
                    .kind = VALUE_NUMBER,
                    .minimum = 1,
                    .maximum = 10,
                    .standard = 3,
                    .unit = "attempts"},
                   {.key = "LockoutPeriodMin",
                    .kind = VALUE_NUMBER,
                    .minimum = 1,
                    .maximum = 60,
                    .standard = 3,
                    .unit = "minutes"}),
        SETTINGS(MUST("Lockout", "true"), MUST_PARAMETER("LockoutThreshold", "LockoutThreshold"),
                 MUST_PARAMETER("LockoutPeriodMin", "LockoutPeriodMin")),
    },
    {
        .key = "ProhibitWeakEncryption",
        .label = "Prohibit Use of Weak Encryption",
        .category = CATEGORY_KEY_CERTIFICATE,
        .function = "Tls",
        .description = "Has the device refuse outdated protocol versions, ciphers and key lengths "
                       "wherever it encrypts.",
        .consequence = "Browsers, servers and clients that know only outdated encryption cannot "
                       "exchange data with the device.",
        SETTINGS(MUST("WeakEncryption", "false")),
    },
    {
        .key = "ProhibitWeakKeys",
        .label = "Prohibit Use of Key/Certificate with Weak Encryption",
        .category = CATEGORY_KEY_CERTIFICATE,
        .function = "Tls",
        .description = "Extends the ban on weak encryption to keys and certificates that are "
                       "stored on the device.",
        .consequence = "Services that rely on a weak key or certificate stop until it is replaced.",
        .parent = "ProhibitWeakEncryption",
        SETTINGS(MUST("WeakKeys", "false")),
    },
    {
        .key = "UseTpm",
        .label = "Use TPM to Store Password and Key",
        .category = CATEGORY_KEY_CERTIFICATE,
        .function = "Tpm",
        .description = "Keeps passwords and keys encrypted under the device's security chip.",
        .consequence = "Stored passwords, keys and certificates are lost with the chip unless its "
                       "key was backed up.",
        SETTINGS(MUST("Tpm", "true")),
    },
    {
        .key = "ForceAuditLog",
        .label = "Force Recording of Audit Log",
        .category = CATEGORY_LOG,
        .function = "AuditLog",
        .description = "Has the device record who used and changed what.",
        .consequence = "Nobody can switch the log off; what users do on the device is traceable to "
                       "them.",
        SETTINGS(MUST("AuditLog", "true")),
    },
    {
        .key = "ForceSntp",
        .label = "Force SNTP Settings",
        .category = CATEGORY_LOG,
        .function = "Sntp",
        .description = "Has the device take its time from the network, from the given server where "
                       "one is named.",
        .consequence = "The clock cannot be set by hand, and is not corrected while the server is "
                       "out of reach.",
        PARAMETERS({.key = "SntpServer", .kind = VALUE_HOST}),
        SETTINGS(MUST("Sntp", "true"), MUST_PARAMETER("SntpServer", "SntpServer")),
    },
    {
        .key = "ProhibitImmediatePrinting",
        .label = "Prohibit Immediate Printing of Received Jobs",
        PRINTING,
        .function = "JobHold",
        .description = "Holds received print jobs and faxes until somebody releases them at the "
                       "device.",
        .consequence = "Nothing comes out by itself: users walk to the device and release their "
                       "jobs.",
        SETTINGS(MUST("ImmediatePrinting", "false")),
    },
    {
        .key = "AllowRegisteredAddressesOnly",
        .label = "Allow Sending Only to Registered Addresses",
        SENDING,
        .function = "Send",
        .description = "Lets users send faxes, mail and files only to destinations in the address "
                       "book.",
        .consequence = "Users cannot type in a new fax number, mail address or folder.",
        SETTINGS(MUST("RestrictNewDestinations", "true")),
    },
    {
        .key = "ForceFaxNumberConfirmation",
        .label = "Force Confirmation of Fax Number",
        SENDING,
        .function = "Fax",
        .description = "Has users enter a fax number twice before anything is sent to it.",
        .consequence = "Sending a fax to a number that is typed in takes longer.",
        SETTINGS(MUST("ConfirmFaxNumber", "true")),
    },
    {
        .key = "ProhibitAutoForwarding",
        .label = "Prohibit Auto Forwarding",
        SENDING,
        .function = "Forwarding",
        .description = "Keeps received faxes and mail on the device instead of passing them on by "
                       "rule.",
        .consequence = "Recipients no longer get incoming faxes as mail or in a folder; somebody "
                       "has to fetch them at the device.",
        SETTINGS(MUST("Forwarding", "false")),
    },
    {
        .key = "ForceCompleteDeletion",
        .label = "Force Complete Deletion of Data",
        .category = CATEGORY_STORAGE,
        .function = "Storage",
        .description = "Has the device overwrite the data of finished jobs on its storage instead "
                       "of only releasing the space.",
        .consequence = "Jobs may take longer to finish, and deleted documents cannot be recovered.",
        SETTINGS(MUST("CompleteDeletion", "true")),
    },
};
