"""Data sets of SDMX-JSON, which 1.0 and 2.0 write alike: places of codes in lists that are told after the data.

Keys of a JSON object have no order, so the data sets come first and the lists of values after them: only codes,
periods and attribute values that are different are held, never the rows. A value that an attribute does not have
is told by the place of a null in its list, since a reader that takes "no place" for the first place would be wrong.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guzar.define.structures import TIME, Component
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.formats.columns import Layout, Numbers, SuffixesBySeries, Texts, TextsBySet, name_of
from guzar.share.sdmx.formats.xml_text import NOT_AN_ID
from guzar.share.sdmx.series import DataAnswer

IDENTIFIER = re.compile(r"[A-Za-z0-9_@$-]+")
PERIOD = re.compile(r"(\d{4})(?:-Q([1-4]))?(?:(-\d\d-\d\d)/P(\d+)Y)?")


class Places:
    """For each component of an answer, the places of the values met so far."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        answer = layout.answer
        self.of = {one.id: Numbers() for one in (*layout.dimensions, *layout.attributes)}
        self.key = [self.of[one.id] for one in answer.key]
        self.attributes = [self.of[one.id] for one in layout.attributes]
        self.own = [self.of[one.id] for one in answer.series_attributes]
        has_at = answer.at is not None and answer.has_observations
        self.at = self.of[answer.at.id] if answer.at is not None and has_at else Numbers()


def write_observations(layout: Layout, places: Places, *, has_value: bool) -> Iterator[str]:
    """The members of a data set that hold its rows: `observations` where flat, else `series`."""
    if layout.flat:
        yield '"observations":{'
        yield from _joined(_flat(layout, places, has_value=has_value))
    else:
        yield '"series":{'
        yield from _joined(_grouped(layout, places, has_value=has_value))
    yield "}"


def _joined(texts: Iterator[str]) -> Iterator[str]:
    """Texts with a comma between each and the next; empty ones left out."""
    comma = ""
    for text in texts:
        if text:
            yield comma + text
            comma = ",\n"


def _flat(layout: Layout, places: Places, *, has_value: bool) -> Iterator[str]:
    answer, before = layout.answer, layout.before
    at = Texts(lambda code: places.at[code] + (":" if before < len(answer.key) else ""))
    at = at if answer.at is not None else Texts(lambda _: "")

    def tell(values: Sequence[str | None]) -> str:
        told = [numbers[value] for numbers, value in zip(places.attributes, values, strict=True)]
        return _after_value(told, has_value=has_value)

    suffixes_by_series = SuffixesBySeries(tell, layout)
    for series in answer.series:
        key = [numbers[code] for numbers, code in zip(places.key, series.key, strict=True)]
        prefix = '"' + "".join([f"{one}:" for one in key[:before]])
        prefix = prefix if answer.at is not None else prefix[:-1]
        middle = ":".join(key[before:]) + '":['
        suffixes = suffixes_by_series[series.attributes]
        if has_value:
            lines = [
                f"{prefix}{at[period]}{middle}{value or 'null'}{suffixes[number]}"
                for period, value, number in series.observations
            ]
        else:
            lines = [
                f"{prefix}{at[period]}{middle}{suffixes[number]}" for period, _, number in series.observations
            ]
        yield ",\n".join(lines)


def _grouped(layout: Layout, places: Places, *, has_value: bool) -> Iterator[str]:
    answer = layout.answer
    others = [places.of[one.id] for one in answer.observation_attributes] if answer.has_observations else []
    suffixes = TextsBySet(
        lambda values: _after_value(
            [numbers[value] for numbers, value in zip(others, values, strict=True)], has_value=has_value
        ),
        answer.attribute_sets,
    )
    at = Texts(lambda code: f'"{places.at[code]}":[')
    for key, attributes, observations in answer.series:
        start = ":".join([numbers[code] for numbers, code in zip(places.key, key, strict=True)])
        own = ",".join([numbers[value] for numbers, value in zip(places.own, attributes, strict=True)])
        if not answer.has_observations:
            told = ""
        elif has_value:
            told = ",".join(
                [f"{at[period]}{value or 'null'}{suffixes[number]}" for period, value, number in observations]
            )
        else:
            told = ",".join([f"{at[period]}{suffixes[number]}" for period, _, number in observations])
        yield f'"{start}":{{"attributes":[{own}],"observations":{{{told}}}}}'


def _after_value(places: Sequence[str], *, has_value: bool) -> str:
    """The places of attributes that follow a value, and the end of the array."""
    told = ",".join(places)
    return f",{told}]" if told and has_value else f"{told}]"


def dump(value: object) -> str:
    """JSON without blanks, text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def named(names: Names, answer: DataAnswer, otherwise: str) -> dict[str, Any]:
    """`name` in the best language, `names` in all that the reader asked for."""
    asked = {one: names[one] for one in answer.languages if names.get(one)}
    name = name_of(names, answer.languages, otherwise)
    return {"name": name, "names": asked or {"en": name}}


def concept(component: Component, answer: DataAnswer) -> dict[str, Any]:
    """The id and names of a component."""
    names = answer.concepts.get(component.id, {})
    return {"id": component.id, **named(names, answer, component.id)}


def times_of(component: Component, value: str) -> Mapping[str, str]:
    """When a period starts and ends; nothing for what is no period of guzar's."""
    found = PERIOD.fullmatch(value) if component.id == TIME else None
    if found is None:
        return {}
    year, quarter, first, years = found.groups()
    if quarter:
        month = 3 * int(quarter)
        last = 30 if month in {6, 9} else 31
        start, end = f"{year}-{month - 2:02}-01", f"{year}-{month:02}-{last}"
    elif first:
        start, end = f"{year}{first}", _day_before(int(year) + int(years), first)
    else:
        start, end = f"{year}-01-01", f"{year}-12-31"
    return {"start": f"{start}T00:00:00", "end": f"{end}T23:59:59"}


def _day_before(year: int, month_and_day: str) -> str:
    """The last day of a span that the same month and day of `year` follows; spans of guzar start on a first."""
    month, day = int(month_and_day[1:3]), int(month_and_day[4:6])
    if (month, day) == (1, 1):
        return f"{year - 1:04}-12-31"
    if day > 1:
        return f"{year:04}-{month:02}-{day - 1:02}"
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month - 1, 31)
    return f"{year:04}-{month - 1:02}-{last}"


def is_identifier(text: str) -> bool:
    """True for what SDMX takes as the id of a code."""
    return IDENTIFIER.fullmatch(text) is not None


def write_meta(answer: DataAnswer, schema: str) -> str:
    """The member `meta`, with a comma after it."""
    meta = {
        "schema": schema,
        "id": NOT_AN_ID.sub("_", answer.message) or "_",
        "test": False,
        "prepared": answer.prepared,
        "contentLanguages": list(answer.languages),
        "sender": {"id": answer.flow.agency},
    }
    return f'{{"meta":{dump(meta)},\n'
