# SPDX-License-Identifier: GPL-2.0-or-later
"""Shells complete secpolctl: a real bash and a real zsh, each on a terminal, with the files and the
program as installed, and the Tab key pressed."""

import os
import pty
import select
import signal
import time

import pytest

HOME = "\x01"  # Ctrl-A, to the beginning of the line
END = "\x05"  # Ctrl-E, to its end
FORGET = "\x15"  # Ctrl-U


class Shell:
    """A shell that is typed into. It says READY when it is."""

    def __init__(self, command, environment):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, environment)
        self._output = ""

    def read_until(self, text, seconds=10):
        deadline = time.monotonic() + seconds
        while text not in self._output:
            left = deadline - time.monotonic()
            assert left > 0, f"no {text!r} in {self._output!r}"
            if select.select([self._terminal], [], [], left)[0]:
                self._output += os.read(self._terminal, 65536).decode(errors="replace")
        seen, _, self._output = self._output.partition(text)
        return seen

    def wait_until_ready(self):
        self.read_until("READY\r\n")
        # Only from the prompt on does the shell itself, and not the terminal, read keys.
        self.read_until("$ ")

    def _read_answer(self):
        seen = self.read_until("END\r\n")
        self.read_until("$ ")
        return seen

    def type(self, text):
        os.write(self._terminal, text.encode())

    def complete(self, line):
        """What the line has become after Tab, up to where the next letter goes."""
        # Whatever Tab does, it is done before the shell reads on.
        self.type(line + "\tX" + HOME + "printf '<%s>\\n' '" + END + "' ; printf 'E''ND\\n'\r")
        seen = self._read_answer()
        return seen.rpartition("<")[2].partition("X>")[0]

    def offers(self, line):
        """The words that are listed when Tab is pressed twice."""
        self.type(line + "\t\t")
        self.type(FORGET + "printf 'E''ND\\n'\r")
        return set(self._read_answer().split())

    def close(self):
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)


def environment(installed, tmp_path):
    return {
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "PATH": f"{installed}/usr/bin:/usr/bin:/bin",
        "XDG_DATA_DIRS": f"{installed}/usr/share:/usr/share",
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent",
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
    }


def start_bash(installed, tmp_path):
    (tmp_path / "bashrc").write_text(
        "PS1='$ '; bind 'set enable-bracketed-paste off'; bind 'set page-completions off'\n"
        "bind 'set completion-query-items 0'\n"
        ". /usr/share/bash-completion/bash_completion\nprintf 'REA''DY\\n'\n"
    )
    command = ["bash", "--noprofile", "--rcfile", str(tmp_path / "bashrc"), "-i"]
    return Shell(command, environment(installed, tmp_path))


def start_zsh(installed, tmp_path):
    (tmp_path / ".zshrc").write_text(
        f"fpath=({installed}/usr/share/zsh/vendor-completions $fpath)\n"
        "PS1='$ '; unsetopt zle_bracketed_paste prompt_sp; bindkey -e; LISTMAX=1000\n"
        "autoload -Uz compinit; compinit -u -D\nprintf 'REA''DY\\n'\n"
    )
    return Shell(["zsh", "-i"], environment(installed, tmp_path) | {"ZDOTDIR": str(tmp_path)})


@pytest.fixture(params=[start_bash, start_zsh], ids=["bash", "zsh"])
def shell(request, installed, tmp_path):
    started = request.param(installed, tmp_path)
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.close()


@pytest.mark.parametrize(
    ("typed", "becomes"),
    (
        ("secpolctl is-", "secpolctl is-compliant "),
        ("secpolctl show RestrictLp", "secpolctl show RestrictLpdPort "),
        ("secpolctl explain PasswordMin", "secpolctl explain PasswordMinimumLength "),
        ("secpolctl settings SmtpRe", "secpolctl settings SmtpReception "),
        ("secpolctl blocked RestrictSn", "secpolctl blocked RestrictSnmpPort "),
        ("secpolctl --no-p", "secpolctl --no-pager "),
        ("secpolctl report --fo", "secpolctl report --format="),
        ("secpolctl report --format=h", "secpolctl report --format=html "),
        ("secpolctl --json=sh", "secpolctl --json=short "),
        ("secpolctl --json sh", "secpolctl --json short "),
    ),
)
def test_tab_completes(shell, typed, becomes):
    assert shell.complete(typed) == becomes


def test_tab_offers_verbs_and_options(shell):
    assert {"status", "show", "explain", "import", "seal"} <= shell.offers("secpolctl ")
    offered = shell.offers("secpolctl import --")
    assert {"--confirm=", "--wait", "--json="} <= offered
    assert "--generation=" not in offered


def test_tab_completes_files(shell, tmp_path):
    (tmp_path / "office.policy").write_text("[Policy]\n")
    line = f"secpolctl check {tmp_path}/off"
    assert shell.complete(line) == f"secpolctl check {tmp_path}/office.policy "
    (tmp_path / "keys").mkdir()
    line = f"secpolctl check --trusted-keys={tmp_path}/ke"
    assert shell.complete(line) == f"secpolctl check --trusted-keys={tmp_path}/keys/"
