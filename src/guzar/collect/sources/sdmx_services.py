"""Any SDMX service or file, read as a mapping file describes it.

In: SDMX-ML 2.1 (generic or structure-specific), SDMX-JSON or SDMX-CSV (1.0, 2.0; with or without labels),
from a file or from a REST service (2.1 or 3.0), and a `TableMapping` whose columns are dimensions of the
structure. Out: PublishedFigures. The library sdmx1 makes the address of a query and reads SDMX-ML and SDMX-
JSON; the bytes are fetched by `live.fetch`, with its time-outs. A row whose unit multiplier is not the scale
of its definition is refused. Source of the format: SDMX technical specifications, section 7 (SDMX 2.1) and
the SDMX-CSV field guide.
"""

import io
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from guzar.collect.addresses import Request
from guzar.collect.delivery import Delivery, NumberForm, Reading
from guzar.collect.mapping import TableMapping, wrong
from guzar.collect.sources.own_table import number_form, put_into_codes
from guzar.define.nearest import did_you_mean
from guzar.errors import DeliveryRefused, SettingsInvalid

LAYOUTS = ()  # what a mapping file describes has no form of its own: see journey.collect_described
VALUE = "OBS_VALUE"
STATUS = "OBS_STATUS"
MULTIPLIER = "UNIT_MULT"  # the value is printed in units of ten to this power
ACTION = "ACTION"
DELETES = ("D", "DELETE")
TAKEN_BACK = "the row takes an earlier value back"
OTHER_MULTIPLIER = "the unit multiplier of the row is not the scale of the definition"
ACCEPT = {
    "2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1, "
    "application/vnd.sdmx.genericdata+xml;version=2.1;q=0.9, application/vnd.sdmx.data+csv;q=0.5",
    "3.0": "application/vnd.sdmx.data+csv;version=2.0.0",
}
KNOWN_SERVICE = "the name of a service that sdmx1 knows, or an address"


def read_sdmx_figures(delivery: Delivery, mapping: TableMapping) -> Reading:
    """An SDMX message as candidate rows, codes of its dimensions put into guzar's as the mapping says."""
    table = read_message(delivery).with_row_index("row", offset=1)
    columns = {
        **{name: str(label) for name, label in mapping.columns.items()},
        "value": _value_column(mapping),
    }
    for name, label in {**columns, **{f"where {k}": k for k in mapping.where}}.items():
        _require_dimension(table, name, label, mapping)
    chosen = table.filter(pl.all_horizontal(pl.lit(True), *_conditions(mapping)))
    coded, unknown = put_into_codes(_cells(chosen, columns, mapping), mapping)
    reason = _reasons(chosen, coded, mapping)
    refused = coded.with_columns(reason=reason).filter(pl.col("reason").is_not_null())
    kept = coded.with_columns(reason=reason, reported_status=_status(chosen)).filter(
        pl.col("reason").is_null()
    )
    form = number_form(mapping)
    return Reading(
        mapping.edition,
        {
            "published_figures": kept.drop("reason", "left_out"),
            "refused_rows": refused.select("place", "reason", row_content=pl.col("reported_value")),
        },
        details={"words_not_recognised": unknown, "rows_not_selected": table.height - chosen.height},
        numbers=NumberForm(form.decimal, form.thousands, (*form.missing, "NaN")),
    )


def read_message(delivery: Delivery) -> pl.DataFrame:
    """One row per observation: a text column per dimension, attribute and value, named by its id."""
    start = delivery.content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return (
        _read_with_sdmx1(delivery, "XML" if start == b"<" else "JSON")
        if start in (b"<", b"{")
        else _read_csv(delivery)
    )


def _read_with_sdmx1(delivery: Delivery, form: str) -> pl.DataFrame:
    import sdmx  # noqa: PLC0415 - it brings pandas along

    logging.getLogger("sdmx").setLevel(logging.ERROR)  # its advice to its own callers is not for our reader
    try:
        message = sdmx.read_sdmx(io.BytesIO(delivery.content), format=form)
        rows = list(_observations(message))
    except Exception as error:  # whatever that library raises: it cannot read these bytes
        raise _unreadable(delivery, type(error).__name__) from None
    if not rows:
        raise _unreadable(delivery, type(message).__name__)
    names = dict.fromkeys(name for row in rows for name in row)
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def _observations(message: Any) -> Iterator[dict[str, str | None]]:
    for data_set in getattr(message, "data", []):
        for observation in data_set.obs:
            told = {name: str(found.value) for name, found in observation.key.values.items()}
            told |= {name: str(found.value) for name, found in observation.attrib.items()}
            yield {**told, VALUE: None if observation.value is None else str(observation.value)}


def _read_csv(delivery: Delivery) -> pl.DataFrame:
    """SDMX-CSV; a header `ID: Label` and a cell `CODE: Label` are cut to id and code."""
    try:
        table = pl.read_csv(delivery.content, infer_schema=False, null_values=[""])
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise _unreadable(delivery, type(error).__name__) from None
    ids = {name: name.split(":")[0].strip() for name in table.columns}
    labelled = [name for name, short in ids.items() if name != short]
    table = table.with_columns(pl.col(labelled).str.replace(r"^([^:\s]+): .*$", "$1")) if labelled else table
    if VALUE not in ids.values() or len(set(ids.values())) < len(ids):
        raise _unreadable(delivery, f"no column {VALUE}")
    return table.rename(ids)


