"""Column tables: the declaration of structured arrays, name by name."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Column(NamedTuple):
    """One column: its name, numpy type, unit, the mechanism that may write it, and what it means."""

    name: str
    dtype: str
    unit: str
    owner: str
    meaning: str


def dtype_of(columns: tuple[Column, ...]) -> np.dtype[Any]:
    """Aligned structured type of a column table."""
    return np.dtype([(column.name, column.dtype) for column in columns], align=True)


def empty_table(columns: tuple[Column, ...], rows: int) -> Array:
    """Empty table with ``rows`` rows of zeros."""
    return np.zeros(rows, dtype=dtype_of(columns)).view(np.recarray)
