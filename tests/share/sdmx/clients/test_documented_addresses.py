"""docs/how-to/query-the-service.md, in both languages: each line with curl is asked, and answers with the status beside it."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from tests.share.sdmx.service.running import Released

FOLDER = Path(__file__).parents[4] / "docs" / "how-to"
PAGES = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("query-the-service.md", "query-the-service.ru.md")}  # fmt: skip
LINES = {name: re.findall(r"^curl .*$", page, re.MULTILINE) for name, page in PAGES.items()}
DOCUMENTED = "http://127.0.0.1:8000"


def test_both_languages_have_the_same_lines() -> None:
    english, russian = LINES.values()
    assert len(english) > 15
    assert english == russian
    assert len({page.count("\n## ") for page in PAGES.values()}) == 1


@pytest.mark.parametrize("line", LINES["query-the-service.md"], ids=lambda line: line[-60:])
def test_a_line_answers(released: Released, line: str) -> None:
    command, _, status = line.partition("    # ")
    words = shlex.split(command)
    [address] = [word for word in words if word.startswith(DOCUMENTED)]
    assert ("-g" in words) == ("[" in address), "curl takes brackets for a pattern without -g"
    headers = dict(word.split(": ") for before, word in pairwise(words) if before == "-H")
    answer = httpx.get(address.replace(DOCUMENTED, released.address), headers=headers, timeout=60)
    assert answer.status_code == int(status or 200), answer.text[:300]
    if answer.status_code == 200 and "/data/" in address:
        assert len(answer.text.splitlines()) > 1
