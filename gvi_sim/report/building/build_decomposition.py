"""From a closer look and from an attribution to what their sections show, in the units that are shown."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...analysis.decomposition.attribution import OUTCOMES_SHARED, REST, Attribution
from ...analysis.decomposition.effect_by_dose import OWN
from ...analysis.decomposition.effect_decomposition import (
    BEFORE_AFTER,
    BY_CAUSE,
    BY_DOSE,
    BY_PART,
    NOTHING,
    REQUIREMENTS,
    YEARS,
    Closer,
    closer_of,
)
from ...analysis.inference.estimates import Change, Stated, row
from ...analysis.inference.intervals import mean_interval
from ...analysis.inference.verdict import Verdict
from ...analysis.pairs.ledger import COUNTED
from ...execution.amounts.totals import COLUMNS
from ...execution.ensembles.structures import STRUCTURES
from ...units import SEK_PER_MSEK
from ..views.dose_view import ByDose, DoseView, Need
from ..views.parameter_table import resting, sources_of
from ..views.view import BeforeAfter, Books, Part, Parts, PartsView, RunView
from .build import command_line, idle_sites, own_warnings, worst_pairing
from .build_validation import validation_of
from .disclosure_control import check_size
from .origins import origin_of
from .rerun_pair import once_more

if TYPE_CHECKING:
    import pandas as pd

    from ...analysis.pairs.effect import Effect

SECTIONS = {BY_DOSE: "doses", REQUIREMENTS: "needs", BY_CAUSE: "ledger", BY_PART: "parts", BEFORE_AFTER: "before_after"}
MAIN = "shootings"
ALL = "all"
PARTS_OF_BOOKS = ("averted", "created", "changed")
Record = Mapping[Hashable, Any]


def with_closer(view: RunView, effect: Effect, closer: Closer) -> RunView:
    """``view`` with what the closer look found."""
    tables, runs = closer.tables, closer.runs
    return replace(
        view,
        books=_books(effect, tables[BY_CAUSE], runs[BY_CAUSE]) if BY_CAUSE in tables else None,
        parts=shown_parts(tables[BY_PART], runs[BY_PART]) if BY_PART in tables else None,
        before_after=_before_after(tables[BEFORE_AFTER], runs[BEFORE_AFTER]) if BEFORE_AFTER in tables else None,
        by_dose=_by_dose(closer),
        needs=_needs(closer),
        not_made=_not_made(closer),
    )


def _not_made(closer: Closer) -> tuple[tuple[str, str], ...]:
    return tuple((SECTIONS[name], reason) for name, reason in closer.not_made.items())


def _estimate(row: Record, prefix: str = "", name: str = "mean") -> Stated:
    return Stated(float(row[name]), float(row[f"{prefix}low"]), float(row[f"{prefix}high"]))


def _change(row: Record, prefix: str = "", name: str = "mean") -> Change:
    found = _estimate(row, prefix, name)
    return Change(found.value, found.low, found.high, Verdict(row[f"{prefix}verdict"]))


def _books(effect: Effect, table: pd.DataFrame, runs: int) -> Books:
    of = [COLUMNS.index(name) for name in COUNTED]
    sums = {}
    for name, arm in (("base", effect.base), ("scenario", effect.scenario)):
        ends = mean_interval(arm.values[:runs, of])
        sums[name] = {outcome: Stated(*(float(end[k]) for end in ends)) for k, outcome in enumerate(COUNTED)}
    rows: Sequence[Record] = table.to_dict("records")
    for part in PARTS_OF_BOOKS:
        whole = [row for row in rows if (row["part"], row["via"], row["gate"]) == (part, ALL, ALL)]
        sums[part] = {str(row["outcome"]): _estimate(row) for row in whole}
    ways: dict[str, dict[str, Stated]] = {}
    for line in rows:
        if line["part"] == "averted" and line["via"] != ALL:
            ways.setdefault(str(line["via"]), {})[str(line["outcome"])] = _estimate(line)
    stopped = [row for row in rows if (row["outcome"], row["part"]) == (MAIN, "averted") and row["gate"] != ALL]
    causes = sorted(stopped, key=lambda row: -row["mean"])
    return Books(runs, sums, ways, tuple((str(row["gate"]), _estimate(row), float(row["share"])) for row in causes))


def shown_parts(table: pd.DataFrame, runs: int) -> Parts:
    """The parts of an attribution's table, or of one that only says what would be lost but for each."""
    shared = "shapley" in table.columns
    found: dict[str, tuple[Part, ...]] = {}
    for outcome in OUTCOMES_SHARED:
        rows: Sequence[Record] = table[table["outcome"] == outcome].to_dict("records")
        scale = 1 / SEK_PER_MSEK if outcome == "cost" else 1.0
        found[outcome] = tuple(
            Part(
                str(row["part"]),
                bool(row["dose_zero"]),
                _change(row, name="shapley").scaled(scale) if shared else None,
                _change(row, "but_for_", "but_for").scaled(scale),
            )
            for row in rows
            if row["part"] != REST or row["shapley"] != 0 or row["low"] != 0  # only where they are shared out
        )
    return Parts(runs, found)


