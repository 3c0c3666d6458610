"""SDMX-CSV 1.0: a column DATAFLOW, then the components. Labels: id, or both (code and name in one cell)."""

from collections.abc import Iterator
from dataclasses import replace

from guzar.share.sdmx.formats.csv_rows import flow_cell, write_rows
from guzar.share.sdmx.series import DataAnswer


def write_csv_1(answer: DataAnswer) -> Iterator[bytes]:
    """Rows in UTF-8. Version 1.0 knows no labels=name; it is told as id."""
    if answer.labels == "name":
        answer = replace(answer, labels="id")
    return write_rows(answer, ["DATAFLOW"], [flow_cell(answer)])