def _unreadable(delivery: Delivery, problem: str) -> DeliveryRefused:
    return DeliveryRefused(
        "{name} cannot be read as an SDMX message.",
        where="{name} ({problem})",
        expected="a complete SDMX-ML 2.1, SDMX-JSON or SDMX-CSV data message",
        do="Fetch it again; ask the service for SDMX-CSV where it offers several forms.",
        name=delivery.name,
        problem=problem,
    )


def _value_column(mapping: TableMapping) -> str:
    return mapping.values[0] if mapping.values else VALUE


def _require_dimension(table: pl.DataFrame, name: str, label: str, mapping: TableMapping) -> None:
    if label in table.columns:
        return
    held = [column for column in table.columns if column != "row"]
    near = did_you_mean(label, held)
    raise SettingsInvalid(
        "The message has no dimension or attribute called “{label}”.",
        where="{file}, {key}",
        expected="one of: {held}",
        do="Did you mean “{near}”?" if near else "Correct the line: the names are the ids of the structure.",
        label=label,
        file=mapping.file,
        key=name,
        held=", ".join(held),
        near=near,
    )


def _conditions(mapping: TableMapping) -> list[pl.Expr]:
    wanted = {name: told if isinstance(told, list) else [told] for name, told in mapping.where.items()}
    return [pl.col(name).is_in([str(one) for one in told]).fill_null(False) for name, told in wanted.items()]


def _cells(table: pl.DataFrame, columns: Mapping[str, str], mapping: TableMapping) -> pl.DataFrame:
    words: dict[str, pl.Expr] = {name: pl.lit(text) for name, text in mapping.constants.items()}
    words |= {name: pl.col(label) for name, label in columns.items() if name != "value"}
    absent = [name for name in ("counterpart", "sex") if name not in words]
    words |= {name: pl.lit(None, pl.String) for name in absent}
    return table.select(
        *[word.alias(name) for name, word in words.items()],
        reported_value=pl.col(columns["value"]),
        value=pl.lit(None, pl.Float64),
        place=pl.format("observation {}", "row"),
    )


def _reasons(chosen: pl.DataFrame, coded: pl.DataFrame, mapping: TableMapping) -> pl.Series:
    """Why a row cannot be taken as it stands: it deletes, is left out, or is printed in another unit."""
    scales = {definition.id: float(definition.scale) for definition in mapping.definitions}
    absent = [
        pl.lit(None, pl.String).alias(name) for name in (ACTION, MULTIPLIER) if name not in chosen.columns
    ]
    rows = (
        chosen.with_columns(absent)
        .select(action=ACTION, multiplier=pl.col(MULTIPLIER).cast(pl.Float64, strict=False))
        .with_columns(coded["series"], coded["left_out"])
    )
    scale = pl.col("series").replace_strict(scales, default=None, return_dtype=pl.Float64)
    return rows.select(
        reason=pl.when(pl.col("action").str.to_uppercase().is_in(DELETES))
        .then(pl.lit(TAKEN_BACK))
        .when(pl.col("left_out"))
        .then(pl.lit("the mapping leaves this row out"))
        .when((pl.lit(10.0).pow(pl.col("multiplier")) - scale).abs() > 1e-9)
        .then(pl.lit(OTHER_MULTIPLIER))
    )["reason"]


def _status(chosen: pl.DataFrame) -> pl.Series:
    """The SDMX status of each value, marked as such: `OBS_STATUS=E`."""
    if STATUS not in chosen.columns:
        return pl.Series("reported_status", [None] * chosen.height, pl.String)
    return chosen.select(reported_status=pl.format("OBS_STATUS={}", STATUS))["reported_status"]


def query_of(mapping: TableMapping, address: str | None = None) -> Request:
    """The request that a mapping's [service] describes; `address` goes before the service's own."""
    import sdmx  # noqa: PLC0415 - it brings pandas along

    told = mapping.service
    if not told.get("dataflow"):
        raise wrong(mapping.file, "[service] dataflow", "", "the id of a dataflow", absent=True)
    known = sdmx.list_sources()
    name = str(told.get("id", ""))
    own = address or told.get("address")
    if not own and name not in known:
        raise wrong(mapping.file, "[service] id", name, KNOWN_SERVICE, known)
    version = str(told.get("version", "2.1"))
    if own:
        info = {
            "id": "GUZAR",
            "name": mapping.source.title,
            "url": str(own).rstrip("/"),
            "versions": [{"2.1": "2.1", "3.0": "3.0.0"}.get(version, "2.1")],
        }
        sdmx.add_source(info, override=True)
    key, flow = str(told.get("key", "all" if version == "2.1" else "*")), str(told["dataflow"])
    extra = {"agency_id": str(told["provider"])} if version == "3.0" and "provider" in told else {}
    made = sdmx.Client("GUZAR" if own else name).get("data", flow, key=key, dry_run=True, **extra)
    parts = {str(name): str(text) for name, text in told.get("parameters", {}).items()}
    return Request(
        mapping.source.id,
        str(made.url),
        parts,
        headers={"Accept": ACCEPT.get(version, ACCEPT["2.1"])},
        is_data=is_message,
    )


def is_message(content: bytes) -> bool:
    """Whether bytes look like an SDMX data message, and not like a web page or an error."""
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:4000]
    if start.startswith(b"<"):
        return bool(
            re.search(rb"<(\w+:)?(GenericData|StructureSpecific\w*Data|GenericTimeSeriesData)\b", start)
        )
    return start.startswith(b"{") or VALUE.encode() in start.split(b"\n", 1)[0]
