"""Files as they are: of a release under its id and under `latest`, and of a site, if one is served."""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from guzar.share.sdmx.refusals import NOT_FOUND, QueryRefused
from guzar.share.sdmx.service.publication import Publication

LATEST = "latest"
RELEASE = re.compile(r"guzar-\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
FOR_EVER = "public, max-age=31536000, immutable"  # a release is never overwritten
FOR_A_MINUTE = "public, max-age=60"


@lru_cache(maxsize=16)
def _files(folder: Path, *, is_site: bool) -> StaticFiles:
    """The files below a folder and nothing else: links that lead out of it are not followed."""
    return StaticFiles(directory=folder, html=is_site, follow_symlink=False)


async def file_of_release(request: Request, publication: Publication) -> Response:
    """A file of a release: `/releases/latest/…` or `/releases/<id>/…`."""
    release, path = request.path_params["release"], request.path_params["path"]
    if release == LATEST:
        folder, cached = publication.folder, FOR_A_MINUTE
    elif RELEASE.fullmatch(release) and (publication.folder.parent / release).is_dir():
        folder, cached = publication.folder.parent / release, FOR_EVER
    else:
        raise QueryRefused(NOT_FOUND, "There is no release {release}.", release=release)
    return await _serve(request, folder, path, cached, is_site=False)


async def file_of_site(request: Request, site: Path) -> Response:
    """A page or file of the site."""
    return await _serve(request, site, request.path_params.get("path", ""), FOR_A_MINUTE, is_site=True)


async def _serve(request: Request, folder: Path, path: str, cached: str, *, is_site: bool) -> Response:
    if not path and not is_site:
        raise QueryRefused(NOT_FOUND, "Name a file of the release, as release.json or README.md.")
    files = _files(folder, is_site=is_site)
    _forget_range_unless_of_bytes(request)
    try:
        answer = await files.get_response(
            files.get_path({**request.scope, "path": f"/{path}", "root_path": ""}), request.scope
        )
    except HTTPException as error:
        raise QueryRefused(error.status_code, "There is no file {path} here.", path=path) from None
    if "location" in answer.headers:
        answer.headers["location"] = _with_slash(request)
    answer.headers["cache-control"] = cached
    return answer


def _forget_range_unless_of_bytes(request: Request) -> None:
    """A range in another unit, or of what is no GET, is passed over (RFC 9110, section 14.2); Starlette would refuse it."""
    headers = request.scope["headers"]
    asked = [value for name, value in headers if name == b"range"]
    is_known = len(asked) == 1 and asked[0].partition(b"=")[0].strip().lower() == b"bytes"
    if asked and not (is_known and request.scope["method"] == "GET"):
        request.scope["headers"] = [(name, value) for name, value in headers if name != b"range"]


def _with_slash(request: Request) -> str:
    """The address of a folder, beside the one asked for. Without a host: the reader's Host may name any, and caches keep it."""
    last = request.scope["path"].rpartition("/")[2]
    query = request.scope["query_string"].decode("latin-1")
    return f"./{quote(last)}/" + (f"?{query}" if query else "")
