"""The data package: frictionless accepts it, and notices when a table does not fit its description."""

import gzip
import json
import shutil

import frictionless
import pytest

from guzar.define.tables.releases import ReleasedFigures
from guzar.share.packages import describe_field, table_fields

# frictionless 5 leaves packed files open; the check itself is whole.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def check(folder):
    return frictionless.Package(str(folder / "datapackage.json")).validate()


def test_frictionless_accepts_the_package_and_every_table(release):
    report = check(release)
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
    assert sorted(task.place for task in report.tasks) == [
        "csv/migrant_stocks.en.csv.gz",
        "csv/migrant_stocks.ru.csv.gz",
        "csv/population.en.csv.gz",
        "csv/population.ru.csv.gz",
        "data/migrant_stocks.csv",
        "data/population.csv",
        "tables/remarks.csv",
    ]


def test_frictionless_notices_a_changed_table(release, tmp_path):
    shutil.copytree(release, tmp_path / "copy")
    table = tmp_path / "copy" / "csv" / "population.ru.csv.gz"
    written = gzip.decompress(table.read_bytes()).decode()
    assert ",25;" in written
    table.write_bytes(gzip.compress(written.replace(",25;", ".25;").encode()))
    errors = check(tmp_path / "copy").flatten(["type", "fieldName"])
    assert ["type-error", "Значение"] in errors


def test_the_package_names_sources_licences_and_every_column(release):
    package = json.loads((release / "datapackage.json").read_text())
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["licenses"] == [
        {
            "name": "CC-BY-3.0-IGO",
            "path": "https://creativecommons.org/licenses/by/3.0/igo/",
            "title": "CC BY 3.0 IGO",
        }
    ]
    assert "International Migrant Stock" in package["sources"][0]["title"]
    for resource in package["resources"]:
        content = (release / resource["path"]).read_bytes()
        text = (gzip.decompress(content) if resource["path"].endswith(".gz") else content).decode("utf-8-sig")
        header = text.splitlines()[0].split(resource.get("dialect", {}).get("delimiter", ","))
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert all(field["description"] for field in resource["schema"]["fields"])


@pytest.mark.parametrize(("name", "kind"), [("value", "number"), ("year", "integer"), ("area", "string")])
def test_a_field_has_the_type_of_its_column(name, kind):
    assert describe_field(name, ReleasedFigures.columns()[name])["type"] == kind


def test_a_field_carries_what_the_column_declares():
    fields = {field["name"]: field for field in table_fields(ReleasedFigures)}
    assert fields["year"]["unit"] == "year"
    assert fields["value"]["constraints"]["required"] is False
    assert fields["sex"]["constraints"]["pattern"].startswith("^(F|M")
