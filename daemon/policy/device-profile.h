/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device profile: what this model has, and what its maker adds to or takes from the catalog, as
 * described in secpold.device(5).
 *
 * The text's dialect is described in ini-scanner.h. All groups and keys may be left out.
 *
 *   [Device]
 *   Model=TEXT                at most 128 characters, displayable (text.h)
 *
 *   [Functions]
 *   FUNCTION=yes|no           the device has the function; so it has those not named
 *
 *   [Ports]                   ports that an item closes on top of the catalog's
 *   ITEM=PORTS                for items that close ports
 *
 *   [Narrow]                  what weakens the policy; the items become partial
 *   ITEM=PORTS                of its ports, the item closes only these; it must have them all
 *   ExemptInterfaces=NAMES    no port is closed on these network interfaces
 *
 *   [Usb]                     hardware is named as in hardware-name.h
 *   ExemptControllers=NAMES   USB device controllers on which gadgets are left alone
 *   ExemptPorts=NAMES         USB ports at which storage is left alone
 *
 *   [Wireless]                no radio may stand in two of these
 *   ExemptRadios=NAMES        radios that are left alone
 *   DirectRadios=NAMES        radios of which every use counts as direct connection
 *   LanRadios=NAMES           radios of which every use counts as wireless LAN
 *
 *   [Firewall]
 *   LogGroup=NUMBER           1 to 65535: netlink log group of refused packets; 5193 if not named
 *   TableOwner=yes|no         own the table where the kernel can; yes if not named
 *   [Import]
 *   RequireSignature=yes|no   refuse policies that no trusted key has signed; no if not named
 *   AllowOlderSerial=yes|no   let an older edition of the policy in again; no if not named
 *   TrustedKeys=DIRECTORY     absolute; *.pub in minisign's format
 *
 *   [Agents]
 *   SETTING=NAMES             bus names of those who must all confirm the setting
 *
 *   [X-ANYTHING]              ignored
 *
 * PORTS and NAMES are separated by blanks, and none stands twice. PORTS are PORT or PORT-PORT (1 to
 * 65535), at most 256 of them, either followed by /tcp or /udp; without, both are meant. NAMES are
 * at most 64 interfaces, 32 names of hardware or 16 agents. A key in a later file replaces the
 * whole value of an earlier one; an empty Model, PORTS or NAMES is none, as if the key had not been
 * given. Everything else is an error, as in a policy document.
 */
#pragma once

#include "daemon/policy/diagnostic.h"
#include "daemon/policy/policy.h"
#include "daemon/policy/port-set.h"

/* Netlink log group used where the profile names none. */
#define DEVICE_PROFILE_DEFAULT_TRUSTED_KEYS "/etc/secpold/trusted-keys.d"
#define DEVICE_PROFILE_DEFAULT_LOG_GROUP    5193

typedef struct DeviceProfile DeviceProfile;

/* Where the profile names hardware. */
typedef enum HardwareList {
    HARDWARE_EXEMPT_CONTROLLERS,
    HARDWARE_EXEMPT_PORTS,
    HARDWARE_EXEMPT_RADIOS,
    HARDWARE_DIRECT_RADIOS,
    HARDWARE_LAN_RADIOS,
    HARDWARE_LIST_LAST = HARDWARE_LAN_RADIOS,
} HardwareList;

/* One file of the profile; later files override single keys of earlier ones. */
typedef struct DeviceProfileSource {
    const char *name; /* for diagnostics */
    const char *text; /* need not end in NUL */
    gsize length;     /* at most 64 KiB */
} DeviceProfileSource;

/* A device with every function and nothing added or taken away. */
DeviceProfile *device_profile_new(void);
void device_profile_free(DeviceProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeviceProfile, device_profile_free)

/* NULL when there is any error; all of them are in @diagnostics. */
DeviceProfile *device_profile_parse(const DeviceProfileSource *sources, gsize n_sources,
                                    Diagnostics *diagnostics);

const char *device_profile_model(const DeviceProfile *profile); /* "" where not named */
gboolean device_profile_has_function(const DeviceProfile *profile, const char *function);

/* The ports an item closes on this device: the catalog's, plus the profile's, less what the
 * profile narrows away; separately for TCP and UDP. */
void device_profile_item_ports(const DeviceProfile *profile, const CatalogItem *item,
                               PortSet *ret_tcp, PortSet *ret_udp);

/* Why the item is only partly enforced ("only 631/tcp is closed"), or NULL. Free with g_free().
 * Radios that count as direct connection or as wireless LAN are not considered: whether an item
 * loses by them depends on what else the policy asks for. */
char *device_profile_item_narrowed(const DeviceProfile *profile, const CatalogItem *item);

/* Names of interfaces on which no port is closed; NULL-terminated, never NULL. */
const char *const *device_profile_exempt_interfaces(const DeviceProfile *profile);

/* Patterns for hardware_name_matches(); NULL-terminated, never NULL. */
const char *const *device_profile_hardware(const DeviceProfile *profile, HardwareList list);

/* Bus names of the agents that must confirm the setting; NULL: whoever reports. */
const char *const *device_profile_setting_agents(const DeviceProfile *profile,
                                                 const CatalogSetting *setting);

guint device_profile_log_group(const DeviceProfile *profile);      /* 1 to 65535 */
gboolean device_profile_table_owner(const DeviceProfile *profile); /* own the table if possible */

gboolean device_profile_require_signature(const DeviceProfile *profile);
gboolean device_profile_allow_older_serial(const DeviceProfile *profile);
const char *device_profile_trusted_keys(const DeviceProfile *profile); /* a directory */

/* Refuses a profile that would close more than a tenth of the range that outgoing connections
 * take their source ports from, since with all of it reserved connect() fails. */
gboolean device_profile_check_ephemeral(const DeviceProfile *profile, PortRange ephemeral,
                                        GError **error);

#define DEVICE_PROFILE_ERROR (device_profile_error_quark())
GQuark device_profile_error_quark(void);
typedef enum DeviceProfileError {
    DEVICE_PROFILE_ERROR_EPHEMERAL,
} DeviceProfileError;
