"""Rows on disk between the batches that make them and the files that hold them: crossings by year, and the truth."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.collect.sources.made_up_country.border_log import BorderLog

TABLES_WAITING = 3
NEVER_REPEATED = ("record_id", "crossing_date")  # a dictionary of their values would only cost
CROSSING = np.dtype(
    [("second", "<i8"), ("person", "<i4"), ("document", "<i4"), ("permitted", "<i4"), ("is_entry", "?"),
     ("port", "i1"), ("purpose", "i1"), ("what", "i1")]
)  # fmt: skip


class CrossingStore:
    """Crossings waiting on disk, by year."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def add(self, batch: int, log: BorderLog, first_person: int, first_document: int) -> None:
        """Keep the log of a batch."""
        rows = np.empty(len(log.person), dtype=CROSSING)
        rows["second"], rows["is_entry"], rows["port"] = log.second, log.is_entry, log.port
        rows["person"], rows["document"] = log.person + first_person, log.document + first_document
        rows["permitted"], rows["purpose"], rows["what"] = log.permitted_until, log.purpose, log.what
        years = log.second.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
        for year in np.unique(years).tolist():
            np.save(self.folder / f"{year}-{batch:06d}.npy", rows[years == year])

    def years(self) -> list[int]:
        """The years that have crossings."""
        return sorted({int(file.name[:4]) for file in self.folder.glob("*.npy")})

    def of_year(self, year: int) -> Any:
        """The crossings of a year in the order of time."""
        files = sorted(self.folder.glob(f"{year}-*.npy"))
        rows = np.concatenate([np.load(file) for file in files])
        for file in files:
            file.unlink()
        return rows[np.argsort(rows["second"], kind="stable")]


class ParquetFiles:
    """Parquet files that grow table by table; one thread writes while the next table is made, in the order given."""

    def __init__(self) -> None:
        self.open: dict[Path, pq.ParquetWriter] = {}
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.waiting: deque[Future[None]] = deque()

    def write(self, path: Path, table: pa.Table) -> None:
        """Add rows to a file; few tables wait at a time, so that memory stays bounded."""
        self.waiting.append(self.thread.submit(self._write, path, table))
        while len(self.waiting) > TABLES_WAITING:
            self.waiting.popleft().result()

    def _write(self, path: Path, table: pa.Table) -> None:
        if path not in self.open:
            repeated = [name for name in table.column_names if name not in NEVER_REPEATED]
            self.open[path] = pq.ParquetWriter(
                path,
                table.schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=repeated,
                store_schema=False,
            )
        self.open[path].write_table(table)

    def close(self) -> None:
        """Finish all files; an error of the thread is raised here at the latest."""
        self.thread.shutdown()
        for writer in self.open.values():
            writer.close()
        for future in self.waiting:
            future.result()


class Truth:
    """Files of the truth, written as it is made; never beside a delivery."""

    def __init__(self, folder: Path, files: ParquetFiles) -> None:
        self.folder, self.files = folder, files
        folder.mkdir(parents=True)

    def add(self, name: str, columns: Mapping[str, Any]) -> None:
        """Add rows to one of the files."""
        self.files.write(self.folder / f"{name}.parquet", pa.table(dict(columns)))
