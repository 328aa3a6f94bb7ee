"""Tables as CSV that a spreadsheet opens without running anything in it.

Text that begins like a formula gets an apostrophe in front, and so does what would begin like one in a spreadsheet
that splits at another sign than ours. Numbers are written so that reading them gives the same bits; whole numbers
beyond 2**53, which a spreadsheet would round, stand as text, with the apostrophe that says so.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# At the start, or after a sign at which some spreadsheet splits; quotes and spaces may stand in between.
FORMULA = re.compile(r"""(\A|[,;|\t\r\n])(?=[\s"']*[=+\-@＝＋－＠\t\r\0])""")
EXACT = 2**53


def safe_text(text: str) -> str:
    """``text`` with an apostrophe wherever a spreadsheet would begin to read a formula."""
    return FORMULA.sub(r"\1'", text)


def _field(value: Any) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, int) and abs(value) > EXACT:
        return f"'{value}"
    return repr(float(value)) if isinstance(value, float) else str(value)


def to_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV: comma, point, UTF-8, a header, an empty field for no value; no index."""
    return _written(frame, ",", _field)


def to_swedish_csv(frame: pd.DataFrame) -> str:
    """The same as a Swedish spreadsheet opens it: semicolon, decimal comma, and a mark that says UTF-8."""
    return "\ufeff" + _written(frame, ";", _swedish)


def _swedish(value: Any) -> str:
    field = _field(value)
    return field.replace(".", ",") if isinstance(value, float) else field


def _written(frame: pd.DataFrame, delimiter: str, field: Callable[[Any], str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")  # so that either sign in a field is quoted
    writer.writerow([safe_text(str(column)) for column in frame.columns])
    columns = [frame[column].tolist() for column in frame.columns]
    writer.writerows([field(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue()
