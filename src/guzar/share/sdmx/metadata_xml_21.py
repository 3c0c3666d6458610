"""Reference metadata → generic metadata messages of SDMX-ML 2.1, which knows reports on a target instead of metadata sets."""

from collections.abc import Iterable, Sequence

from lxml import etree

from guzar.define.structures import AGENCY
from guzar.languages import LANGUAGES
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.metadata_writers import LANGUAGE, chosen
from guzar.share.sdmx.reference_metadata import (
    METADATA_VERSION,
    METADATAFLOW,
    MetadataAttribute,
    MetadataReport,
)

OFFICIAL = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
MESSAGE, GENERIC, COMMON = f"{OFFICIAL}/message", f"{OFFICIAL}/metadata/generic", f"{OFFICIAL}/common"
PREFIXES = {"mes": MESSAGE, "gen": GENERIC, "com": COMMON}
# Ids that a metadata structure of 2.1 gives to its report, to the target of this, and to what the target names.
REPORT_STRUCTURE, METADATA_TARGET, TARGET_OBJECT = "REPORT", "DATAFLOWS", "DATAFLOW"


def write_metadata_xml_21(
    reports: Iterable[MetadataReport],
    *,
    prepared: str,
    message: str = "GUZAR",
    languages: Sequence[str] = LANGUAGES,
    is_stub: bool = False,
) -> bytes:
    """A generic metadata message of SDMX-ML 2.1: one set with one report on each dataflow; no set where there is none."""
    root = etree.Element(f"{{{MESSAGE}}}GenericMetadata", nsmap=PREFIXES)
    _add_header(root, prepared, message)
    told = list(reports)
    if told:
        held = etree.SubElement(
            root, f"{{{MESSAGE}}}MetadataSet", structureRef=METADATAFLOW, setID=METADATAFLOW
        )
        for report in told:
            _add_report(held, report, languages, is_stub)
    etree.indent(root, "  ")
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content + b"\n"


def _add_header(root: etree._Element, prepared: str, message: str) -> None:
    header = etree.SubElement(root, f"{{{MESSAGE}}}Header")
    for tag, text in (("ID", message), ("Test", "false"), ("Prepared", prepared)):
        etree.SubElement(header, f"{{{MESSAGE}}}{tag}").text = text
    etree.SubElement(header, f"{{{MESSAGE}}}Sender", id=AGENCY)
    structure = etree.SubElement(header, f"{{{MESSAGE}}}Structure", structureID=METADATAFLOW)
    usage = etree.SubElement(structure, f"{{{COMMON}}}StructureUsage")
    _add_reference(usage, Reference("metadataflow", AGENCY, METADATAFLOW, METADATA_VERSION))


def _add_report(
    held: etree._Element, report: MetadataReport, languages: Sequence[str], is_stub: bool
) -> None:
    made = etree.SubElement(held, f"{{{GENERIC}}}Report", id=REPORT_STRUCTURE)
    target = etree.SubElement(made, f"{{{GENERIC}}}Target", id=METADATA_TARGET)
    value = etree.SubElement(target, f"{{{GENERIC}}}ReferenceValue", id=TARGET_OBJECT)
    _add_reference(etree.SubElement(value, f"{{{GENERIC}}}ObjectReference"), report.target)
    _add_attributes(made, report.attributes[:1] if is_stub else report.attributes, languages)


def _add_attributes(
    above: etree._Element, attributes: Iterable[MetadataAttribute], languages: Sequence[str]
) -> None:
    listed = etree.SubElement(above, f"{{{GENERIC}}}AttributeSet")
    for one in attributes:
        made = etree.SubElement(listed, f"{{{GENERIC}}}ReportedAttribute", id=one.id)
        for language, text in chosen(one.texts, languages).items():
            etree.SubElement(made, f"{{{COMMON}}}Text", {LANGUAGE: language}).text = text
        if one.attributes:
            _add_attributes(made, one.attributes, languages)


def _add_reference(above: etree._Element, reference: Reference) -> None:
    """A reference in its parts; version 2.1 knows the package and the class of an artefact."""
    packages = {
        "dataflow": ("datastructure", "Dataflow"),
        "metadataflow": ("metadatastructure", "Metadataflow"),
    }
    package, class_ = packages[reference.kind]
    parts = {"agencyID": reference.agency, "id": reference.id, "version": reference.version}
    etree.SubElement(above, "Ref", parts | {"package": package, "class": class_})
