# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual pages as scdoc renders them, taken apart: what is explained in which section."""

import pathlib
import re
import subprocess

MAN = pathlib.Path(__file__).resolve().parents[2] / "man"
BOLD = re.compile(r"\\fB(.*?)\\fR")


def plain(text):
    """A rendered line without fonts and escapes."""
    text = re.sub(r"\\f[BIR]", "", text).replace("\\&", "").replace("\\-", "-").replace("\\e", "\\")
    return text.replace("\\(ha", "^").replace("\\(ti", "~").replace("\\(aq", "'")


class Page:
    """`terms`: by section, the lines with something below them that explains them; of a nested
    list, its own. A subsection counts as a section, under its own name."""

    def __init__(self, name):
        source = (MAN / f"{name}.scd").read_text(encoding="utf-8")
        rendered = subprocess.run(
            ["scdoc"], input=source, capture_output=True, text=True, check=True
        ).stdout
        self.rendered, self.text = rendered, plain(rendered)
        self.sections, self.terms, self.nested = {}, {}, {}
        section, depth, before = "", 0, ""
        for line in rendered.splitlines():
            if line.startswith((".SH ", ".SS ")):
                section = plain(line[4:]).strip('"')
                self.sections[section], self.terms[section], self.nested[section] = [], [], []
            elif line == ".RS 4":
                if section and BOLD.search(before):
                    (self.nested if depth else self.terms)[section].append(before)
                depth += 1
            elif line == ".RE":
                depth -= 1
            elif section:
                self.sections[section].append(plain(line))
            before = line

    def bold(self, section):
        """The words in bold of the terms of a section."""
        return [plain(word) for term in self.terms[section] for word in BOLD.findall(term)]

    def section(self, name):
        return " ".join(self.sections[name])


def options_of_help(text):
    """The long options that a program's --help lists."""
    return set(re.findall(r"^ +(?:-\w, )?--([a-z][a-z-]*)", text, re.MULTILINE))


def options_of_terms(words):
    """The long options among words in bold."""
    return {match[1] for word in words if (match := re.match(r"--([a-z][a-z-]*)", word))}
