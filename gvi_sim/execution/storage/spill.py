"""Batches handed from worker to parent by way of a temporary file.

What goes through the pool's own pipe stays small, so that a worker that is killed cannot leave half a
message in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import StoreError
from ..planning.batch import Batch, Task, run_batch


def run_and_spill(task: Task) -> str:
    """Run ``task`` and leave its arrays in a file of its folder; returns the file's name."""
    batch = run_batch(task)
    name = f"{batch.key}.{batch.first}.npz"
    arrays = {f"table.{table}": array for table, array in batch.tables.items()}
    path = Path(str(task.folder)) / name
    arrays |= {"outcomes": batch.outcomes, "series": batch.series}
    arrays |= {"digests": np.array(batch.digests), "window": np.array(batch.window)}
    try:
        np.savez(path, allow_pickle=False, **arrays)
    except OSError as error:
        size = sum(array.nbytes for array in arrays.values())
        raise StoreError("not-written/spill", path=path, size=size, reason=error.strerror or error) from error
    return name


def load_spilled(task: Task, name: str) -> Batch:
    """The batch in the file ``name`` of the task's folder; the file is deleted."""
    path = Path(str(task.folder)) / name
    with np.load(path, allow_pickle=False) as arrays:
        window = arrays["window"]
        batch = Batch(
            key=task.key,
            first=task.first,
            end=task.end,
            window=(float(window[0]), float(window[1])),
            outcomes=arrays["outcomes"],
            series=arrays["series"],
            whole_series=task.whole_series,
            digests=tuple(str(digest) for digest in arrays["digests"]),
            tables={table: arrays[f"table.{table}"] for table in sorted(task.keep)},
        )
    path.unlink()
    return batch
