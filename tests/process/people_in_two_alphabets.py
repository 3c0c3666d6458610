"""Made-up people whose documents spell their names in Cyrillic or Latin; small, for the tests of linkage only."""

import datetime as dt

import numpy as np
import polars as pl

SURNAMES = "Рахмон Саид Турсун Хусейн Юсуп Карим Ҳоҷи Ёқуб Ғаффор Назар Сафар Шариф Собир Эргаш Раҷаб Ортиқ Ҳамид Усмон"
BEFORE = ("", "Абду", "Нур", "Мир", "Шер", "Бек", "Хол", "Эш", "Ток", "Жума")
GIVEN = "али жон мат рахим бахт улло мурод шод дил фируз анор лола мир зарин гулнор фарида нигора шахло"
ICAO = dict(
    zip(
        "ёжийхцчшъыьэюяғқҳҷ",
        ["e", "zh", "i", "i", "kh", "ts", "ch", "sh", ".", "y", ".", "e", "iu", "ia", "g", "k", "h", "j"],
        strict=True,
    )
)
UZBEK = dict(
    zip(
        "ёжийхцчшъыьэюяғқҳҷ",
        ["yo", "j", "i", "y", "x", "ts", "ch", "sh", ".", "i", ".", "e", "yu", "ya", "g'", "q", "h", "j"],
        strict=True,
    )
)
PLAIN = dict(zip("абвгдезклмнопрстуф", "abvgdezklmnoprstuf", strict=True))
RUSSIAN = str.maketrans("ғқҳҷё", "гкхже")


def make_people(persons: int, seed: int) -> pl.DataFrame:
    """Records of so many persons, some seen more than once, with `person_id` and `script`: the truth."""
    draw = np.random.Generator(np.random.PCG64(seed))
    surnames = [(start + stem.lower()).capitalize() for start in BEFORE for stem in SURNAMES.split()]
    given = [
        (start + stem.lower()).capitalize() for start in ("", "Нур", "Мух", "Шо") for stem in GIVEN.split()
    ]
    rows = []
    for person in range(persons):
        name, own, father = draw.choice(surnames), draw.choice(given), draw.choice(given)
        is_woman, citizenship = bool(draw.random() < 0.4), str(draw.choice(["QMB", "QMC", "QMD"]))
        born = dt.date(1960, 1, 1) + dt.timedelta(int(draw.integers(0, 365 * 48)))
        for _ in range(1 + int(draw.poisson(1.2))):
            if is_woman and draw.random() < 0.1:
                name = draw.choice(surnames)
            rows.append((person, *_document(draw, name, own, father, is_woman, born), citizenship))
    schema = (
        *("person_id", "surname", "given_name", "patronymic", "sex", "birth_date", "document_number"),
        *("script", "citizenship"),
    )
    table = pl.DataFrame(rows, schema=schema, orient="row")
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed).with_row_index("number")
    return shuffled.with_columns(record_id=pl.format("r{}", "number"), birth_place="citizenship").drop(
        "number"
    )


def _document(
    draw: np.random.Generator, name: str, own: str, father: str, is_woman: bool, born: dt.date
) -> tuple[object, ...]:
    ending = "зода" if draw.random() < 0.1 else "ова" if is_woman else "ов"
    words = [name + ending, own, father + ("овна" if is_woman else "ович")]
    system = draw.choice(["cyrillic", "icao", "uzbek"])
    if system == "cyrillic":
        words = [word.lower().translate(RUSSIAN).title() for word in words]
    else:
        table = PLAIN | (ICAO if system == "icao" else UZBEK)
        words = ["".join(table[letter] for letter in word.lower()).replace(".", "").upper() for word in words]
    patronymic = words[2] if draw.random() < 0.7 else None
    number = f"{draw.integers(10**8, 10**9)}"
    script = "cyrillic" if system == "cyrillic" else "latin"
    return words[0], words[1], patronymic, "F" if is_woman else "M", _typed(draw, born), number, script


def _typed(draw: np.random.Generator, born: dt.date) -> dt.date:
    """A birth date as it was typed: now and then day and month change places, or only the year is known."""
    chance = draw.random()
    if chance < 0.01 and born.day <= 12:
        return born.replace(month=born.day, day=born.month)
    return born.replace(month=1, day=1) if chance < 0.02 else born
