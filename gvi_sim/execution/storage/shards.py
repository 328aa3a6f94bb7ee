"""Batches as Parquet files that name themselves and their own hash.

``tables/<table>/<key>.r<first>-<end>.<hash>.parquet``: key of scenario, seed and code; replicates [first,
end); the first 16 digits of the file's SHA-256. A shard that stands under its final name is finished, and
a resumed run knows it by name and checks it against itself. Writing a batch twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import StoreError
from ...world.tables import OUTCOMES, SERIES, STORED_BESIDE
from ..planning.batch import Batch, Task, run_batch
from ..planning.years import STORED
from .atomic_files import inside, read_bytes, write_atomic

PATTERN = re.compile(r"([0-9a-f]{12})\.r(\d{6,9})-(\d{6,9})\.([0-9a-f]{16})\.parquet")
SYNTHETIC = "SYNTHETIC: simulated persons and groups; nothing here describes a real person, place or named group."


class Shard(NamedTuple):
    """What a shard's folder and name say."""

    table: str
    key: str
    first: int
    end: int
    hash16: str

    @property
    def relative(self) -> str:
        """Path inside the results folder."""
        return f"tables/{self.table}/{self.key}.r{self.first:06d}-{self.end:06d}.{self.hash16}.parquet"


def shards_in(folder: Path) -> Iterator[Shard]:
    """Every finished shard below ``folder``, in order of table and name."""
    for path in sorted(folder.glob("tables/*/*.parquet")):
        if match := PATTERN.fullmatch(path.name):
            key, first, end, hash16 = match.groups()
            yield Shard(path.parent.name, key, int(first), int(end), hash16)


def to_parquet(
    columns: Mapping[str, Any],
    *,
    table: str = "",
    same: Mapping[str, str] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> bytes:
    """Columns of equal length as a Parquet file with page checksums; equal input gives equal bytes.

    Columns of a declared ``table`` carry their unit and meaning, and codes are stored as their names. ``same`` gives
    columns with one text in every row; ``notes`` goes into the file's metadata as JSON.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = {**STORED.get(table, {}), **STORED_BESIDE} if table else {}
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        codes = fields[name].codes if name in fields else ()
        arrays[name] = pa.DictionaryArray.from_arrays(values, pa.array(codes)) if codes else pa.array(values)
    nothing = np.zeros(len(next(iter(arrays.values()), ())), np.int8)
    for name, text in (same or {}).items():
        arrays[name] = pa.DictionaryArray.from_arrays(nothing, pa.array([text]))
    schema = pa.schema(
        [pa.field(n, a.type, metadata=fields[n].metadata if n in fields else None) for n, a in arrays.items()],
        {"synthetic": SYNTHETIC, "gvi_sim": json.dumps(dict(notes or {}))},
    )
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    made = pa.Table.from_arrays([*arrays.values()], schema=schema)
    buffer = io.BytesIO()
    pq.write_table(made, buffer, compression="zstd", use_dictionary=texts, write_page_checksum=True)
    return buffer.getvalue()


def task_parquet(table: str, columns: Mapping[str, Any], task: Task, batch: Batch) -> bytes:
    """The file of one table of a batch: the arm by key and name in every row, its shape in the notes."""
    same = {"scenario": task.key, "arm": task.label}
    return to_parquet(columns, table=table, same=same, notes=shape_of(batch))


def from_parquet(data: bytes) -> Any:
    """The pyarrow table in ``data``, page checksums verified."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # In this thread alone: those that Arrow starts for `read_table` now and then abort a process as it ends.
        return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreError("unreadable/parquet", error=error) from error


def notes_of(table: Any) -> dict[str, Any]:
    """The notes that went into ``to_parquet``."""
    return dict(json.loads((table.schema.metadata or {}).get(b"gvi_sim", b"{}")))


def tables_of(batch: Batch) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of ``batch`` by name, as columns of equal length."""
    runs, sites, months, _ = batch.series.shape
    replicates = np.arange(batch.first, batch.end, dtype=np.int32)
    yield (
        "outcomes",
        {
            "run": np.repeat(replicates, sites),
            "site": np.tile(np.arange(sites, dtype=np.int32), len(replicates)),
            **{name: batch.outcomes[:, :, column].ravel() for column, name in enumerate(OUTCOMES)},
            "digest": np.repeat(np.array(batch.digests), sites),
        },
    )
    labels = {
        "site": np.tile(np.repeat(np.arange(sites, dtype=np.int32), months), runs),
        "month": np.tile(np.arange(months, dtype=np.int32), runs * sites),
    }
    if batch.whole_series:
        labels = {"run": np.repeat(replicates, sites * months), **labels}
    yield (
        "series",
        {**labels, **{name: batch.series[..., column].ravel() for column, name in enumerate(SERIES)}},
    )
    for name, array in batch.tables.items():
        yield name, {column: array[column] for column in array.dtype.names or ()}


def shape_of(batch: Batch) -> dict[str, Any]:
    """What the tables of ``batch`` say about themselves: sites, months, window."""
    return {"sites": batch.outcomes.shape[1], "months": batch.series.shape[2], "window": list(batch.window)}


class Stored(NamedTuple):
    """A finished shard with the SHA-256, the size in bytes and the rows of its file."""

    shard: Shard
    sha256: str
    size: int
    rows: int

    def note(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"sha256": self.sha256, "bytes": self.size, "rows": self.rows}


def write_batch(task: Task, batch: Batch, folder: Path) -> list[Stored]:
    """Write every table of ``batch``, which ``task`` gave, below ``folder``."""
    written = []
    for table, columns in tables_of(batch):
        data = task_parquet(table, columns, task, batch)
        sha256 = hashlib.sha256(data).hexdigest()
        shard = Shard(table, batch.key, batch.first, batch.end, sha256[:16])
        write_atomic(folder / shard.relative, data)
        written.append(Stored(shard, sha256, len(data), len(next(iter(columns.values())))))
    return written


def run_to_shards(task: Task) -> list[Stored]:
    """Run ``task`` and leave it as shards in its folder (what a worker does for a run that has one)."""
    return write_batch(task, run_batch(task), Path(str(task.folder)))


def stored(folder: Path, shard: Shard) -> Stored | None:
    """The finished shard as it lies in ``folder``; None when its content is not what the hash in its name says."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(inside(folder, shard.relative))
    sha256 = hashlib.sha256(data).hexdigest()
    if not sha256.startswith(shard.hash16):
        return None
    return Stored(shard, sha256, len(data), pq.read_metadata(pa.BufferReader(data)).num_rows)