def _by_dose(closer: Closer) -> ByDose | None:
    if BY_DOSE not in closer.tables:
        return None
    records: Sequence[Record] = closer.tables[BY_DOSE].to_dict("records")
    ends: dict[str, dict[str, DoseView]] = {}
    for record in records:
        ends.setdefault(str(record["lever"]), {})[str(record["dose"])] = _dose(record)
    forms = {name: ends.pop(name) for name in STRUCTURES if name in ends}
    return ByDose(closer.runs[BY_DOSE], ends.pop("")[OWN], ends, forms)


def _dose(record: Record) -> DoseView:
    middle = Stated(*(record[f"ratio_{end}"] - 1 for end in ("median", "low_90", "high_90")))
    shown = row(MAIN, {str(key): value for key, value in record.items()})
    return DoseView(shown, middle, float(record["promises_owed"]), float(record["promises_kept"]))


def _needs(closer: Closer) -> tuple[Need, ...]:
    if REQUIREMENTS not in closer.tables:
        return ()
    found = []
    for record in closer.tables[REQUIREMENTS].to_dict("records"):
        fields = {str(name): value for name, value in record.items()}
        for name in ("cost", "own_cost"):
            fields[name] /= SEK_PER_MSEK
        found.append(Need(**fields | {"dose": None if math.isnan(fields["dose"]) else fields["dose"]}))
    return tuple(found)


def _before_after(table: pd.DataFrame, runs: int) -> BeforeAfter:
    rows: Sequence[Record] = table[table["groups"] == "listed"].to_dict("records")
    return BeforeAfter(runs, YEARS, {str(row["term"]): _change(row) for row in rows})


def parts_view(made: Attribution, command: str = "", *, closer: bool = True) -> PartsView:
    """Everything that the report of an attribution shows; without ``closer``, what takes no further runs."""
    from ...config import Scenario

    scenario = made.scenario
    assert scenario is not None  # noqa: S101  an attribution that was run has one
    check_size(scenario)
    pair = None
    if closer:
        pair = once_more(made, Scenario.from_dict(made.manifest["base"]), scenario)
    of_pair = closer_of(pair, (BY_DOSE,)) if pair else NOTHING
    rests = resting(scenario)
    path = str((made.folder / "scenario.yaml") if made.folder else "scenario.yaml")
    return PartsView(
        origin=origin_of(made, (scenario,), command or command_line("attribute", [path], made.replicates, made.seed)),
        parts=shown_parts(made.table, made.replicates),
        resting=rests,
        sources=sources_of(rests),
        not_running=idle_sites(scenario),
        warnings=own_warnings(made.warnings),
        pairing=None if made.certificates is None else worst_pairing(made.certificates),
        validation=validation_of(pair) if pair else None,
        by_dose=_by_dose(of_pair),
        not_made=_not_made(of_pair),
    )
