"""How states and offices write the same name: from the national Cyrillic to Latin documents and Russian papers.

Every system has three practices, one after another in the time when documents were made: practice 0 is the usual one.
The tables state public rules: ICAO Doc 9303 part 3, GOST 52535.1, the Uzbek alphabet of 1995, the Turkmen alphabet, and
what clerks do with letters that Russian lacks.
"""

import re
from collections.abc import Mapping

LANGUAGES = ("russian", "uzbek", "tajik", "kyrgyz", "kazakh", "turkmen")
PRACTICES = 3
VOWELS = "аеёиоуыэюяўӯөүұәіӣ"
_HEARD = re.compile(rf"(?:^|(?<=[{VOWELS} ]))е")

_COMMON = dict(
    zip(
        "абвгдезиклмнопрстуф",
        ["a", "b", "v", "g", "d", "e", "z", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f"],
        strict=True,
    )
) | {"ш": "sh", "ч": "ch", "ъ": "", "ь": "", "э": "e", "щ": "shch", "ы": "y", "ц": "ts", "ж": "zh", "х": "kh"}
ICAO = _COMMON | {"ё": "e", "й": "i", "ю": "iu", "я": "ia", "ъ": "ie"}
GOST = _COMMON | {"ё": "ye", "й": "y", "ю": "yu", "я": "ya"}
FREE = _COMMON | {"ё": "yo", "й": "i", "ю": "yu", "я": "ya", "кс": "x", "ий": "y", "ье": "ie", "щ": "sch"}

# What Russian lacks, as Russian papers write it: as a rule; by ear; from the Latin document.
TO_RUSSIAN: tuple[Mapping[str, str], ...] = (
    dict(zip("ғқҳўӯөүұәіңһӣ", "гкхууоууаинхи", strict=True)) | {"ҷ": "дж", "җ": "дж"},
    dict(zip("ғқҳўӯөүұәіңһӣ", "гкгоуоуоеинги", strict=True))
    | {"ҷ": "ж", "җ": "ж", "ё": "е", "э": "е", "ы": "и"},
    dict(zip("ғқҳўӯөүұәіңһӣ", "гкхоуеюуяинхы", strict=True))
    | {"ҷ": "дж", "җ": "ж", "ъ": "", "ё": "е", "ий": "и"},
)

_UZBEK = _COMMON | {
    "ж": "j", "х": "x", "ҳ": "h", "қ": "q", "ў": "o'", "ғ": "g'", "ё": "yo", "ю": "yu", "я": "ya", "й": "y",
    "ы": "i", "ъ": "'", "э": "e", "ц": "s", "ҷ": "j", "щ": "sh",
}  # fmt: skip
_TAJIK = GOST | {"ё": "yo", "ҷ": "j", "ҳ": "h", "қ": "q", "ғ": "gh", "ӯ": "u", "ӣ": "i", "ъ": "'"}
_TAJIK_ICAO = ICAO | {"ҷ": "j", "ҳ": "kh", "қ": "k", "ғ": "g", "ӯ": "u", "ӣ": "i", "ъ": ""}
_KYRGYZ = ICAO | {"ө": "o", "ү": "u", "ң": "ng", "ъ": ""}
_KYRGYZ_PLAIN = GOST | {"ж": "j", "ө": "o", "ү": "u", "ң": "n", "ё": "yo"}
_KAZAKH = ICAO | {
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "й": "y", "ю": "yu",
    "я": "ya", "ъ": "",
}  # fmt: skip
_KAZAKH_OLD = _KAZAKH | {"ж": "j", "қ": "q", "ғ": "gh", "ң": "ng", "х": "h"}
_TURKMEN = _COMMON | {
    "ж": "ž", "җ": "j", "ш": "ş", "ч": "ç", "й": "ý", "ң": "ň", "ө": "ö", "ү": "ü", "ә": "ä", "х": "h", "в": "w",
    "ё": "ýo", "ю": "ýu", "я": "ýa", "ц": "s",
}  # fmt: skip
_PLAIN = str.maketrans({"ž": "z", "ş": "s", "ç": "c", "ý": "y", "ň": "n", "ö": "o", "ü": "u", "ä": "a"})


def write_latin(name: str, language: str, practice: int) -> str:
    """A name in the Latin letters of a national document."""
    lower = name.lower()
    if practice == 2 and language != "russian":  # a passport of the time when names went through Russian
        return _title(_write(_write(lower, TO_RUSSIAN[0]), GOST))
    table = _LATIN[language][min(practice, len(_LATIN[language]) - 1)]
    text = _write(_begin(lower, language, practice), table)
    if language == "uzbek" and practice == 1:
        text = text.replace("'", "")
    return _title(text.translate(_PLAIN) if language == "turkmen" and practice == 1 else text)


def write_russian(name: str, language: str, practice: int) -> str:
    """A name in the Russian letters of an office of QMA."""
    lower = name.lower()
    if language == "russian":
        return _title(lower if practice == 0 else lower.replace("ё", "е"))
    return _title(_write(lower, TO_RUSSIAN[practice]))


_LATIN: dict[str, tuple[Mapping[str, str], ...]] = {
    "russian": (ICAO, GOST, FREE),
    "uzbek": (_UZBEK, _UZBEK),
    "tajik": (_TAJIK, _TAJIK_ICAO),
    "kyrgyz": (_KYRGYZ, _KYRGYZ_PLAIN),
    "kazakh": (_KAZAKH, _KAZAKH_OLD),
    "turkmen": (_TURKMEN, _TURKMEN),
}


def _begin(name: str, language: str, practice: int) -> str:
    """Е at the beginning or after a vowel is heard with a y in some systems."""
    if language in {"uzbek", "turkmen"} or (practice == 1 and language in {"russian", "kyrgyz"}):
        return _HEARD.sub("йе", name)
    return name


def _write(name: str, table: Mapping[str, str]) -> str:
    groups, letters = _IN_TWO.get(id(table)) or _in_two(table)
    for group, written in groups:
        name = name.replace(group, written)
    return name.translate(letters)


_InTwo = tuple[list[tuple[str, str]], dict[int, str]]
_IN_TWO: dict[int, _InTwo] = {}


def _in_two(table: Mapping[str, str]) -> _InTwo:
    """Groups of letters, which go first, and single letters; kept by table, of which there are a dozen."""
    groups = [(letters, written) for letters, written in table.items() if len(letters) > 1]
    letters = {ord(letter): written for letter, written in table.items() if len(letter) == 1}
    return _IN_TWO.setdefault(id(table), (groups, letters))


def _title(text: str) -> str:
    if " " not in text:
        return text[:1].upper() + text[1:]
    return " ".join(part[:1].upper() + part[1:] for part in text.split(" "))
