"""Sources and dataflows → who provides what: schemes of organisations, provision agreements."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from guzar.define.definitions import definitions
from guzar.define.sources import Source, sources
from guzar.define.structures import AGENCY, VERSION, subject_of
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import MetadataProvisionBody, ProvisionBody
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.kinds import reference_to
from guzar.share.sdmx.made_dataflows import TableFlow
from guzar.share.sdmx.made_structures import ORGANISATIONS_VERSION, flow_reference
from guzar.share.sdmx.structure_names import (
    CONSUMERS_NAME,
    EVERYONE,
    METADATA_PROVIDERS_NAME,
    ORGANISATION_UNITS_NAME,
    PROVIDERS_NAME,
    PUBLISHER,
    RECORD_HOLDERS,
    UNITS_OF_WORK,
    in_both,
)

PROVIDERS, METADATA_PROVIDERS = "DATA_PROVIDERS", "METADATA_PROVIDERS"
HOLDERS = "RECORD_HOLDERS"  # of protected tables: a release does not say who holds the records
LONGEST = 48  # characters of an id made from a name


def make_organisations() -> list[Artefact]:
    """Providers (publishers of sources, holders of records), readers, and the units that act."""
    publishers = {provider_of(one): {"en": one.publisher, "ru": one.publisher} for one in sources().values()}
    providers = [Item(id_, names) for id_, names in sorted(publishers.items())]
    return [
        _scheme(
            "dataproviderscheme",
            PROVIDERS,
            PROVIDERS_NAME,
            [*providers, Item(HOLDERS, in_both(RECORD_HOLDERS))],
        ),
        _scheme(
            "dataconsumerscheme", "DATA_CONSUMERS", CONSUMERS_NAME, [Item("EVERYONE", in_both(EVERYONE))]
        ),
        _scheme(
            "organisationunitscheme",
            "ORGANISATION_UNITS",
            ORGANISATION_UNITS_NAME,
            [Item(id_, in_both(words)) for id_, words in UNITS_OF_WORK.items()],
        ),
        _scheme(
            "metadataproviderscheme",
            METADATA_PROVIDERS,
            METADATA_PROVIDERS_NAME,
            [Item(AGENCY, in_both(PUBLISHER))],
        ),
    ]


def make_provision_agreements(flows: Iterable[Dataflow], tables: Iterable[TableFlow]) -> list[Artefact]:
    """One agreement for each publisher of a subject's definitions; one for each protected table."""
    by_subject = _publishers_by_subject()
    made = [_agreement(flow, one) for flow in flows for one in sorted(by_subject.get(flow.id, {}))]
    return [*made, *(_agreement(one.flow, HOLDERS) for one in tables)]


def make_metadata_agreement(metadataflow: Artefact) -> Artefact:
    """guzar itself reports on its dataflows."""
    scheme = Reference("metadataproviderscheme", AGENCY, METADATA_PROVIDERS, ORGANISATIONS_VERSION)
    flow = reference_to(metadataflow)
    return Artefact(
        "metadataprovisionagreement",
        AGENCY,
        f"PA_{AGENCY}_{metadataflow.id}",
        VERSION,
        metadataflow.names,
        body=MetadataProvisionBody(flow, replace(scheme, item=AGENCY)),
        references=(flow, scheme),
    )


def sources_of(provider: str) -> tuple[str, ...]:
    """The sources that a provider publishes; a word that names no provider is taken for a source."""
    return tuple(one.id for one in sources().values() if provider_of(one) == provider) or (provider,)


def provider_of(source: Source) -> str:
    """The id of a source's publisher: its name in ASCII capitals, cut at a word; else that of the source."""
    words = re.findall(r"[A-Z0-9]+", source.publisher.upper())
    id_ = ""
    for word in words:
        if len(id_) + len(word) >= LONGEST:
            break
        id_ = f"{id_}_{word}" if id_ else word
    return id_ if source.publisher.isascii() and id_ else source.id.upper()


def _publishers_by_subject() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in definitions().values():
        if one.source in sources():
            found.setdefault(subject_of(one.indicator).id, set()).add(provider_of(sources()[one.source]))
    return found


def _scheme(kind: str, id_: str, name: str, items: Iterable[Item]) -> Artefact:
    return Artefact(kind, AGENCY, id_, ORGANISATIONS_VERSION, in_both(name), items=tuple(items))


def _agreement(flow: Dataflow, provider: str) -> Artefact:
    item = Reference("dataproviderscheme", AGENCY, PROVIDERS, ORGANISATIONS_VERSION, provider)
    scheme = Reference("dataproviderscheme", AGENCY, PROVIDERS, ORGANISATIONS_VERSION)
    return Artefact(
        "provisionagreement",
        AGENCY,
        f"PA_{provider}_{flow.id}",
        VERSION,
        flow.names,
        body=ProvisionBody(flow_reference(flow), item),
        references=(flow_reference(flow), scheme),
    )
