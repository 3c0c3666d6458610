"""SDMX-ML 3.0 data (structure-specific, the only form of 3.0), with series or flat."""

from collections.abc import Iterator

from guzar.share.sdmx.formats.columns import lay_out, write_chunks
from guzar.share.sdmx.formats.specific_rows import write_specific
from guzar.share.sdmx.formats.xml_text import (
    SCHEMAS,
    escape,
    specific_namespace,
    structure_urn,
    write_header,
)
from guzar.share.sdmx.series import DataAnswer

START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<message:StructureSpecificData xmlns:message="{SCHEMAS}/v3_0/message"'
    f' xmlns:common="{SCHEMAS}/v3_0/common" xmlns:ss="{SCHEMAS}/v3_0/data/structurespecific"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
END = "</message:DataSet></message:StructureSpecificData>"


def write_ml_30(answer: DataAnswer) -> Iterator[bytes]:
    """A message in UTF-8; a value that is missing is NaN, one that was not asked for is left out."""
    return write_chunks(_texts(answer))


def _texts(answer: DataAnswer) -> Iterator[str]:
    namespace = specific_namespace(answer)
    yield f'{START} xmlns:own="{escape(namespace)}">'
    yield write_header(answer, escape(structure_urn(answer)), namespace=namespace)
    yield (
        f'<message:DataSet ss:structureRef="{escape(answer.flow.structure)}" xsi:type="own:DataSetType"'
        ' ss:action="Information">\n'
    )
    yield from write_specific(lay_out(answer))
    yield END
