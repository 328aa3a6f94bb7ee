"""``gvi-sim check``: what would be read of a file of counts, before anything is calibrated to it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .options import add_shared
from .parser import Parser

if TYPE_CHECKING:
    from ..analysis.records.count_record import Counts
    from ..analysis.records.table_file import FileLine
    from ..language.catalogue import Words

_SIGNS = {",": "check.comma", ";": "check.semicolon", "\t": "check.tab"}
_MOST_AREAS = 12


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("check", _check)
    add_shared(parser, "file", "--missing", "--keep-outliers")


def _check(arguments: argparse.Namespace) -> int:
    from ..analysis.records.count_record import read_counts
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    counts = read_counts(
        arguments.file, confirm_small=True, missing=arguments.missing, keep_outliers=arguments.keep_outliers
    )
    print("\n".join(check_lines(words, counts, Path(arguments.file).name)))
    return 0


def check_lines(words: Words, counts: Counts, name: str) -> list[str]:
    """What was read of a record, in the reader's language."""
    shown, unit = counts.shown, words(f"calibrate.unit.{counts.frame.unit}s")
    last = counts.frame.units * max(len(counts.areas), 1)
    lines = [
        words("check.file", name=name, separator=words(_SIGNS.get(shown.separator, "check.other"))),
        words("check.rate", rate=words.number(counts.rate, 1), attacks=int(counts.counts.sum())),
        words("check.span", first=counts.start, last=_last_day(counts), units=counts.frame.units, unit=unit),
        words("check.areas", areas=len(counts.areas), totals=_areas(counts)) if counts.areas != ("",) else "",
        words("check.cells", cells=last, absent=shown.absent, blank=shown.blank, zeros=shown.zeros),
        words("check.rows"),
        *_table(shown.headings, (*shown.first, *shown.last)),
        words("check.small", cells=counts.small_cells) if counts.small_cells else "",
        *(words("calibrate.note", text=notice.told(words.lang)) for notice in counts.notices),
    ]
    return [line for line in lines if line]


def _last_day(counts: Counts) -> str:
    from datetime import timedelta

    return str(counts.start + timedelta(days=int(counts.frame.edges[-1]) - 1))


def _areas(counts: Counts) -> str:
    totals = dict(zip(counts.areas, counts.counts.sum(axis=0).tolist(), strict=True))
    told = [f"{name} {total}" for name, total in totals.items()]
    return ", ".join(told[:_MOST_AREAS]) + (", ..." if len(told) > _MOST_AREAS else "")


def _table(headings: tuple[str, ...], rows: tuple[FileLine, ...]) -> list[str]:
    """Headings and rows in columns, each row after the number of its line."""
    cells = [("", *headings), *((str(row.number), *row.cells) for row in rows)]
    cells = [tuple(cell[:24] for cell in row) for row in cells]
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
