# SPDX-License-Identifier: GPL-2.0-or-later
"""What is left of a run: the result in JUnit's format, complete also where the guest died."""

import ast
import json
import shutil
import sys
import xml.etree.ElementTree as ElementTree

TAIL_LINES = 120


def collected(folder, test):
    """The names of the tests, from pytest in the guest, or from the file where it did not get there."""
    try:
        return json.loads((folder / "collected.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        functions = ast.parse(test.read_text(encoding="utf-8")).body
        names = [node.name for node in functions if isinstance(node, ast.FunctionDef)]
        return [name for name in names if name.startswith("test_")] or [test.stem]


def outcomes(folder):
    """Of the tests that ended, as the guest wrote them down one by one."""
    try:
        lines = (folder / "outcomes").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(reversed(line.split(" ", 1)) for line in lines if " " in line)


def write_of_dead(folder, target, test, series, why):
    ended = outcomes(folder)
    suite = ElementTree.Element("testsuite", name=f"vm {series}")
    for name in collected(folder, test):
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"linux-{series}.{test.stem}", name=name
        )
        outcome = ended.get(name, "unfinished")
        if outcome == "skipped":
            ElementTree.SubElement(case, "skipped")
        elif outcome != "passed":
            message = "see test.log" if outcome == "failed" else why
            ElementTree.SubElement(case, "failure", message=message)
    whole = ElementTree.Element("testsuites")
    whole.append(suite)
    if not suite.findall("testcase/failure"):
        case = ElementTree.SubElement(suite, "testcase", classname=f"linux-{series}", name=test.stem)
        ElementTree.SubElement(case, "failure", message=why)
    ElementTree.ElementTree(whole).write(target, encoding="utf-8", xml_declaration=True)


def print_tail(path):
    if path.exists() and path.stat().st_size:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        print(f"--- {path}", *lines[-TAIL_LINES:], sep="\n", flush=True)


def finish(folder, target, test, series, why_dead):
    """`why_dead`: None where the guest has told how the tests ended."""
    junit = folder / "junit.xml"
    print_tail(folder / "test.log")
    if why_dead is None and junit.exists():
        shutil.move(junit, target)
        return
    why = why_dead or "pytest was killed, or ended by itself, before it was done"
    print(f"vm: {test.stem} on {series}: {why}", file=sys.stderr)
    print_tail(folder / "console.log")
    print_tail(folder / "qemu.log")
    write_of_dead(folder, target, test, series, why)
