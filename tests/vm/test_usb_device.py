# SPDX-License-Identifier: GPL-2.0-or-later
"""ProhibitUsbDevice: the printer is nobody's USB peripheral. dummy_hcd is both ends of the cable:
what the device does with its controllers, and what a computer at the other end sees."""

import errno
import statistics
import time

import evidence
import gadget
import pytest
import uevents
from printer import item, policy, reload, run, start, stop, wait_item, wait_until

ITEM = "ProhibitUsbDevice"
PROHIBITED = policy(ITEM)
ALLOWED = policy()
# What a device could be, each on a controller of its own.
KINDS = {
    "printer": ["printer.0"],
    "disk": ["mass_storage.0"],
    "ecm": ["ecm.usb0"],
    "ncm": ["ncm.usb0"],
    "combined": ["hid.0", "mass_storage.1", "acm.0"],
}
CONTROLLERS = {kind: f"dummy_udc.{number}" for number, kind in enumerate(KINDS)}
SPARE = f"dummy_udc.{len(KINDS)}"
FEW = {"first": "dummy_udc.0", "second": "dummy_udc.1", "third": "dummy_udc.2"}
# The one of them that a legacy driver takes.
LEFT = "dummy_udc.3"
FIRST = "dummy_udc.0"
SECOND = "dummy_udc.1"
# Generous: the guest is emulated, and its host busy.
SOON = 10


def seen(controller):
    return wait_until(lambda: gadget.on_host(controller), SOON)


def gone(controller):
    return wait_until(lambda: not gadget.on_host(controller), SOON)


def unbound(controller):
    return wait_until(lambda: not gadget.function(controller), SOON)


def refused(device, controller):
    with pytest.raises(OSError) as caught:
        device.bind(controller)
    return caught.value.errno == errno.EBUSY


def bind_all_the_same(device, controller):
    """By telling the bus to bind; that may be undone in between."""

    def bound():
        gadget.have_bus_bind()
        try:
            device.bind(controller)
        except OSError:
            return False
        return True

    assert wait_until(bound, SOON)


@pytest.fixture(scope="module", name="image")
def fixture_image():
    return gadget.make_image("/tmp/disk")


@pytest.fixture(scope="module", autouse=True)
def fixture_hardware():
    """Twice as harsh as a real host: sticks are there at once."""
    run("modprobe", "usb-storage", "delay_use=0")
    for module in ("usblp", "usbhid", "cdc_ether", "cdc_ncm"):
        run("modprobe", module)
    gadget.load(len(KINDS) + 1)


@pytest.fixture(scope="module", name="devices")
def fixture_devices(image, fixture_hardware):
    made = {kind: gadget.Gadget(kind, *parts, image=image) for kind, parts in KINDS.items()}
    yield made
    for device in made.values():
        device.remove()


@pytest.fixture(scope="module", name="few")
def fixture_few(devices):
    """In place of all those: what a host is done with quickly."""
    while devices:
        devices.popitem()[1].remove()
    made = {name: gadget.Gadget(name, f"acm.{number}") for number, name in enumerate(FEW)}
    yield made
    for device in made.values():
        device.remove()


@pytest.fixture(name="allowed")
def fixture_allowed(few):
    """Nothing is prohibited, and every device is on its controller."""
    reload(ALLOWED)
    for name, device in few.items():
        if not device.bound_to():
            device.bind(FEW[name])


@pytest.fixture(name="prohibited")
def fixture_prohibited(allowed):
    reload(PROHIBITED)
    wait_item(ITEM, "enforced")


def test_counter_without_secpold_every_kind_is_bound_and_seen_by_the_host(devices):
    for kind, device in devices.items():
        device.bind(CONTROLLERS[kind])
    assert all(map(seen, CONTROLLERS.values()))
    run("modprobe", "g_ether")
    assert gadget.function(SPARE) == "g_ether"
    assert seen(SPARE)
    time.sleep(1)
    assert all(map(gadget.on_host, [*CONTROLLERS.values(), SPARE]))


def test_what_is_bound_at_the_start_is_gone_on_device_and_host_before_secpold_is_ready(devices):
    with uevents.Recorder("start"):
        start(PROHIBITED)
        assert [gadget.function(udc) for udc in gadget.udcs()] == [""] * (len(KINDS) + 1)
        assert [device.bound_to() for device in devices.values()] == [""] * len(KINDS)
        assert all(map(gone, [*CONTROLLERS.values(), SPARE]))
    detail = wait_item(ITEM, "enforced")
    for kind, controller in CONTROLLERS.items():
        assert f"{controller}: gadget {kind} unbound" in detail
    assert f"{SPARE}: g_ether unbound" in detail


def test_nothing_is_ever_bound_while_it_is_prohibited(devices):
    """The kernel refuses: no attempt gets as far as a single message that something is bound."""
    with uevents.Recorder("refused") as log:
        for _ in range(10):
            for kind, device in devices.items():
                assert refused(device, CONTROLLERS[kind])
        run("modprobe", "-r", "g_ether")
        run("modprobe", "g_ether")
        time.sleep(0.5)
        assert not [event for event in log.find(subsystem="udc") if "USB_UDC_DRIVER" in event.keys]
        assert not log.find(subsystem="gadget", action="bind")
        assert not log.find(subsystem="usb", action="add")
    run("modprobe", "-r", "g_ether")
    assert item(ITEM) == "enforced"


