# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual printer as a USB device: gadgets by configfs, on a virtual device controller.

    gadget.load()                       # dummy_hcd: a controller, and a host port wired to it
    with gadget.Gadget("printer", "printer.0") as device:
        device.bind()
        assert device.bound_to() == "dummy_udc.0"
"""

import errno
import pathlib
import re
import subprocess

from printer import run, wait_until
from usb import write

GADGETS = pathlib.Path("/sys/kernel/config/usb_gadget")
CONTROLLERS = pathlib.Path("/sys/class/udc")
BUS = pathlib.Path("/sys/bus/gadget")
PLATFORM_DRIVER = pathlib.Path("/sys/bus/platform/drivers/dummy_udc")
# A boot keyboard; the HID function wants to know.
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e715002501750195088102950175088103950575010508190129059102"
    "950175039103950675081500256505071900296581 00c0".replace(" ", "")
)


def load(controllers=1):
    run("modprobe", "dummy_hcd", f"num={controllers}")
    run("modprobe", "libcomposite")
    if not wait_until(lambda: GADGETS.is_dir() and len(udcs()) >= controllers):
        raise RuntimeError("no USB device controller appears")


def udcs():
    return sorted(path.name for path in CONTROLLERS.glob("*"))


def function(controller):
    """What the controller says is bound to it, or "" """
    try:
        return (CONTROLLERS / controller / "function").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def on_host(controller):
    """The name of the device that the host at the other end of the wire sees, or None."""
    port = controller.replace("dummy_udc", "dummy_hcd")
    for path in pathlib.Path("/sys/devices/platform", port).glob("usb*/*-*/idVendor"):
        if re.fullmatch(r"\d+-\d+", path.parent.name):
            return path.parent.name
    return None


def take_away(controller):
    write(PLATFORM_DRIVER / "unbind", controller)


def bring_back(controller):
    write(PLATFORM_DRIVER / "bind", controller)


def bus_binds_by_itself():
    return (BUS / "drivers_autoprobe").read_text(encoding="ascii").strip() == "1"


def have_bus_bind(by_itself=True):
    write(BUS / "drivers_autoprobe", "1" if by_itself else "0")


def bind_driver(driver, controller):
    """By hand, on the gadget bus."""
    device = next((CONTROLLERS / controller / "device").glob("gadget.*")).name
    write(BUS / "drivers" / driver / "bind", device)


class Gadget:
    """`functions` as configfs names them: "printer.0", "mass_storage.0", "ecm.usb0", "hid.0", ..."""

    def __init__(self, name, *functions, image=None):
        """`image`: the file behind the mass storage."""
        self.path = GADGETS / name
        (self.path / "strings/0x409").mkdir(parents=True)
        (self.path / "configs/c.1").mkdir()
        write(self.path / "idVendor", "0x1d6b")
        write(self.path / "idProduct", "0x0104")
        for key, value in (("serialnumber", f"S-{name}"), ("manufacturer", "Lab"), ("product", name)):
            write(self.path / "strings/0x409" / key, value)
        self._functions = functions
        for name in functions:
            self._add(name, image)

    def _add(self, name, image):
        folder = self.path / "functions" / name
        folder.mkdir()
        if name.startswith("mass_storage.") and image:
            write(folder / "lun.0/file", str(image))
        if name.startswith("hid."):
            for key, value in (("protocol", "1"), ("subclass", "1"), ("report_length", "8")):
                write(folder / key, value)
            (folder / "report_desc").write_bytes(KEYBOARD)
        (self.path / "configs/c.1" / name).symlink_to(folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def bind(self, controller="dummy_udc.0"):
        """Raises OSError, EBUSY where the controller is taken."""
        write(self.path / "UDC", controller)

    def unbind(self):
        try:
            write(self.path / "UDC", "\n")
        except OSError as error:
            if error.errno != errno.ENODEV:
                raise

    def bound_to(self):
        """The controller's name, or "" where it is not bound."""
        return (self.path / "UDC").read_text(encoding="ascii").strip()

    def remove(self):
        self.unbind()
        for name in self._functions:
            (self.path / "configs/c.1" / name).unlink()
            (self.path / "functions" / name).rmdir()
        (self.path / "configs/c.1").rmdir()
        (self.path / "strings/0x409").rmdir()
        self.path.rmdir()


def make_image(path, kind="vfat", size=8 << 20):
    """A file to stand behind a gadget's mass storage."""
    with open(path, "wb") as file:
        file.truncate(size)
    command = {"vfat": ["mkfs.vfat"], "ext4": ["mkfs.ext4", "-q", "-F"]}[kind]
    subprocess.run([*command, path], check=True, capture_output=True)
    return path
