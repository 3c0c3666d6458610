"""Text and headers of SDMX-ML: what versions 2.1 and 3.0 share.

Any text may be told. A character that XML 1.0 forbids (most control characters, lone surrogates) is replaced by
U+FFFD, the sign for a character that could not be told; line breaks and tabs are kept as references.
"""

import re

from guzar.share.sdmx.formats.columns import dimension_at_observation
from guzar.share.sdmx.series import DataAnswer

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPECIAL = re.compile('[&<>"\t\n\r\x00-\x1f\ud800-\udfff\ufffe\uffff]')
REFERENCES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"
NOT_AN_ID = re.compile(r"[^A-Za-z0-9_@$\-]")


def escape(text: str) -> str:
    """Text for an attribute in double quotes, or for content."""
    return FORBIDDEN.sub("\ufffd", text).translate(REFERENCES) if SPECIAL.search(text) else text


def structure_urn(answer: DataAnswer) -> str:
    """The URN of the data structure."""
    flow = answer.flow
    kind = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure"
    return f"{kind}={flow.agency}:{flow.structure}({flow.version})"


def flow_urn(answer: DataAnswer) -> str:
    """The URN of the dataflow."""
    flow = answer.flow
    return f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={flow.agency}:{flow.id}({flow.version})"


def specific_namespace(answer: DataAnswer) -> str:
    """The namespace of data written for this structure, with this dimension at the observation."""
    return f"{structure_urn(answer)}:ObsLevelDim:{dimension_at_observation(answer)}"


def write_header(answer: DataAnswer, reference: str, *, namespace: str = "") -> str:
    """The header of a data message; `reference` is what stands in common:Structure. The data set has the flow's id."""
    flow = answer.flow
    about = f' namespace="{escape(namespace)}"' if namespace else ""
    return (
        f"<message:Header><message:ID>{NOT_AN_ID.sub('_', answer.message)}</message:ID>"
        f"<message:Test>false</message:Test><message:Prepared>{escape(answer.prepared)}</message:Prepared>"
        f'<message:Sender id="{escape(flow.agency)}"/>'
        f'<message:Structure structureID="{escape(flow.structure)}"{about}'
        f' dimensionAtObservation="{escape(dimension_at_observation(answer))}">'
        f"<common:Structure>{reference}</common:Structure></message:Structure>"
        f"<message:DataSetAction>Information</message:DataSetAction>"
        f"<message:DataSetID>{escape(flow.id)}</message:DataSetID></message:Header>"
    )


def reference_21(answer: DataAnswer) -> str:
    """The reference to the data structure as version 2.1 writes it."""
    flow = answer.flow
    return (
        f'<Ref agencyID="{escape(flow.agency)}" id="{escape(flow.structure)}"'
        f' version="{escape(flow.version)}" class="DataStructure"/>'
    )
