"""A site made from another release than the one that is served: said in /health and, once, in the log."""

import json
import os
from pathlib import Path

from tests.share.sdmx.service.asking import Server, wait_until
from tests.share.sdmx.service.conftest import Prepared
from tests.share.sdmx.service.running import running

from guzar.share.sdmx.service.publication import RECORD_OF_SITE, release_of_site
from guzar.use.observatory.release_files import LATEST


def make_site(site: Path, release: str) -> Path:
    """The least that is a site, with the record of its release."""
    record = site / RECORD_OF_SITE
    record.parent.mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text("<title>site</title>", encoding="utf-8")
    record.write_text(json.dumps({"release": release}), encoding="utf-8")
    return site


def test_a_site_of_the_release_before_is_told(workspace: Path, prepared: Prepared) -> None:
    site = make_site(workspace.parent / "site", prepared.old)
    with running(workspace, "--site", str(site)) as server:
        assert "site" not in server.health()
        make_site(site, "guzar-2020-01-01-00000000")
        assert wait_until(lambda: "guzar-2020-01-01-00000000" in server.health().get("site", ""))
        assert prepared.old in server.health()["site"]
        assert server.health()["status"] == "ok"  # what it serves as data is right
        assert wait_until(lambda: said(server) == 1)
        make_site(site, prepared.old)
        assert wait_until(lambda: "site" not in server.health())
        assert said(server) == 1


def said(server: Server) -> int:
    return server.log.read_text(encoding="utf-8").count("The site was made from release")


def test_it_is_told_at_the_start_too(workspace: Path) -> None:
    site = make_site(workspace.parent / "site", "guzar-2020-01-01-00000000")
    with running(workspace, "--site", str(site)) as server:
        assert wait_until(lambda: said(server) == 1)


def test_what_tells_no_release_is_no_other_one(tmp_path: Path) -> None:
    assert release_of_site(tmp_path) == ""
    site = make_site(tmp_path, "guzar-1")
    assert release_of_site(site) == "guzar-1"
    for content in ("no json", "[]", "{}"):
        (site / RECORD_OF_SITE).write_text(content, encoding="utf-8")
        assert release_of_site(site) == ""


def test_a_record_exchanged_in_place_is_read_again(tmp_path: Path) -> None:
    site = make_site(tmp_path, "guzar-1")
    assert release_of_site(site) == "guzar-1"
    make_site(site, "guzar-2")
    os.utime(site / RECORD_OF_SITE, ns=(1, 1))
    assert release_of_site(site) == "guzar-2"


def test_the_record_lies_where_pages_offer_the_newest_release() -> None:
    assert RECORD_OF_SITE.parts[1] == LATEST
