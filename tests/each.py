"""Rows that a loop can check: one test that goes through all of them and lists every complaint."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each(names: str, rows: Iterable[Any], ids: Callable[[Any], str] = repr) -> Callable[[Any], Any]:
    """As ``pytest.mark.parametrize``, in one test: all rows run, and the test fails with a line for each that does.

    ``names``: the arguments that a row fills, separated by commas; fixtures are shared by all rows.
    """
    fields = [name.strip() for name in names.split(",")]

    def decorate(test: Any) -> Any:
        listed = list(rows)
        assert listed, f"{test.__name__} has no rows"

        def all_rows(**fixtures: Any) -> None:
            complaints = []
            for row in listed:
                values = row if len(fields) > 1 else (row,)
                try:
                    test(**dict(zip(fields, values, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    complaints.append(f"{ids(row)[:200]}: {type(error).__name__}: {error}")
            assert not complaints, f"{len(complaints)} of {len(listed)} rows:\n" + "\n".join(complaints)

        kept = [one for name, one in inspect.signature(test).parameters.items() if name not in fields]
        all_rows.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
        all_rows.__name__, all_rows.__doc__ = test.__name__, test.__doc__
        all_rows.__module__ = test.__module__
        return all_rows

    return decorate
