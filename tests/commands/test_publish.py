"""What `guzar publish` refuses before it makes anything, and how long work tells its stages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guzar.cli import main
from guzar.commands.share import _moment
from guzar.commands.speaker import Speaker


def test_a_release_of_a_day_that_has_not_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    with pytest.raises(SystemExit) as stopped:
        main(["publish", "--out", str(tmp_path / "release"), "--date", ahead])
    assert stopped.value.code == 2
    assert f"{ahead} has not come yet." in capsys.readouterr().err
    assert not (tmp_path / "release").exists()


def test_no_release_says_that_it_was_published_later_than_now() -> None:
    """Where the day has begun in the east, it has not in UTC."""
    assert _moment("2024-02-29").isoformat() == "2024-02-29T00:00:00+00:00"
    assert _moment((datetime.now(UTC) + timedelta(hours=14)).date().isoformat()) <= datetime.now(UTC)


@pytest.mark.parametrize(("quiet", "said"), [(False, "Collecting the figures that ship …\n"), (True, "")])
def test_stages_are_lines_on_stderr_where_there_is_no_terminal(
    quiet: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Speaker("en", quiet).stages() as step:
        step("Collecting the figures that ship")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", said)
