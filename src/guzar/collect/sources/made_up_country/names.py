"""The names of the made-up countries, and how each office spells them.

The stock (`name_stock/<language>.txt`) holds the common names of the region in national Cyrillic; nobody's name is in
it: surname, given name and patronymic are drawn apart. A name is a number; a spelling is a number in one pool of texts.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa

from guzar.collect.sources.made_up_country.alphabets import (
    LANGUAGES,
    PRACTICES,
    VOWELS,
    write_latin,
    write_russian,
)
from guzar.collect.sources.made_up_country.rates import read_rates
from guzar.collect.sources.made_up_country.streams import Ints, Streams

SYSTEMS = ("national", "latin", "russian")  # national Cyrillic; Latin documents; papers of QMA
SLIPS = 3  # 0 = as it should be, 1 and 2 = a slip of the pen
KINDS = ("surname", "given_name", "patronymic")
ENDINGS = ("written", "ov", "zoda", "bare", "i", "son")
PATRONYMICS = ("none", "ovich", "son")
SEXES = ("M", "F")
SONS = {
    "uzbek": (" ўғли", " қизи"),
    "kazakh": ("ұлы", "қызы"),
    "kyrgyz": (" уулу", " кызы"),
    "turkmen": (" оглы", " гызы"),
    "tajik": ("", ""),
    "russian": ("", ""),
}
# How the languages spell the names they share, letter by letter from the Tajik.
SHARED_LETTERS = {
    "tajik": {},
    "uzbek": {"ҷ": "ж", "Ҷ": "Ж", "ӯ": "ў", "ӣ": "и"},
    "kyrgyz": dict(zip("оҷҶӯӣқҚғҒҳҲО", "ажЖуикКгГхХА", strict=True)),
    "kazakh": dict(zip("оҷҶӯӣҳҲО", "ажЖұихХА", strict=True)),
    "turkmen": dict(zip("оҷҶӯӣқҚғҒҳҲО", "аҗҖуигГгГхХА", strict=True)),
}


@dataclass(frozen=True)
class NameStock:
    """The names of one language, the commonest first."""

    given: tuple[tuple[str, ...], tuple[str, ...]]  # of men, of women
    surnames: tuple[str, ...]  # Russian: as men write them; else the name of a forefather


@dataclass(frozen=True)
class Spellings:
    """Every spelling of every name; numbers of names become numbers of texts."""

    texts: pa.StringArray
    offsets: Ints  # system × language × kind → first text
    sizes: Ints  # language × kind → names of this kind

    def of(self, system: str, kind: str, language: Ints, name: Ints, practice: Ints, slip: Ints) -> Ints:
        """The texts of names (numbers of their language), written by that practice with that slip."""
        k = KINDS.index(kind)
        variant = practice * SLIPS + slip if system != "national" else 0
        place = self.offsets[SYSTEMS.index(system), language, k] + variant * self.sizes[language, k] + name
        return np.asarray(place)


@cache
def name_stock(language: str) -> NameStock:
    """The names of a language, from the file that ships."""
    parts = _read_stock(language)
    men, women, surnames = (tuple(dict.fromkeys(parts[part])) for part in ("men", "women", "surnames"))
    return NameStock((men, women), surnames)


def _read_stock(language: str) -> dict[str, list[str]]:
    place = resources.files("guzar.collect.sources.made_up_country").joinpath(f"name_stock/{language}.txt")
    parts: dict[str, list[str]] = {}
    part = ""
    for line in place.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
            parts[part] = []
        elif line == "@shared":
            spelt = str.maketrans(SHARED_LETTERS[language])
            parts[part] += [name.translate(spelt) for name in _read_stock("shared")[part]]
        elif line == "@men":
            parts[part] += parts["men"]
        elif line and not line.startswith("#"):
            parts[part] += _names_of_line(line)
    return parts


def _names_of_line(line: str) -> list[str]:
    """`Нур + бек лан` stands for Нурбек and Нурлан."""
    head, plus, tails = line.partition(" + ")
    return [head + tail for tail in tails.split()] if plus else line.split()


def surname_number(stem: Ints, ending: Ints, is_female: Ints) -> Ints:
    """The number of a surname in its language."""
    return np.asarray((stem * len(ENDINGS) + ending) * 2 + is_female)


def given_number(given: Ints, is_female: Ints, men: Ints) -> Ints:
    """The number of a given name: men's names first; `men` = how many there are in the language."""
    return np.asarray(given + is_female * men)


