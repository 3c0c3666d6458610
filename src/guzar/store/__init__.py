"""What guzar keeps on disk: workspaces with their editions, releases, and files that appear whole or not at all."""

from guzar.store.about import read_about, write_about
from guzar.store.beside import folder_beside, own_temporary_folder
from guzar.store.files import checksum_of, write_bytes, write_json, write_table, write_text
from guzar.store.folders import replace_folder, require_own_folder
from guzar.store.releases import RELEASE_RECORD, StoredRelease, open_release
from guzar.store.workspace import RECEIPT, StoredEdition, Workspace, open_workspace

__all__ = [
    "RECEIPT",
    "RELEASE_RECORD",
    "StoredEdition",
    "StoredRelease",
    "Workspace",
    "checksum_of",
    "folder_beside",
    "open_release",
    "open_workspace",
    "own_temporary_folder",
    "read_about",
    "replace_folder",
    "require_own_folder",
    "write_about",
    "write_bytes",
    "write_json",
    "write_table",
    "write_text",
]
