"""A folder of the site asked for without its slash: the reader is sent beside it, never to the host that a header names."""

from pathlib import Path

from tests.share.sdmx.service.conftest import Prepared
from tests.share.sdmx.service.running import running
from tests.share.sdmx.service.test_site_of_other_release import make_site


def test_the_way_to_a_folder_names_no_host(workspace: Path, prepared: Prepared) -> None:
    site = make_site(workspace.parent / "site", prepared.old)
    (site / "en").mkdir()
    (site / "en" / "index.html").write_text("<title>en</title>", encoding="utf-8")
    headers = {"host": "evil.example", "x-forwarded-proto": "https"}
    with running(workspace, "--site", str(site)) as server:
        status, told, _ = server.get("/en?a=1", **headers)
        assert (status, told["location"]) == (307, "./en/?a=1")
        for path in ("//evil.example/../en", "//evil.example/..", "/a:b/.."):
            location = server.get(path, **headers)[1]["location"]
            assert location in ("./en/", "./../")
        assert server.body("/en/") == b"<title>en</title>"
