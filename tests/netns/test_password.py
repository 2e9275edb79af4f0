# SPDX-License-Identifier: GPL-2.0-or-later
"""The setting password: whoever does not know it changes nothing, and it is left lying nowhere."""

import base64
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import threading
import time

import pytest

import daemon
from documents import policy
from life import Importer, call, import_, refused
from probes import wait_until

PASSWORD = "Correct-Hörse-7"
OTHER = "Battery-Stäple-8"
CLONE_NEWTIME = 0x80
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000


def document(serial, *items):
    return policy(*(items or ("RestrictLpdPort",)), name=f"Edition {serial}", serial=serial)


@pytest.fixture(scope="module")
def papers(author):
    """One device's history: by the same seal, by another password, and by none."""
    first = author.seal(document(1), PASSWORD)
    return {
        "first": first,
        "update": author.seal(document(2), PASSWORD, like=first),
        "same password": author.seal(document(3), PASSWORD),
        "other": author.seal(document(4), OTHER),
        "open": document(5).encode(),
    }


@pytest.fixture
def importer(bus):
    connection = Importer(bus)
    yield connection
    connection.close()


@pytest.fixture
def protected(bus, secpold, papers):
    secpold.start()
    import_(bus, papers["first"])
    return secpold


def failures(secpold):
    """How many wrong passwords are counted."""
    path = secpold.state / "attempts"
    return int(re.search(r"Failures=(\d+)", path.read_text())[1]) if path.exists() else 0


