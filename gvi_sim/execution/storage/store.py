"""One folder of results: verified to read, one writer at a time, whole files only.

``manifest.json``, the scenarios, ``tables/<table>/`` with shards (see shards.py), small tables as
``tables/<name>`` in Parquet and CSV, and whatever reports add through ``write_file``. Every reader checks
hashes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import StoreError, nearest_hint
from .atomic_files import inside, read_verified, write_atomic
from .lock import FolderLock
from .manifest import Manifest, read_manifest, write_manifest
from .shards import PATTERN, Shard, from_parquet, notes_of, to_parquet
from .spreadsheet import to_csv

if TYPE_CHECKING:
    import pandas as pd


class Store:
    """A results folder with its manifest; made by ``open_store`` or while a run writes."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.writing = False
        self._indexed = -1
        self._by_address: dict[tuple[str, str], list[Shard]] = {}

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """Relative path of every file to its ``sha256``, ``bytes`` and (tables) ``rows``."""
        return dict(self.manifest["files"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, sharded and small ones."""
        names = (Path(path).parts[1] for path in self.files if path.startswith("tables/"))
        return tuple(sorted({name.removesuffix(".parquet") for name in names if not name.endswith(".csv")}))

    def shards(self, table: str, arm: int | None = None) -> list[Shard]:
        """Shards of a table in order of arm and replicate."""
        keys = [entry["key"] for entry in self.manifest["arms"]]
        wanted = dict.fromkeys(keys) if arm is None else [keys[arm]]
        return [shard for key in wanted for shard in self._index().get((table, key), ())]

    def _index(self) -> dict[tuple[str, str], list[Shard]]:
        if len(self.manifest["files"]) != self._indexed:
            self._by_address = {}
            for path in sorted(self.manifest["files"]):
                if match := PATTERN.fullmatch(Path(path).name):
                    shard = Shard(Path(path).parts[1], match[1], int(match[2]), int(match[3]), match[4])
                    self._by_address.setdefault((shard.table, shard.key), []).append(shard)
            self._indexed = len(self.manifest["files"])
        return self._by_address

    def digests(self, arm: int) -> list[str]:
        """The event hash of every replicate of an arm, in order."""
        found: list[str] = []
        for piece in self.pieces("outcomes", arm):
            found += piece.column("digest").to_pylist()[:: int(notes_of(piece)["sites"])]
        return found

    def read_file(self, relative: str) -> bytes:
        """The content of one file, verified; StoreError when it is missing, damaged or unknown to the
        manifest.
        """
        path = inside(self.folder, relative)
        if relative not in self.manifest["files"]:
            raise StoreError(
                "not-in-manifest", path=relative, folder=self.folder, hint=nearest_hint(relative, self.files)
            )
        note = self.manifest["files"][relative]
        return read_verified(path, note["sha256"], note.get("bytes"))

    def pieces(self, table: str, arm: int | None = None) -> Iterable[Any]:
        """The verified pyarrow tables a table is made of, one at a time."""
        shards = self.shards(table, arm)
        paths = [shard.relative for shard in shards] or [f"tables/{table}.parquet"]
        if paths[0] not in self.manifest["files"]:
            raise StoreError(
                "unknown-table",
                folder=self.folder,
                table=table,
                hint=nearest_hint(table, self.tables),
                known=self.tables,
            )
        for path in paths:
            yield from_parquet(self.read_file(path))

    def read_table(self, name: str, arm: int | None = None) -> pd.DataFrame:
        """A table as a pandas frame, verified; sharded ones in order, of one arm or all."""
        import pandas as pd

        frames: list[pd.DataFrame] = [piece.to_pandas(use_threads=False) for piece in self.pieces(name, arm)]
        return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]

    def write_file(self, relative: str, data: bytes, *, rows: int | None = None) -> Path:
        """Write one file whole and enter its hash in the manifest; StoreError when it cannot be.

        Outside a run the folder is locked and the manifest rewritten at once.
        """
        if self.writing:
            return self._add(relative, data, rows)
        with FolderLock(self.folder):
            self.manifest = read_manifest(self.folder)
            path = self._add(relative, data, rows)
            write_manifest(self.folder, self.manifest)
        return path

    def _add(self, relative: str, data: bytes, rows: int | None) -> Path:
        path = inside(self.folder, relative)
        note: dict[str, Any] = {"sha256": write_atomic(path, data), "bytes": len(data)}
        self.manifest["files"][relative] = note if rows is None else {**note, "rows": rows}
        return path

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Write a small table as ``tables/<name>.parquet`` and ``.csv``."""
        self.write_file(f"tables/{name}.parquet", to_parquet(plain_columns(frame)), rows=len(frame))
        self.write_file(f"tables/{name}.csv", to_csv(frame).encode(), rows=len(frame))


def plain_columns(frame: pd.DataFrame) -> dict[str, Any]:
    """The columns of a frame as ``to_parquet`` takes them."""
    columns = {str(column): frame[column].to_numpy() for column in frame.columns}
    return {name: values.tolist() if values.dtype == object else values for name, values in columns.items()}


def open_store(folder: str | Path) -> Store:
    """The finished results in ``folder``; StoreError when it holds none, damaged ones or unfinished ones."""
    return Store(Path(folder), read_manifest(Path(folder)))
