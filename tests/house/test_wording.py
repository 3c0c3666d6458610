"""One word for one thing: what the glossary calls by one name has no second one in texts, codelists or pages."""

import re
from pathlib import Path

import pytest

from guzar import journey
from guzar.define.codelist import read_codelist
from guzar.define.sources import editions

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "guzar"
# The second word, and the one to write. Ids in code (asylum_seekers) are not words.
SYNONYMS = [
    (r"modelled twice|model fed by a model|[Mm]odelled from modelled values", "modelled from modelled"),
    (r"[Мм]одель по модельным", "модель по модели"),
    (r"[Aa]sylum seeker", "asylum-seeker"),
    (r"Price of sending", "Cost of sending"),
    (r"одно и то же число раз", "в одной и той же пропорции"),
    (r"раунд\w* опроса", "раунд обследования"),
    (r"USD \{number\}", "US$ {number}"),
    (r"empty stretch|live longer", "nothing: no figure proves it"),
]
# Spellings that publishers print are read, never written.
READ_ONLY = {"area_spellings.csv", "cited_publishers.csv"}


def _texts() -> list[tuple[str, str]]:
    """Everything that a reader may see: messages, pages, codelists, documents."""
    found = [
        *SOURCE.rglob("*.py"),
        *SOURCE.rglob("*.po"),
        *SOURCE.rglob("*.html"),
        *(SOURCE / "define" / "codelists").rglob("*.csv"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
    ]
    return [
        (str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))
        for file in found
        if file.name not in READ_ONLY
    ]


@pytest.mark.parametrize("pair", SYNONYMS, ids=lambda pair: pair[1])
def test_one_word_for_one_thing(pair: tuple[str, str]) -> None:
    """A second word for the same thing makes a reader look for a difference that is not there."""
    forbidden, written = pair
    found = [name for name, text in _texts() if re.search(forbidden, text)]
    assert not found, f"write “{written}” in {found}"


def test_russian_names_and_texts_write_yo() -> None:
    """Соединённые Штаты beside «учёт» and «отчёт»: ё everywhere, or it is missed where it is not."""
    names = [name for name in read_codelist("areas")["name_ru"].drop_nulls()]
    assert not [name for name in names if re.search(r"[Сс]оединенн|[Оо]бъединенн", name)]
    without = re.compile(
        r"\b(?:учет|отчет|расчет|подсчет|пересчет|счет|объем|прием|еще|трех|четырех|причем|вооруженн\w+)\b"
    )
    assert not {(name, m[0]) for name, text in _texts() if (m := without.search(text.lower()))}


def test_every_shipped_edition_has_a_name() -> None:
    """A bare date does not say whose edition it is."""
    rows = journey.load_observations(None).select("source", "edition").unique().iter_rows()
    held = {(source, edition) for source, edition in rows}
    assert held
    assert held <= set(editions()), sorted(held - set(editions()))
    for one in editions().values():
        assert one.label_en
        assert one.label_ru
        assert not re.search(r"\d{4}-\d{2}", one.label_en + one.label_ru)
