# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who use radios: hostapd and wpa_supplicant.

    with wlan.AccessPoint("wlan0"), wlan.Supplicant("wlan1") as station:
        station.wait_joined()
"""

import pathlib
import subprocess

import evidence
import radios
from printer import run, wait_until

FOLDER = pathlib.Path("/run/wlan")

ACCESS_POINT = """\
interface={interface}
driver=nl80211
ssid=office
hw_mode=g
channel=6
wpa=2
wpa_passphrase=labpassword
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
"""

STATION = """\
ctrl_interface={control}
update_config=0
p2p_go_intent=15
network={{
 ssid="office"
 psk="labpassword"
 scan_freq=2437
}}
"""

PEER = """\
ctrl_interface={control}
device_name={interface}
p2p_no_group_iface=0
"""


class _Program:
    def __init__(self, interface, text, name):
        FOLDER.mkdir(exist_ok=True)
        self.interface = interface
        self.control = FOLDER / f"control-{interface}"
        self._name = f"{name}-{interface}.log"
        self._config = FOLDER / f"{name}-{interface}.conf"
        self._config.write_text(
            text.format(interface=interface, control=self.control), encoding="ascii"
        )
        self._process = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        with open(evidence.FOLDER / self._name, "ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def runs(self):
        return self._process.poll() is None


class AccessPoint(_Program):
    def __init__(self, interface):
        super().__init__(interface, ACCESS_POINT, "hostapd")

    def command(self):
        return ("hostapd", "-t", self._config)

    def is_on_air(self):
        """nl80211 names the network while the radio sends beacons."""
        text = radios.iw("dev", self.interface, "info", check=False)
        return "type AP" in text and "ssid office" in text

    def wait_on_air(self):
        if not wait_until(self.is_on_air):
            raise TimeoutError(f"no access point on {self.interface}")
        return self


class Supplicant(_Program):
    def __init__(self, interface, text=STATION):
        super().__init__(interface, text, "wpa_supplicant")

    def command(self):
        return ("wpa_supplicant", "-t", "-Dnl80211", f"-i{self.interface}", f"-c{self._config}")

    def __enter__(self):
        super().__enter__()
        if not wait_until(lambda: (self.control / self.interface).exists()):
            raise TimeoutError(f"wpa_supplicant does not listen for {self.interface}")
        return self

    def ask(self, *words, interface=None):
        interface = interface or self.interface
        return run("wpa_cli", "-p", str(self.control), "-i", interface, *words, check=False).strip()

    def is_joined(self):
        return "wpa_state=COMPLETED" in self.ask("status")

    def wait_joined(self):
        if not wait_until(self.is_joined, pause=0.2):
            raise TimeoutError(f"{self.interface} does not join: {self.ask('status')}")
        return self


def peer(interface):
    """A device that speaks Wi-Fi Direct and joins no network."""
    return Supplicant(interface, PEER)


def form_group(owner, client):
    """Has both make a Wi-Fi Direct group, as people do who press buttons."""
    owner.ask("p2p_group_add", "freq=2437")
    group = wait_until(lambda: [name for name in radios.of_type("P2P-GO") if radios.is_up(name)], 5)
    if group:
        address = radios.address(group[0])
        owner.ask("wps_pbc", interface=group[0])
        client.ask("p2p_connect", address, "pbc", "join", "freq=2437")
    return group


def connected_seconds(interface):
    """How long the station has been with its access point without a break; None: it is not."""
    for line in radios.iw("dev", interface, "station", "dump").splitlines():
        if line.strip().startswith("connected time:"):
            return int(line.split()[2])
    return None
