# SPDX-License-Identifier: GPL-2.0-or-later
"""What secpold.json(5) says of JSON, held against JSON: nothing that it does not list, nothing that
it lists and that is never there."""

import re

from manual import Page, plain

MEMBER = re.compile(r"\\fB(\w+)\\fR \\fI([^\\]+)\\fR(, optional)?")
OF_BUS = {
    "s": "string",
    "b": "boolean",
    "q": "number",
    "u": "number",
    "t": "number",
    "v": "value",
    "as": "array of string",
    "a{su}": "object of number",
    "a{sv}": "object of value",
}


def members(lines):
    """By name: the type, and whether it is optional."""
    return {name: (kind, bool(option)) for line in lines for name, kind, option in MEMBER.findall(line)}


class Shapes:
    """`verbs`: by verb, and words behind it, the shapes of its output. `objects`: by name, the
    members; of an Event of each kind, under "Event KIND". `unseen`: what check() has not met yet."""

    def __init__(self):
        page = Page("secpold.json.5")
        # Headings of subsections are not all in capitals.
        self.objects = {
            name: members(lines) for name, lines in page.terms.items() if not name.isupper()
        }
        self._add_properties(page)
        for name, lines in page.sections.items():
            if match := re.search(r"All members of (\w+), and", " ".join(lines)):
                self.objects[name] |= self.objects[match[1]]
        self._add_events(page)
        self.verbs = {}
        for term in page.terms["VERBS"]:
            for verb, shapes in re.findall(r"(\\fB.*?): ((?:(?: or )?\\fI[^\\]+\\fR)+)", term):
                self.verbs[plain(verb)] = re.findall(r"\\fI([^\\]+)\\fR", shapes)
        self.unseen = set(self._everything())

    def _add_properties(self, page):
        bus = Page("org.secpold1.5")
        special = dict(re.findall(r"(\w+) is an (array of \w+)", page.section("PROPERTIES FROM THE BUS")))
        for name in page.bold("PROPERTIES FROM THE BUS"):
            section = "Properties" if name == "Manager" else f"org.secpold1.{name}"
            found = members(bus.terms[section])
            self.objects[name] = {
                member: (OF_BUS.get(plain(kind)) or special[member], False)
                for member, (kind, _) in found.items()
            }

    def _add_events(self, page):
        common = self.objects.pop("Event")
        for term in page.nested["Event"]:
            head = re.match(r"(?:\\fB([a-z-]+)\\fR(?:, )?)+", term)[0]
            for kind in re.findall(r"\\fB([a-z-]+)\\fR", head):
                self.objects[f"Event {kind}"] = common | members([term])

    def _everything(self):
        for name, listed in self.objects.items():
            for member, (kind, optional) in listed.items():
                yield f"{name}.{member}"
                if optional:
                    yield f"{name} without {member}"
                if kind.endswith(" or null"):
                    yield f"{name}.{member} is null"
                if kind == "value or pair":
                    yield f"{name}.{member} is a pair"
                if re.match("array of [A-Z]", kind):
                    yield f"{name}.{member} has elements"

    def check(self, value, kind, where=""):
        """Fails where the value is not of this type, with all that is in it."""
        where = where or kind
        if kind.endswith(" or null"):
            if value is None:
                self.unseen.discard(f"{where} is null")
                return
            kind = kind.removesuffix(" or null")
        if kind.startswith("array of "):
            assert isinstance(value, list), where
            if value:
                self.unseen.discard(f"{where} has elements")
            for one in value:
                self.check(one, kind.removeprefix("array of "), where)
        elif kind.startswith("object of "):
            assert isinstance(value, dict), where
            for one in value.values():
                self.check(one, kind.removeprefix("object of "), where)
        elif kind == "value or pair" and isinstance(value, list):
            assert len(value) == 2, where
            self.unseen.discard(f"{where} is a pair")
            self.check(value[0], "value", where)
            self.check(value[1], "object of value", where)
        elif kind[0].islower():
            assert is_basic(value, kind), (where, kind, value)
        else:
            self._check_object(value, kind, where)

    def _check_object(self, value, name, where):
        assert isinstance(value, dict), where
        if name == "Event":
            name = f"Event {value['Event']}"
        listed = self.objects[name]
        required = {member for member, (_, optional) in listed.items() if not optional}
        assert required <= set(value) <= set(listed), (where, name, set(value) ^ set(listed))
        for member, one in value.items():
            self.unseen.discard(f"{name}.{member}")
            self.check(one, listed[member][0], f"{name}.{member}")
        self.unseen -= {f"{name} without {member}" for member in set(listed) - set(value)}


def is_basic(value, kind):
    number = isinstance(value, int) and not isinstance(value, bool)
    large = isinstance(value, str) and value.isdecimal() and int(value) >= 1 << 63
    return {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "number": number or large,
        "value": isinstance(value, (bool, str)) or number,
    }[kind.removesuffix(" or pair")]
