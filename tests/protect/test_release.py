"""The door: public figures pass with their licence; everything else is refused."""

import dataframely as dy
import polars as pl
import pytest

from guzar.define import columns
from guzar.define.columns import Secrecy
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ReleasedFigures, identifying_columns
from guzar.errors import EXIT_USAGE, ReleaseRefused
from guzar.protect import release as door

TYPED = """
import dataframely as dy
from guzar.define.structures import SUBJECTS
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ReleasedFigures
from guzar.share.labels import write_labelled_csv

def publish(figures: dy.DataFrame[{table}]) -> bytes:
    return write_labelled_csv(figures, SUBJECTS[0], "en")
"""


class Travellers(dy.Schema):
    """One row per person: a table that may never leave by this door."""

    area = columns.area()
    passport = dy.String(metadata={"secrecy": str(Secrecy.DIRECT)})


def observation(**changed: object) -> dy.DataFrame[Observations]:
    row = {
        "indicator": "migrant_stock",
        "area": "KGZ",
        "counterpart": "_T",
        "sex": "_T",
        "period": "2020",
        "year": 2020,
        "value": 1.0,
        "unit": "persons",
        "definition": "un_stock_hosted",
        "source": "un_migrant_stock",
        "edition": "2020-12",
        "observation_status": "estimated",
        "last_observed": None,
        "missing_mark": None,
    }
    return Observations.validate(pl.DataFrame([row | changed]), cast=True)


def test_public_figures_keep_their_values_and_get_the_licence_of_their_source():
    released = door.release_public_figures(observation())
    assert released["licence"].to_list() == ["CC BY 3.0 IGO"]
    assert released["release_path"].to_list() == ["public_already"]
    assert released.select(Observations.column_names()).equals(
        observation().select(Observations.column_names())
    )


def test_a_source_without_known_licence_is_refused():
    with pytest.raises(ReleaseRefused, match="heard_somewhere") as refused:
        door.release_public_figures(observation(source="heard_somewhere"))
    assert refused.value.exit_code == 4 != EXIT_USAGE


def test_an_undeclared_column_is_taken_to_identify_a_person_and_its_values_are_not_quoted():
    with pytest.raises(ReleaseRefused, match="passport") as refused:
        door.release_public_figures(observation().with_columns(passport=pl.lit("AN 1234567")))
    assert "1234567" not in str(refused.value)


def test_a_table_with_an_identifying_column_is_refused():
    assert identifying_columns(Travellers) == ["passport"]
    assert identifying_columns(ReleasedFigures) == []
    with pytest.raises(ReleaseRefused, match="passport"):
        door.release_public_table(
            "travellers", Travellers, pl.DataFrame({"area": ["KGZ"], "passport": ["x"]})
        )


@pytest.mark.parametrize(("table", "is_accepted"), [("ReleasedFigures", True), ("Observations", False)])
def test_mypy_refuses_unreleased_figures_at_a_publisher(run_mypy, table, is_accepted):
    checked = run_mypy(TYPED.format(table=table))
    assert (checked.returncode == 0) is is_accepted, checked.stdout + checked.stderr
    assert is_accepted or "Observations" in checked.stdout
