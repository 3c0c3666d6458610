"""Names of codes and of components in every language, as writers of data and structures want them."""

from guzar.define import structures
from guzar.languages import LANGUAGES, translate
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.structure_names import CONCEPT_NAMES


def named_codes() -> dict[str, dict[str, Names]]:
    """Names of all codes, by codelist and code; sources and definitions of a workspace among them once it is opened."""
    return {
        codes.id: {code.id: {"en": code.name_en, "ru": code.name_ru} for code in codes.codes}
        for codes in structures.codelists().values()
    }


def named_concepts() -> dict[str, Names]:
    """Names of the components of the declared data structure, by their ids."""
    return {id_: {one: translate(name, one) for one in LANGUAGES} for id_, name in CONCEPT_NAMES.items()}
