"""Nothing is counted while a name stands: the linking zone of the workspace that a table comes from must be empty."""

from pathlib import Path

from guzar.errors import SettingsInvalid
from guzar.journey.about_tables import workspace_of
from guzar.store.linking_zone import require_purged


def require_names_purged(table: Path, workspace: Path | None = None) -> None:
    """Refuse to count a table before the names are purged in this workspace and in the one written down beside the table.

    Raises ReleaseRefused while a sealed file stands, SettingsInvalid where the workspace is not there any more.
    """
    for each in (workspace, workspace_of(table)):
        if each is None:
            continue
        if not each.is_dir():
            raise SettingsInvalid(
                "The workspace of {file} is not there any more.",
                where="written down beside {file}",
                expected="the workspace whose records were linked: nothing is counted before its names are purged",
                do="Move the table and its workspace together, or name the workspace with --workspace.",
                file=table.name,
            )
        require_purged(each)
