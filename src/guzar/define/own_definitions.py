"""Sources and definitions of a workspace's own: written into what it releases, known again wherever that is read.

A release says what its figures count. Whoever serves or shows it need not have the workspace that it came from.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from guzar.define.definitions import Definition, definitions, register_definitions, shipped_definitions
from guzar.define.sources import Source, register_source, shipped_sources, sources
from guzar.errors import TableInvalid

DECLARED = "declared"  # in the record of a release


def own_of(used_sources: Collection[str], used_definitions: Collection[str]) -> dict[str, Any]:
    """The entry of a release's record: sources and definitions of its figures that do not ship; nothing where all do."""
    own_sources = [sources()[one] for one in sorted(used_sources) if one not in shipped_sources()]
    own = [definitions()[one] for one in sorted(used_definitions) if one not in shipped_definitions()]
    if not own_sources and not own:
        return {}
    return {
        DECLARED: {
            "sources": [asdict(one) for one in own_sources],
            "definitions": [asdict(one) for one in own],
        }
    }


def learn_of_release(record: Mapping[str, Any]) -> None:
    """Make the sources and definitions that a release declares known for the rest of this run.

    Raises TableInvalid where they are not as guzar writes them, SettingsInvalid where one would change what ships.
    """
    told = record.get(DECLARED, {})
    try:
        own_sources = [Source(**_texts(one, Source)) for one in told.get("sources", ())]
        own = [Definition(**_texts(one, Definition)) for one in told.get("definitions", ())]
    except (TypeError, AttributeError):
        raise TableInvalid(
            "The definitions of the release {release} cannot be read.",
            where="release.json: {entry}",
            expected="the file as guzar publish wrote it",
            do="Restore the release from a backup.",
            release=str(record.get("release", "")),
            entry=DECLARED,
        ) from None
    for one in own_sources:
        register_source(one)
    if own:
        register_definitions(own)


def _texts(told: Mapping[str, Any], kind: type[Source] | type[Definition]) -> dict[str, str]:
    """What is known of one: a later guzar may say more."""
    names: Sequence[str] = [field.name for field in fields(kind)]
    return {name: str(told[name]) for name in names if name in told}