def test_it_stays_so_while_secpold_is_stopped_or_killed(devices):
    run("systemctl", "kill", "--signal=KILL", "secpold")
    assert refused(devices["printer"], FIRST)
    wait_until(lambda: run("systemctl", "is-active", "secpold", check=False).strip() == "active")
    stop()
    assert refused(devices["printer"], FIRST)
    assert not gadget.on_host(FIRST)
    start(PROHIBITED)
    wait_item(ITEM, "enforced")


def test_when_the_policy_is_lifted_everything_is_bound_and_seen_again(devices):
    assert not any(map(gadget.on_host, CONTROLLERS.values()))
    reload(ALLOWED)
    assert {kind: device.bound_to() for kind, device in devices.items()} == CONTROLLERS
    assert all(map(seen, CONTROLLERS.values()))
    assert gadget.bus_binds_by_itself()
    assert item(ITEM) == "off"


def test_lifted_while_secpold_did_not_run_everything_is_bound_again(devices):
    reload(PROHIBITED)
    wait_item(ITEM, "enforced")
    stop()
    start(ALLOWED)
    assert {kind: device.bound_to() for kind, device in devices.items()} == CONTROLLERS
    assert all(map(seen, CONTROLLERS.values()))


def test_a_legacy_driver_is_unbound_and_bound_again(allowed):
    run("modprobe", "g_ether")
    assert seen(LEFT)
    reload(PROHIBITED)
    assert f"{LEFT}: g_ether unbound" in wait_item(ITEM, "enforced")
    assert gone(LEFT)
    reload(ALLOWED)
    assert gadget.function(LEFT) == "g_ether"
    assert seen(LEFT)
    run("modprobe", "-r", "g_ether")


def test_a_legacy_driver_that_came_meanwhile_is_bound_when_the_policy_is_lifted(prohibited):
    run("modprobe", "g_ether")
    assert not gadget.function(LEFT)
    reload(ALLOWED)
    assert gadget.function(LEFT) == "g_ether"
    run("modprobe", "-r", "g_ether")


def test_bound_all_the_same_it_is_unbound_at_once(prohibited, few):
    device, took = few["second"], []
    with uevents.Recorder("again") as log:
        for _ in range(30):
            assert wait_until(lambda: not gadget.bus_binds_by_itself(), SOON)
            mark = log.mark()
            bind_all_the_same(device, SECOND)
            bound = log.wait(subsystem="udc", name=SECOND, USB_UDC_DRIVER="second", since=mark)
            free = log.wait(
                lambda event: "USB_UDC_DRIVER" not in event.keys,
                subsystem="udc",
                name=SECOND,
                action="change",
                since=log.events.index(bound, mark),
            )
            took.append((free.time - bound.time) * 1000)
            time.sleep(0.1)
    note = f"bound to unbound, ms: median {statistics.median(took):.1f}, worst {max(took):.1f}\n"
    evidence.save("again.txt", note + " ".join(f"{ms:.1f}" for ms in took) + "\n")
    assert max(took) < SOON * 1000
    assert gone(SECOND)
    wait_item(ITEM, "enforced")
    assert not gadget.bus_binds_by_itself()


def test_bound_by_hand_on_the_gadget_bus_it_is_unbound(prohibited):
    run("modprobe", "g_ether")
    with uevents.Recorder("by-hand") as log:
        gadget.bind_driver("g_ether", SPARE)
        log.wait(subsystem="udc", USB_UDC_DRIVER="g_ether")
        assert unbound(SPARE)
        assert gone(SPARE)
    run("modprobe", "-r", "g_ether")
    wait_item(ITEM, "enforced")


def test_a_controller_that_appears_later_is_free_and_its_gadget_waits(prohibited, few):
    gadget.take_away(FIRST)
    wait_item(ITEM, "enforced", detail=f"{FIRST} (not there): gadget first unbound")
    run("modprobe", "g_ether")
    gadget.bring_back(FIRST)
    wait_item(ITEM, "enforced", detail=f"{FIRST}: gadget first unbound")
    assert not gadget.function(FIRST)
    assert not few["first"].bound_to()
    gadget.take_away(FIRST)
    reload(ALLOWED)
    assert not few["first"].bound_to()
    run("modprobe", "-r", "g_ether")
    gadget.bring_back(FIRST)
    assert wait_until(lambda: few["first"].bound_to() == FIRST, SOON)
    assert seen(FIRST)


def test_counter_without_secpold_a_controller_that_appears_takes_its_gadget_by_itself(
    allowed,
):
    stop()
    gadget.take_away(FIRST)
    gadget.bring_back(FIRST)
    assert seen(FIRST)
    assert gadget.function(FIRST) == "first"
    start(ALLOWED)


def test_what_others_did_meanwhile_is_not_undone(prohibited, few):
    """One gadget is gone, one bound elsewhere, and a controller taken."""
    stop()
    gadget.have_bus_bind()
    few.pop("second").remove()
    few["third"].bind(SPARE)
    with gadget.Gadget("other", "acm.3") as other:
        other.bind(FIRST)
        start(ALLOWED)
        assert gadget.function(FIRST) == "other"
        assert not few["first"].bound_to()
        assert few["third"].bound_to() == SPARE
        assert not gadget.function(SECOND)
    few["third"].unbind()


def test_nothing_is_bound_that_was_not_bound_before(allowed, few):
    few["third"].unbind()
    reload(PROHIBITED)
    assert f"{FEW['third']}: free" in wait_item(ITEM, "enforced")
    reload(ALLOWED)
    assert not few["third"].bound_to()
    assert few["first"].bound_to() == FIRST
