# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual printer's USB ports: real devices of QEMU's, plugged in and pulled out by the host.

    usb.load()                          # the driver of the controller; before, there is no USB at all
    stick = usb.plug_stick()
    usb.wait_disk()
    stick.unplug()

A device that is plugged before load() was there before the kernel looked.
"""

import itertools
import os
import pathlib

import host
from printer import run, wait_until

DEVICES = pathlib.Path("/sys/bus/usb/devices")
BUILT_IN = "usb.0"
_numbers = itertools.count(1)


def load():
    run("modprobe", "xhci_pci")
    if not wait_until(lambda: list(DEVICES.glob("usb*"))):
        raise RuntimeError("no USB controller appears")


class Device:
    """Something that is plugged in, by QEMU's name for it; `more` goes with it, in this order."""

    def __init__(self, name, more=()):
        self.name = name
        self._more = more

    def unplug(self):
        host.qmp("device_del", id=self.name)
        host.wait_event("DEVICE_DELETED", device=self.name)
        for command, arguments in self._more:
            host.qmp(command, **arguments)


class Controller(Device):
    def unplug(self):
        """QEMU 7.2 announces the end of every device but this one."""
        host.qmp("device_del", id=self.name)
        if not wait_until(lambda: self.name not in _plugged()):
            raise TimeoutError(f"{self.name} stays")


def _plugged():
    return [entry["name"] for entry in host.qmp("qom-list", path="/machine/peripheral")]


def _name(kind):
    return f"{kind}{next(_numbers)}"


def plug(driver, bus=BUILT_IN, **properties):
    """A device of QEMU's by the name of its driver: "usb-kbd", "usb-ccid", "usb-hub", ...

    `port` chooses the port: "1" to "8", and "1.3" is the third of a hub in port 1.
    """
    name = properties.pop("id", None) or _name(driver)
    host.qmp("device_add", driver=driver, id=name, bus=bus, **properties)
    return Device(name)


def plug_keyboard(**properties):
    return plug("usb-kbd", **properties)


def plug_hub(**properties):
    return plug("usb-hub", **properties)


def plug_card_reader(**properties):
    return plug("usb-ccid", **properties)


def plug_network_adapter(**properties):
    """An Ethernet adapter (CDC and RNDIS) with nothing at the other end of its cable."""
    net = _name("net")
    host.qmp("netdev_add", type="hubport", id=net, hubid=0)
    device = plug("usb-net", netdev=net, **properties)
    return Device(device.name, [("netdev_del", {"id": net})])


def _drive(kind):
    name = _name("drive")
    host.qmp(
        "blockdev-add",
        driver="raw",
        node_name=name,
        file={"driver": "file", "filename": host.image(kind)},
    )
    return name


def plug_stick(file_system="vfat", **properties):
    """A stick of the bulk-only kind, the whole of it one file system: "vfat" or "ext4"."""
    drive = _drive(file_system)
    device = plug("usb-storage", drive=drive, **properties)
    return Device(device.name, [("blockdev-del", {"node_name": drive})])


def plug_uas_disk(file_system="ext4", **properties):
    """A disk that speaks UAS."""
    drive = _drive(file_system)
    device = plug("usb-uas", **properties)
    host.qmp(
        "device_add", driver="scsi-hd", id=_name("disk"), bus=f"{device.name}.0", drive=drive
    )
    # Hot-plugged, it stays without a connection until it has its disks.
    host.qmp("qom-set", path=f"/machine/peripheral/{device.name}", property="attached", value=True)
    return Device(device.name, [("blockdev-del", {"node_name": drive})])


def plug_controller(slot="slot1"):
    """A second USB controller, in PCI slot "slot1" or "slot2"; plug into it by bus=NAME + ".0"."""
    name = _name("controller")
    host.qmp("device_add", driver="qemu-xhci", id=name, bus=slot)
    return Controller(name)


def disks():
    """Names of the disks that hang on USB."""
    return sorted(name for name in os.listdir("/sys/block") if "/usb" in _link(f"/sys/block/{name}"))


def _link(path):
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""


def wait_disk(number=1, seconds=30):
    """Until there are so many USB disks with their medium in; their names."""

    def there():
        found = disks()
        ready = [name for name in found if _size(name)]
        return ready if len(ready) >= number else None

    found = wait_until(there, seconds)
    if not found:
        raise TimeoutError(f"not {number} USB disks, but {disks()}")
    return found


def _size(disk):
    return int(read(f"/sys/block/{disk}/size") or "0")


def read(path):
    """Of sysfs, without the end of the line; None where it is gone."""
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def write(path, value):
    """In one write, and with its error: a buffer would try once more when it is closed."""
    with open(path, "wb", buffering=0) as file:
        file.write(str(value).encode())


def interfaces():
    """All there are: {"1-1:1.0": (class, authorized, driver)}; class in hex, driver None or a name."""
    found = {}
    for path in DEVICES.glob("*:*"):
        found[path.name] = (
            read(path / "bInterfaceClass"),
            read(path / "authorized") == "1",
            os.path.basename(_link(path / "driver")) or None,
        )
    return found


def tree():
    """A text for the evidence: devices and interfaces with what decides about them."""
    lines = []
    for path in sorted(DEVICES.glob("*")):
        names = ("bInterfaceClass", "authorized", "authorized_default", "interface_authorized_default")
        values = ((name, read(path / name)) for name in (*names, "product"))
        lines.append(f"{path.name} " + " ".join(f"{name}={value}" for name, value in values if value))
    return "\n".join(lines) + "\n"
