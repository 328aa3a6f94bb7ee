"""A stored batch against the same batch run again: equal to the bit, or the first row that is not."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from ..planning.batch import Task, run_batch
from .shards import from_parquet, notes_of, tables_of, task_parquet
from .store import Store


class Difference(NamedTuple):
    """Where two tables first differ: table, row (from 0), column, and what either holds there."""

    table: str
    row: int
    column: str
    stored: Any
    found: Any
    of_batch: str = ""

    def __str__(self) -> str:
        where = f"{self.table}, row {self.row}, column {self.column}"
        return f"{where}: stored {shown_cell(self.stored)}, computed {shown_cell(self.found)}{self.of_batch}"


def shown_cell(value: Any) -> str:
    """A cell as a message shows it: all digits of a number, no type."""
    plain = value.item() if isinstance(value, np.generic) else value
    return repr(plain)


def recomputed_difference(store: Store, task: Task) -> Difference | None:
    """Run ``task`` and compare every table of it with what ``store`` holds; None when all bits are equal."""
    batch = run_batch(task)
    for table, columns in tables_of(batch):
        stored = stored_piece(store, table, task)
        found = from_parquet(task_parquet(table, columns, task, batch))
        where = f" (replicates {task.first} to {task.end - 1} of {task.key})"
        difference = first_difference(table, stored, found)
        if difference is None and notes_of(stored) != notes_of(found):
            difference = Difference(table, 0, "(notes)", notes_of(stored), notes_of(found))
        if difference is not None:
            return difference._replace(of_batch=where)
    return None


def stored_piece(store: Store, table: str, task: Task) -> Any:
    """The verified shard that holds ``task``'s part of ``table``."""
    wanted = (task.key, task.first, task.end)
    for shard in store.shards(table):
        if (shard.key, shard.first, shard.end) == wanted:
            return from_parquet(store.read_file(shard.relative))
    # Coverage is checked before anything is run again, so a shard that is missing here was never promised.
    raise KeyError(f"{table} of {wanted}")


def first_difference(table: str, stored: Any, found: Any) -> Difference | None:
    """The first row, and in it the first column, where two pyarrow tables differ; floats by their bits."""
    if stored.column_names != found.column_names:
        return Difference(table, 0, "(columns)", stored.column_names, found.column_names)
    rows = min(stored.num_rows, found.num_rows)
    first, at = rows, ""
    for name in stored.column_names:
        differs = np.flatnonzero(_bits(stored.column(name), rows) != _bits(found.column(name), rows))
        if len(differs) and differs[0] < first:
            first, at = int(differs[0]), name
    if at:
        return Difference(table, first, at, _cell(stored, at, first), _cell(found, at, first))
    if stored.num_rows != found.num_rows:
        return Difference(table, rows, "(rows)", stored.num_rows, found.num_rows)
    types = [(str(field.type), str(found.schema.field(field.name).type)) for field in stored.schema]
    for name, (one, other) in zip(stored.column_names, types, strict=True):
        if one != other:
            return Difference(table, 0, f"{name} (type)", one, other)
    return None


def first_other_line(name: str, stored: str, found: str) -> str | None:
    """The first line in which two texts differ, told as in ``Difference``; None when they are equal."""
    for row, (ours, theirs) in enumerate(zip_longest(stored.splitlines(), found.splitlines())):
        if ours != theirs:
            return f"{name}, line {row + 1}: stored {shown_cell(ours)}, computed {shown_cell(theirs)}"
    return None if stored == found else f"{name}: other line ends"


def _bits(column: Any, rows: int) -> np.ndarray:
    values = column.slice(0, rows).to_pandas(use_threads=False).to_numpy()
    if values.dtype == np.float64:
        return np.ascontiguousarray(values).view(np.int64)
    return np.asarray([str(value) for value in values]) if values.dtype == object else values


def _cell(table: Any, column: str, row: int) -> Any:
    return table.column(column)[row].as_py()
