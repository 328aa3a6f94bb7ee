"""The same attack in two runs: rows of several tables that carry one (run, candidate) get one number."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...errors import EngineError


class Addresses(NamedTuple):
    """``of``: for each pair of columns given to ``number``, the address of each row. ``total``: how many
    different addresses there are.
    """

    of: tuple[np.ndarray, ...]
    total: int


def column(table: Any, name: str) -> np.ndarray:
    """One column of a frame or of a structured array."""
    return np.asarray(table[name])


def number(*pairs: tuple[np.ndarray, np.ndarray]) -> Addresses:
    """Number the different (run, key) among all pairs of columns, by sorting once."""
    run = np.concatenate([np.asarray(pair[0], np.int64) for pair in pairs])
    key = np.concatenate([np.asarray(pair[1], np.uint64) for pair in pairs])
    order = np.lexsort((key, run))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (run[order[1:]] != run[order[:-1]]) | (key[order[1:]] != key[order[:-1]])
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(fresh) - 1
    ends = np.cumsum([len(pair[0]) for pair in pairs])[:-1]
    return Addresses(tuple(np.split(numbers, ends)), int(fresh.sum()))


def row_numbers(numbers: np.ndarray, count: int, what: str) -> np.ndarray:
    """Row of each address in the table whose rows have ``numbers``, -1 where it has none. int64 [count].

    EngineError when two rows share an address: no two candidates of a run may.
    """
    found = np.full(count, -1, np.int64)
    found[numbers] = np.arange(len(numbers))
    if len(numbers) and (found[numbers] != np.arange(len(numbers))).any():
        raise EngineError("rows-alike", what=what)
    return found
