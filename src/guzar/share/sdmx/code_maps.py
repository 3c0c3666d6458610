"""Published maps between codes: plain declarations."""

from dataclasses import dataclass

from guzar.define.areas import areas
from guzar.define.structures import AGENCY, VERSION
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.dataflows import Names

AREA_CODES = Reference("codelist", AGENCY, "CL_AREA", VERSION)


@dataclass(frozen=True)
class CodeMap:
    """A map from the codes of one list to those of another.

    `target` is the URN of a codelist, or words that say what the codes are; `pairs` hold a code of the source and a
    code of the target. Without `source_codelist` the source codes are text.
    """

    id: str
    names: Names
    source_codelist: Reference | None
    target: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StructureMapping:
    """Which component of an own dataflow or data structure becomes which of another structure.

    `target` is a URN; `components` hold the own component, the other one, and the id of the map of its codes, empty
    where codes stay as they are.
    """

    id: str
    names: Names
    source: Reference
    target: str
    components: tuple[tuple[str, str, str], ...]


def area_code_maps() -> tuple[CodeMap, ...]:
    """ISO alpha-3 codes of areas to ISO alpha-2 codes and to UN M49 numbers of three digits."""
    listed = areas().sort("code")
    two = listed.drop_nulls("alpha2").select("code", "alpha2").iter_rows()
    numbers = (
        (code, number.zfill(3)) for code, number in listed.drop_nulls("m49").select("code", "m49").iter_rows()
    )
    return (
        CodeMap(
            "MAP_AREA_ISO2",
            {
                "en": "Areas: ISO alpha-3 to ISO alpha-2",
                "ru": "Территории: ISO из трёх букв в ISO из двух букв",
            },
            AREA_CODES,
            "ISO 3166-1 alpha-2 codes",
            tuple(two),
        ),
        CodeMap(
            "MAP_AREA_M49",
            {"en": "Areas: ISO alpha-3 to UN M49", "ru": "Территории: ISO из трёх букв в M49 ООН"},
            AREA_CODES,
            "UN M49 numbers of areas",
            tuple(numbers),
        ),
    )
