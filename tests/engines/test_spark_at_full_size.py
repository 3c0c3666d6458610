"""Five million crossings on Spark: a file of its own, because the others share one session that stays open."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.engines.test_spark import both, crossings, require_spark


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_five_million_crossings_are_the_same_to_the_row(tmp_path: Path) -> None:
    require_spark()
    pq.write_table(crossings(5_000_000, seed=11), tmp_path / "in.parquet")
    local, found, local_tally, tally = both(tmp_path / "in.parquet")
    assert tally == local_tally
    assert found.num_rows == tally.crossings > 4_000_000
    assert found.schema.equals(local.schema)
    for name in local.column_names:
        if name == "load.kg `now`":  # not a number equals nothing: compare how it is written
            assert found[name].to_numpy().tobytes() == local[name].to_numpy().tobytes()
        else:
            assert found[name].equals(local[name]), name
