"""Tables as CSV that a spreadsheet opens without running anything in it.

A field of text that begins like a formula gets an apostrophe in front; numbers are written so that reading
them gives the same bits.
"""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def safe_text(text: str) -> str:
    """``text`` with an apostrophe in front when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _field(value: Any) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)


def to_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV: comma, point, UTF-8, a header, an empty field for no value; no index."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # so that either sign within a field is quoted
    writer.writerow([safe_text(str(column)) for column in frame.columns])
    columns = [frame[column].tolist() for column in frame.columns]
    writer.writerows([_field(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue()