def patronymic_number(father: Ints, kind: Ints, is_female: Ints) -> Ints:
    """The number of a patronymic in its language."""
    return np.asarray((father * len(PATRONYMICS) + kind) * 2 + is_female)


@cache
def spellings() -> Spellings:
    """All spellings of all names; made once, the same for every seed."""
    texts: list[str] = []
    offsets = np.zeros((len(SYSTEMS), len(LANGUAGES), len(KINDS)), dtype=np.int64)
    sizes = np.zeros((len(LANGUAGES), len(KINDS)), dtype=np.int64)
    for at, language in enumerate(LANGUAGES):
        for kind, names in enumerate(_all_names(language)):
            sizes[at, kind] = len(names)
            for s, system in enumerate(SYSTEMS):
                offsets[s, at, kind] = len(texts)
                texts += _written_by(system, language, names)
    return Spellings(pa.array(texts, pa.string()), offsets, sizes)


def _all_names(language: str) -> tuple[list[str], list[str], list[str]]:
    stock = name_stock(language)
    used = read_rates()["names"]["surname_endings"][language]
    surnames = [
        _end(stem, ending, sex, language) if ending in used else ""
        for stem in stock.surnames
        for ending in ENDINGS
        for sex in (0, 1)
    ]
    patronymics = [
        _of_father(father, kind, sex, language)
        for father in stock.given[0]
        for kind in PATRONYMICS
        for sex in (0, 1)
    ]
    return surnames, [*stock.given[0], *stock.given[1]], patronymics


def _end(stem: str, ending: str, sex: int, language: str) -> str:
    if ending == "written":
        return _feminine(stem) if sex else stem
    if ending == "ov":
        return _with_ov(stem) + ("а" if sex else "")
    if ending == "son":
        return stem + SONS[language][sex]
    return stem + {"zoda": "зода", "i": "ӣ", "bare": ""}[ending]


def _with_ov(stem: str) -> str:
    if stem[-1] in "йь":
        return stem[:-1] + "ев"
    return stem + ("ев" if stem[-1] in VOWELS + "жшчц" else "ов")


def _feminine(surname: str) -> str:
    if surname.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return surname + "а"
    if surname.endswith(("ский", "цкий")):
        return surname[:-2] + "ая"
    return surname[:-2] + "ая" if surname.endswith(("ой", "ый")) else surname


def _of_father(father: str, kind: str, sex: int, language: str) -> str:
    if kind == "none":
        return ""
    if kind == "son":
        return father + SONS[language][sex]
    if language == "russian" and father[-1] in "ая":
        return father[:-1] + ("инична" if sex and father.endswith("ья") else "ична" if sex else "ич")
    stem = father[:-1] + "е" if father[-1] in "йь" else father + ("е" if father[-1] in VOWELS else "о")
    return stem + ("вна" if sex else "вич")


def _written_by(system: str, language: str, names: list[str]) -> list[str]:
    if system == "national":
        return names
    write = write_latin if system == "latin" else write_russian
    texts: list[str] = []
    for practice in range(PRACTICES):
        right = [write(name, language, practice) if name else "" for name in names]
        texts += right
        for slip in range(1, SLIPS):
            texts += _slips(right, f"{system} {language} {practice} {slip} {len(names)}")
    return texts


def _slips(names: list[str], stream: str) -> list[str]:
    """Each name with one slip: a letter left out, doubled, exchanged with the next, or another vowel."""
    draws = Streams(0).numbers(f"slips {stream}", 2 * len(names))
    pairs = zip(names, draws[::2].tolist(), draws[1::2].tolist(), strict=True)
    return [_slip(name, where, what) if name else "" for name, where, what in pairs]


def _slip(name: str, where: float, what: float) -> str:
    if len(name) < 4:
        return name
    i = 1 + int(where * (len(name) - 2))
    if what < 0.25:
        return name[:i] + name[i + 1 :]
    if what < 0.45:
        return name[: i + 1] + name[i:]
    if what < 0.65:
        return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
    return name[:i] + _OTHER.get(name[i], name[i - 1]) + name[i + 1 :]


_OTHER = dict(zip("aeiouyаеиоуыэюя", "oiyauiоиыауиеуа", strict=True)) | {
    "k": "q", "q": "k", "h": "kh", "b": "p", "d": "t", "t": "d", "z": "s", "s": "z", "m": "n", "n": "m",
    "к": "г", "г": "к", "б": "п", "д": "т", "т": "д", "з": "с", "с": "з", "м": "н", "н": "м", "х": "к",
}  # fmt: skip