def trying_thread(secpold):
    """Id of the thread that tries passwords; 0 while there is none."""
    for name in pathlib.Path(f"/proc/{secpold.pid}/task").glob("*/comm"):
        try:
            if name.read_text() == "password\n":
                return int(name.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return 0


@contextlib.contextmanager
def trial_held(secpold):
    """Waits until a password is tried, and keeps that thread, and no other, from going on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    assert wait_until(lambda: trying_thread(secpold))
    thread = trying_thread(secpold)
    for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
        if libc.ptrace(request, thread, 0, 0):
            raise OSError(ctypes.get_errno(), "cannot hold the thread")
    os.waitpid(thread, WALL)
    yield
    libc.ptrace(PTRACE_DETACH, thread, 0, 0)


def use_up(importer, papers):
    """Wrong passwords until there is a wait."""
    for _ in range(5):
        assert importer.outcome(papers["other"], password="wrong") == "PasswordMismatch"


# The rule


def test_a_device_without_a_password_takes_the_documents(bus, secpold, papers):
    secpold.start()
    assert bus.manager("PasswordSet") is False
    import_(bus, papers["open"])
    assert bus.manager("PasswordSet") is False
    secpold.stop()
    shutil.rmtree(secpold.state)
    secpold.start()
    import_(bus, papers["first"])
    assert bus.manager("PasswordSet") is True
    secpold.kill()
    secpold.start()
    assert bus.manager("PasswordSet") is True
    assert refused(bus, papers["open"])[0] == "PasswordRequired"


def test_an_update_by_the_same_seal_needs_no_typing(bus, protected, papers):
    assert import_(bus, papers["update"]) == 2
    assert failures(protected) == 0
    assert bus.manager("PasswordSet") is True


def test_the_same_password_under_another_salt_has_to_be_typed(bus, protected, papers):
    assert refused(bus, papers["same password"])[0] == "PasswordRequired"
    assert refused(bus, papers["same password"], password=OTHER)[0] == "PasswordMismatch"
    assert import_(bus, papers["same password"], password=PASSWORD) == 2
    assert failures(protected) == 0


@pytest.mark.parametrize(
    "paper, options, error",
    (
        ("other", {}, "PasswordRequired"),
        ("other", {"password": OTHER}, "PasswordMismatch"),
        ("other", {"password": PASSWORD}, "PasswordMismatch"),
        ("other", {"password": OTHER, "current-password": OTHER}, "PasswordMismatch"),
        ("other", {"password": PASSWORD, "current-password": PASSWORD}, "PasswordMismatch"),
        ("open", {}, "PasswordRequired"),
        ("open", {"password": PASSWORD}, "PasswordRequired"),
        ("open", {"current-password": OTHER}, "PasswordMismatch"),
    ),
    ids=str,
)
def test_without_the_right_passwords_nothing_changes(bus, protected, papers, paper, options, error):
    name, text = refused(bus, papers[paper], **options)
    assert name == error
    assert not any(word in text for word in (PASSWORD, OTHER))
    assert (bus.manager("PolicyName"), bus.manager("Generation")) == ("Edition 1", 1)


def test_the_password_is_changed_by_who_knows_it(bus, protected, papers):
    changed = {"password": OTHER, "current-password": PASSWORD}
    assert import_(bus, papers["other"], **changed) == 2
    assert refused(bus, papers["first"], password=PASSWORD)[0] == "StaleSerial"
    assert refused(bus, papers["open"], **{"current-password": PASSWORD})[0] == "PasswordMismatch"
    assert import_(bus, papers["open"], **{"current-password": OTHER}) == 3
    assert bus.manager("PasswordSet") is False


def test_a_reverted_import_gives_the_password_back(bus, protected, papers):
    changed = {"password": OTHER, "current-password": PASSWORD}
    import_(bus, papers["other"], confirm_sec=1, **changed)
    assert wait_until(lambda: bus.manager("Generation") == 1)
    assert refused(bus, papers["open"], **{"current-password": OTHER})[0] == "PasswordMismatch"
    assert import_(bus, papers["update"]) == 3


# Forgery


def test_a_copied_seal_is_refused_by_name(bus, protected, papers):
    seal = papers["first"][papers["first"].index(b"[Seal]") :]
    name, text = refused(bus, papers["open"] + seal)
    assert name == "SealInvalid"
    assert "does not fit" in text
    assert refused(bus, papers["update"].replace(b"RestrictLpdPort", b"RestrictRawPort"))[0] == (
        "SealInvalid"
    )
    assert bus.manager("Generation") == 1


def changed_at_every_offset(whole):
    for at, byte in enumerate(whole):
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, ord("#"), ord("\n")} - {byte}:
            yield at, whole[:at] + bytes([other]) + whole[at + 1 :]
        yield at, whole[:at] + whole[at + 1 :]


@pytest.mark.parametrize("has_password", (True, False), ids=("password", "no password"))
def test_a_byte_changed_anywhere_is_refused(bus, secpold, importer, papers, has_password):
    secpold.start()
    if has_password:
        import_(bus, papers["first"])
    before = bus.manager("PolicyDigest")
    seen = {}
    for at, changed in changed_at_every_offset(papers["update"]):
        outcome = importer.outcome(changed)
        assert outcome in ("SealInvalid", "InvalidPolicy"), (at, outcome)
        seen.setdefault(outcome, set()).add(at)
    assert set.union(*seen.values()) == set(range(len(papers["update"])))
    # What parses is refused for its seal alone: the name's letters, the serial and the signature.
    assert len(seen["SealInvalid"]) > 80
    assert bus.manager("PolicyDigest") == before
    assert failures(secpold) == 0
    assert importer.outcome(papers["update"]) == (2 if has_password else 1)


# The limit


def test_after_five_wrong_ones_there_is_a_wait_that_outlives_a_crash(
    bus, protected, importer, papers
):
    use_up(importer, papers)
    for _ in range(2):
        right = {"password": OTHER, "current-password": PASSWORD}
        name, text = refused(bus, papers["other"], **right)
        assert name == "TooManyAttempts"
        assert 25 <= int(re.search(r"in (\d+) seconds", text)[1]) <= 30
        protected.kill()
        protected.start()
    assert failures(protected) == 5
    # Who needs not type is not kept waiting.
    assert import_(bus, papers["update"]) == 2


def test_a_crash_while_a_password_is_tried_counts(protected, importer, papers):
    for expected in range(1, 4):
        importer.send(importer.import_message(papers["other"], password="wrong"))
        assert wait_until(lambda: trying_thread(protected))
        protected.kill()
        assert failures(protected) == expected
        protected.start()


def test_stopping_while_a_password_is_tried_is_orderly(protected, importer, papers):
    importer.send(importer.import_message(papers["other"], password="wrong"))
    assert wait_until(lambda: trying_thread(protected))
    assert protected.stop() == 0


def test_whoever_waits_when_secpold_stops_is_told_that_nothing_was_imported(
    protected, importer, papers
):
    call = importer.import_message(papers["other"], password="wrong")
    answers = []
    pending = importer.connection.send_message_with_reply(call, answers.append, 10)
    importer.connection.flush()
    assert wait_until(lambda: trying_thread(protected))
    assert protected.stop() == 0
    pending.block()
    assert "nothing" in answers[0].get_args_list()[0], answers[0].get_error_name()


def later(seconds):
    """Puts the calling process where CLOCK_BOOTTIME, and no other clock, is ahead."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter():
        if libc.unshare(CLONE_NEWTIME):
            raise OSError(ctypes.get_errno(), "no time namespace")
        with open("/proc/self/timens_offsets", "w", encoding="ascii") as file:
            file.write(f"boottime {seconds} 0\n")
        own = os.open("/proc/self/ns/time_for_children", os.O_RDONLY)
        if libc.setns(own, CLONE_NEWTIME):
            raise OSError(ctypes.get_errno(), "cannot enter the time namespace")
        os.close(own)

    return enter


@pytest.mark.skipif(not os.path.exists("/proc/self/ns/time"), reason="needs time namespaces")
def test_the_wait_passes_by_the_clock_since_boot_and_doubles(protected, importer, papers):
    """That clock cannot be set; in a namespace it can be shifted, while the wall clock is not."""
    use_up(importer, papers)
    ahead = 0
    for wait in (30, 60, 120):
        for shift, expected in ((wait - 10, "TooManyAttempts"), (wait + 1, "PasswordMismatch")):
            protected.stop()
            protected.in_child = [later(ahead + shift)]
            protected.start()
            assert importer.outcome(papers["other"], password="wrong") == expected, (wait, shift)
        ahead += wait + 1


def test_a_reboot_starts_the_wait_anew(protected, importer, papers):
    use_up(importer, papers)
    protected.stop()
    attempts = protected.state / "attempts"
    text = re.sub("BootId=.*", "BootId=" + "0" * 32, attempts.read_text())
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    attempts.write_text(re.sub("LastUSec=.*", f"LastUSec={int((now + 9999) * 1e6)}", text))
    protected.in_child = [later(-int(now) + 5)]
    protected.start()
    assert importer.outcome(papers["other"], password="wrong") == "TooManyAttempts"
    protected.stop()
    protected.in_child = [later(-int(now) + 31)]
    protected.start()
    assert importer.outcome(papers["other"], password="wrong") == "PasswordMismatch"


@pytest.mark.parametrize("damage", (b"", b"[Attempts]\nFailures=-1\n", b"\0" * 5000))
def test_a_damaged_count_is_no_way_to_five_more(protected, importer, papers, damage):
    use_up(importer, papers)
    (protected.state / "attempts").write_bytes(damage)
    assert importer.outcome(papers["other"], password="wrong") == "PasswordMismatch"
    assert importer.outcome(papers["other"], password="wrong") == "TooManyAttempts"


# Meanwhile


@contextlib.contextmanager
def importing(importer, *arguments, **options):
    """Starts an import; its outcome is in the list, alone, after the block."""
    outcome = []
    thread = threading.Thread(
        target=lambda: outcome.append(importer.outcome(*arguments, **options))
    )
    thread.start()
    yield outcome
    thread.join()


def test_while_a_password_is_tried_everybody_else_is_answered(bus, protected, importer, papers):
    changed = {"password": OTHER, "current-password": PASSWORD}
    with importing(importer, papers["other"], **changed) as outcome, trial_held(protected):
        for _ in range(20):
            assert bus.manager("Generation") == 1
        for other in ("open", "update", "first"):
            name, text = refused(bus, papers[other], **changed)
            assert name == "ImportInProgress" and "again" in text
        assert outcome == []
    assert outcome == [2]
    assert bus.manager("Generation") == 2


def test_what_is_let_in_is_measured_by_what_is_in_force_then(
    bus, protected, importer, papers, author
):
    """A confirmation that arrives while the password is tried raises the serial for it, too."""
    high = author.seal(document(9), PASSWORD, like=papers["first"])
    import_(bus, high, confirm_sec=60)
    changed = {"password": OTHER, "current-password": PASSWORD}
    with importing(importer, papers["other"], **changed) as outcome, trial_held(protected):
        call(bus, "Confirm", 2)
    assert outcome == ["StaleSerial"]
    assert bus.manager("PolicySerial") == 9


def test_a_policy_taken_back_meanwhile_is_not_what_the_password_was_tried_on(
    bus, protected, importer, papers
):
    changed = {"password": OTHER, "current-password": PASSWORD}
    import_(bus, papers["update"], confirm_sec=60)
    with importing(importer, papers["other"], **changed) as outcome, trial_held(protected):
        call(bus, "Revert")
    assert outcome == ["ImportInProgress"]
    assert bus.manager("Generation") == 1


# What is left


# Larger ones are a sanitizer's own.
MAPPING_MAX = 1 << 30


def memory_of(pid):
    """Every mapping that can be read, as (name, bytes)."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            fields = line.split(None, 5)
            first, last = (int(end, 16) for end in fields[0].split("-"))
            if not fields[1].startswith("r") or last - first > MAPPING_MAX:
                continue
            try:
                mem.seek(first)
                yield (fields[5].strip() if len(fields) > 5 else ""), mem.read(last - first)
            except (OSError, ValueError, OverflowError):
                continue


def places(pid, wanted):
    return [name for name, content in memory_of(pid) if wanted in content]


def test_no_password_stays_in_memory_log_or_answer(bus, protected, papers):
    assert places(protected.pid, b"Edition 1"), "the search finds what is there"
    current, new, wrong = (word.encode() for word in (PASSWORD, OTHER, "Wröng-Guess-99"))
    _, text = refused(bus, papers["other"], password=wrong.decode())
    changed = {"password": OTHER, "current-password": PASSWORD}
    assert import_(bus, papers["other"], **changed) == 2
    for word in (current, new, wrong):
        assert places(protected.pid, word) == [], word
        assert word not in protected.log_file.read_bytes()
        assert word.decode() not in text
        for path in protected.state.rglob("*"):
            assert not path.is_file() or word not in path.read_bytes()


def test_nothing_of_the_seal_is_in_the_log(bus, protected, papers):
    refused(bus, papers["other"], password="wrong")
    for line in papers["other"].splitlines():
        if line.startswith((b"Salt=", b"PublicKey=", b"Signature=")):
            value = line.partition(b"=")[2]
            raw = base64.b64decode(value)
            log = protected.log_file.read_bytes()
            assert value not in log and raw.hex().encode() not in log


def test_while_it_is_tried_the_password_is_kept_from_swap_and_cores(protected, importer, papers):
    importer.send(importer.import_message(papers["other"], password="Wröng-Guess-99"))
    with trial_held(protected):
        maps = pathlib.Path(f"/proc/{protected.pid}/smaps").read_text()
    flags = [line.split()[1:] for line in maps.splitlines() if line.startswith("VmFlags:")]
    # A sanitizer turns mlock() into nothing.
    wanted = {"dd"} if "/libasan" in maps else {"dd", "lo"}
    assert any(wanted <= set(found) for found in flags)


@pytest.mark.parametrize("provisioned", (None, policy(name="Provisioned")), ids=("none", "one"))
def test_the_password_holds_when_the_policies_are_lost(bus, protected, papers, provisioned):
    """In the fallback, and with a provisioned policy in the place of the imported one."""
    protected.kill()
    (protected.state / "policies/1/meta").write_text("damaged")
    protected.start(provisioned)
    assert bus.manager("PolicyOrigin") == ("provisioned" if provisioned else "fallback")
    assert bus.manager("PasswordSet") is True
    assert refused(bus, papers["other"])[0] == "PasswordRequired"
    assert import_(bus, papers["update"]) > 0
    assert bus.manager("PasswordSet") is True


def test_the_password_holds_when_an_older_policy_stands_in(bus, secpold, papers):
    """One without a password, in the place of the one that brought it."""
    secpold.start()
    import_(bus, document(1))
    import_(bus, papers["update"])
    secpold.kill()
    (secpold.state / "policies/2/meta").write_text("damaged")
    for _ in range(2):
        secpold.start()
        assert (bus.manager("Generation"), bus.manager("PasswordSet")) == (1, True)
        assert refused(bus, papers["open"])[0] == "PasswordRequired"
        secpold.kill()
    secpold.start()
    assert import_(bus, papers["same password"], password=PASSWORD) == 3


def test_a_damaged_record_of_the_password_lets_nobody_in_where_it_is_needed(
    bus, protected, papers
):
    protected.kill()
    (protected.state / "policies/1/meta").write_text("damaged")
    (protected.state / "seal").write_text("damaged")
    protected.start()
    assert bus.manager("PasswordSet") is True
    assert any("setting password" in problem for problem in bus.manager("Problems"))
    assert refused(bus, papers["update"], password=PASSWORD)[0] == "PasswordMismatch"
