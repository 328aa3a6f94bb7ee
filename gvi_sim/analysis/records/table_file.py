"""From the bytes of a file to rows of text: encoding, separator, headings, and which line each row stands on.

The separator is the one under which a first line with known headings comes out (``headings``), not the commonest
sign: a guess by frequency errs where counts have decimal commas. What is no table of text is refused by name.
"""

from __future__ import annotations

import csv
import io
import re
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ...config.personal_data import refuse_personal_data
from ...errors import Message, ScenarioError
from ...evidence.regular_file import read_regular
from .headings import are_headings
from .notices import Notice

MOST_BYTES = 5 << 20
SEPARATORS = (",", ";", "\t", "|")
_MOST_LINES_ABOVE = 20
_UTF8 = Message("bad-file/save-as")
_OTHER_KINDS = {
    b"PK\x03\x04": Message("kind/workbook"), b"\xd0\xcf\x11\xe0": Message("kind/old-workbook"),
    b"%PDF": Message("kind/pdf"), b"PAR1": Message("kind/parquet"), b"\x1f\x8b": Message("kind/compressed"),
    b"SQLite": Message("kind/database"),
}  # fmt: skip
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_AS_TEXT = re.compile(r'^="(.*)"$')  # how a spreadsheet is notices to leave a cell alone
_NOT_LATIN = re.compile("[\x80-\x9f\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u2020-\u2022\u2026\u2030]")


class FileLine(NamedTuple):
    """A row: the number of its line in the file (from 1), and its cells, as many as there are headings."""

    number: int
    cells: tuple[str, ...]


class FileTable(NamedTuple):
    """A file as rows of text: ``headings`` on line ``headed``, its whole ``text``, and what was done to read it."""

    name: str
    text: str
    headings: tuple[str, ...]
    headed: int
    lines: tuple[FileLine, ...]
    separator: str
    sha256: str
    notices: tuple[Notice, ...]


def refused(id: str, where: object, **fields: Any) -> ScenarioError:
    """The refusal of a file: what is wrong and where, and what to do about it."""
    return ScenarioError(id, where=where, **fields)


def read_file_table(path: Path) -> FileTable:
    """Read a file as a table of text; ScenarioError with file and line for what is none or tells of persons."""
    refuse_personal_data(path.name, "The name of the file")
    try:
        raw = read_regular(path, MOST_BYTES)
    except OSError as error:
        raise ScenarioError("bad-file/unreadable", path=path, reason=error.strerror or error) from error
    text, latin = _decoded(raw, path.name)
    table = _table(text, path.name, sha256(raw).hexdigest())
    notices = (Notice("latin", {}),) if latin else ()
    return table._replace(notices=(*notices, *table.notices))


def _decoded(raw: bytes, name: str) -> tuple[str, bool]:
    """The text with lines that end in a line feed, and whether it was read as Latin-1."""
    for start, kind in _OTHER_KINDS.items():
        if raw.startswith(start):
            raise refused("bad-file/other-kind", name, kind=kind)
    if raw.startswith(_UTF16) or b"\0" in raw:
        raise refused("bad-file/no-text", name, remedy=_UTF8)
    try:
        text, latin = raw.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, latin = raw.decode("cp1252", errors="replace"), True
        if "\ufffd" in text or _NOT_LATIN.search(text):
            raise refused("bad-file/encoding", name, remedy=_UTF8) from None
    if text.lstrip()[:1] in ("<", "{", "["):
        raise refused("bad-file/web-page", name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), latin


def _table(text: str, name: str, digest: str) -> FileTable:
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r'\s*"?sep=(.)"?[;,\s]*', first, re.IGNORECASE)
    separators, above = ((named[1],), 1) if named else (SEPARATORS, 0)
    parsed = [_rows(rest if named else text, separator, above, name) for separator in separators]
    rows_of_headings = [_row_of_headings(lines) for lines in parsed]
    known = [k for k, row in enumerate(rows_of_headings) if row is not None]
    best = known[0] if known else max(range(len(parsed)), key=lambda k: len(parsed[k][0].cells) if parsed[k] else 0)
    lines, row = parsed[best], rows_of_headings[best] or 0
    if not lines:
        raise refused("bad-file/no-counts", name)
    headings = tuple(cell.strip() for cell in lines[row].cells)
    while headings and not headings[-1]:
        headings = headings[:-1]
    refuse_personal_data(" ; ".join(headings), f"{name}:{lines[row].number}")
    rows = tuple(_fitted(line, len(headings), name) for line in lines[row + 1 :])
    notices = (Notice("above", {"lines": row}),) if row else ()
    return FileTable(name, text, headings, lines[row].number, rows, separators[best], digest, notices)


def _rows(text: str, separator: str, above: int, name: str) -> list[FileLine]:
    """Rows with anything in them, comments (#) left out. Under a wrong separator quotes may not close: no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
                found.append(FileLine(reader.line_num + above, tuple(cells)))
    except csv.Error as error:
        if found and are_headings(found[0].cells):
            raise refused("bad-file/no-row", f"{name}:{reader.line_num + above}", error=error) from None
    return found


def _row_of_headings(lines: list[FileLine]) -> int | None:
    above = enumerate(lines[:_MOST_LINES_ABOVE])
    return next((row for row, line in above if are_headings(line.cells)), None)


def _fitted(line: FileLine, width: int, name: str) -> FileLine:
    cells = tuple(_AS_TEXT.sub(r"\1", cell.strip()) for cell in line.cells)
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != width:
        raise refused("bad-file/fields", f"{name}:{line.number}", fields=len(cells), columns=width)
    return FileLine(line.number, cells)
