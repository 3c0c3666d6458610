"""Publishers: the institution that answers for a release, as `[publisher]` in guzar.toml names it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guzar.errors import SettingsInvalid
from guzar.languages import translate

AUTHORS = "The guzar developers"
WHERE = "guzar.toml, [publisher]"
# Signs that an address or a mailbox has; whether anybody answers there, nobody can tell from the text.
FORMS = {
    "address": (re.compile(r"https?://[^\s<>\"]+"), "an address that begins with https://"),
    "contact": (re.compile(r"[^\s<>\"@]+@[^\s<>\"@]+"), "a mailbox such as data@office.example"),
}
NAMES = ("name_en", "name_ru")
LONGEST = 200  # signs of a name


@dataclass(frozen=True)
class Publisher:
    """Who answers for a release: the name in English and in Russian, the page, the mailbox; "" where not stated."""

    name_en: str
    name_ru: str
    address: str = ""
    contact: str = ""

    def name(self, language: str) -> str:
        """The name in one language."""
        return self.name_ru if language == "ru" else self.name_en

    def as_record(self) -> dict[str, str]:
        """What a release says of its publisher; nothing of what is not stated."""
        return {name: told for name, told in vars(self).items() if told}


def guzar_itself() -> Publisher:
    """The publisher of the figures that ship with guzar."""
    return Publisher(AUTHORS, translate(AUTHORS, "ru"))


def publisher_of(record: Mapping[str, Any]) -> Publisher | None:
    """Who published a release, by its record (release.json); None where it names nobody."""
    told = record.get("publisher")
    if not isinstance(told, Mapping) or not told.get("name_en"):
        return None
    known = {name: str(told.get(name, "")) for name in (*NAMES, *FORMS)}
    return Publisher(**{**known, "name_ru": known["name_ru"] or known["name_en"]})


def declared_publisher(settings: Mapping[str, Any]) -> Publisher | None:
    """The publisher that guzar.toml declares; None where it declares none.

    Raises SettingsInvalid for a name that is missing or too long, for lines that guzar does not know, and for an address or
    a mailbox that cannot be one. A name in one language stands for both.
    """
    if "publisher" not in settings:
        return None
    lines = settings["publisher"]
    if not isinstance(lines, Mapping):
        raise _refuse("The publisher is not a section of its own.", "a section that begins with [publisher]")
    unknown = [name for name in lines if name not in (*NAMES, *FORMS)]
    if unknown:
        raise _refuse(
            "guzar does not know these lines of the publisher: {names}.",
            ", ".join((*NAMES, *FORMS)),
            names=", ".join(unknown),
        )
    told = {name: _line(name, value) for name, value in lines.items()}
    name_en, name_ru = told.get("name_en", ""), told.get("name_ru", "")
    if not name_en and not name_ru:
        raise _refuse(
            "The publisher has no name.", 'a line such as name_en = "National Statistical Committee"'
        )
    for name, (form, expected) in FORMS.items():
        if told.get(name) and not form.fullmatch(told[name]):
            raise _refuse("The line {name} of the publisher cannot be right.", expected, name=name)
    return Publisher(name_en or name_ru, name_ru or name_en, told.get("address", ""), told.get("contact", ""))


def _line(name: str, value: object) -> str:
    """One line of text, without breaks and signs that nobody sees: it stands in citations and on pages."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST:
        raise _refuse(
            "The line {name} of the publisher cannot be right.",
            "one line of text of at most {longest} signs, in quotation marks",
            name=name,
            longest=LONGEST,
        )
    return value.strip()


def _refuse(message: str, expected: str, **values: object) -> SettingsInvalid:
    return SettingsInvalid(
        message, where=WHERE, expected=expected, do="Correct the lines below [publisher].", **values
    )
