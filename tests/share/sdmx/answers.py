"""Answers made up for the tests of writers: rows, and the DataAnswer that tells them in any form."""

from collections.abc import Sequence

from guzar.define import structures
from guzar.define.structures import AGENCY, ATTRIBUTE, DATA_STRUCTURE, DIMENSION, TIME, VERSION
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.series import DataAnswer, Observation, Series
from guzar.share.sdmx.structures import CONCEPT_NAMES

FLOW = Dataflow(
    AGENCY,
    "MIGRANT_STOCKS",
    VERSION,
    {"en": 'Stocks, of "migrants" & <others>', "ru": "Мигранты"},
    DATA_STRUCTURE,
    structures.components(),
)
DIMENSIONS = [one.id for one in FLOW.components if one.role == DIMENSION]
ATTRIBUTES = [one.id for one in FLOW.components if one.role == ATTRIBUTE]
NAMES = {"en": "Kyrgyzstan, \"KG\"\nand <more> & 'more'", "ru": "Кыргызстан"}

Row = dict[str, str | None]


def make_rows(
    count: int = 40, *, periods: Sequence[str] = ("2015", "2014-Q2", "2015-07-01/P5Y")
) -> list[Row]:
    """Rows by component; every third has no number, every second a mark."""
    rows: list[Row] = []
    for number in range(count):
        place, period = divmod(number, len(periods))
        codes = (
            "A",
            "migrant_stock",
            ("KGZ", "NAM")[place % 2],
            f"X{place}",
            "_T",
            "un_stock",
            "un",
            "2019-08",
        )
        row: Row = dict(zip(DIMENSIONS, (*codes, periods[period]), strict=True))
        row["OBS_VALUE"] = None if number % 3 == 2 else f"{number}.25"
        row |= {"UNIT_MEASURE": "persons", "DECIMALS": "0", "LICENCE": 'CC BY, "4.0" & <so on>'}
        row |= {"OBS_STATUS": "AEQ"[number % 3], "EVIDENCE": "observed", "CONF_STATUS": "F"}
        row |= {"LAST_OBSERVED": None, "MISSING_MARK": "~" if number % 2 else None}
        rows.append(row)
    return rows


def make_answer(
    rows: Sequence[Row], *, at: str = TIME, flat: bool = False, whole_key: bool = False, **about: object
) -> DataAnswer:
    """Rows as an answer. Flat ones may come as series (at the dimension `at`), or each with its `whole_key`."""
    by_id = {one.id: one for one in FLOW.components}
    key = [one for one in FLOW.components if one.role == DIMENSION and (whole_key or one.id != at)]
    sets: dict[tuple[str | None, ...], int] = {}
    grouped: dict[tuple[tuple[str, ...], tuple[str | None, ...]], list[Observation]] = {}
    for row in rows:
        told = tuple(row[one.id] for one in FLOW.observation_attributes)
        own = tuple(row[one.id] for one in FLOW.series_attributes)
        place = "" if whole_key else str(row[at])
        seen = (place, row["OBS_VALUE"] or "", sets.setdefault(told, len(sets)))
        grouped.setdefault((tuple(str(row[one.id]) for one in key), own), []).append(seen)
    named = {"KGZ": NAMES, "NAM": {"en": "Namibia", "ru": "Намибия"}}
    asked: dict[str, object] = {"has_values": True, "has_observations": True, "languages": ("en", "ru")}
    return DataAnswer(
        flow=FLOW,
        series=[Series(of[0], of[1], seen) for of, seen in grouped.items()],
        key=tuple(key),
        at=None if whole_key else by_id[at],
        flat=flat or whole_key,
        series_attributes=FLOW.series_attributes,
        observation_attributes=FLOW.observation_attributes,
        attribute_sets=list(sets),
        codelists={"CL_AREA": named, "CL_SEX": {"_T": {"en": "Both sexes", "ru": "Оба пола"}}},
        concepts={id_: {"en": name} for id_, name in CONCEPT_NAMES.items()},
        **{**asked, **about},  # type: ignore[arg-type]
    )


def sort_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows without order, and with what is not said as None, to compare them."""
    told = [{name: value or None for name, value in row.items()} for row in rows]
    return sorted(told, key=lambda row: [row.get(one) or "" for one in (*DIMENSIONS, *ATTRIBUTES)])
