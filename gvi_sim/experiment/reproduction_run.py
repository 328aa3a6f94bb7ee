"""Running a reproduction: its arms with one seed, its figures with their errors, pass or fail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.estimand import Measured, measure
from ..config import load_scenario
from ..errors import ScenarioError
from ..execution.planning.machine import version
from ..execution.storage.atomic_files import write_atomic
from ..execution.storage.shards import SYNTHETIC
from ..execution.workers.pool import Progress
from ..simulate import Runs, simulate
from .recorded import Recorded, drift, read_recorded, write_recorded
from .reproduction import Figure, Reproduction, load_reproduction

if TYPE_CHECKING:
    import pandas as pd

PASSED, FAILED, ENTERED, ONLY_RECORDED = "pass", "FAIL", "entered", "recorded"
FARTHEST = 4.42
"""Standard errors beyond which a figure no longer is the recorded one: two-sided p below 10^-5."""
RESULT, TABLE, QUESTION = "reproduction.json", "figures.csv", "question.md"


@dataclass(frozen=True)
class Outcome:
    """One figure as the model gives it, beside what was published and what was recorded before."""

    figure: Figure
    found: Measured
    before: Measured | None

    @property
    def verdict(self) -> str:
        """`pass` when the model's number lies in the accepted range, `FAIL` when not (or when there is none); `entered`
        where an entered number came back."""
        if not self.figure.is_checked:
            return ONLY_RECORDED
        if self.outside != 0:
            return FAILED
        return ENTERED if self.figure.returns else PASSED

    @property
    def outside(self) -> float:
        """How far the number lies beyond the nearer end of the accepted range, in its unit; 0 inside."""
        value = self.found.value
        if not isfinite(value):
            return float("nan")
        low, high = self.figure.low, self.figure.high
        if low is not None and value < low:
            return value - low
        return value - high if high is not None and value > high else 0.0

    @property
    def is_close(self) -> bool:
        """Whether an end of the accepted range lies within the Monte Carlo interval: more runs may turn it."""
        low, high = self.found.interval
        return any(end is not None and low < end < high for end in (self.figure.low, self.figure.high))

    @property
    def drifted(self) -> float:
        """Standard errors from the recorded number; NaN when there is none."""
        return float("nan") if self.before is None else drift(self.found, self.before)


@dataclass(frozen=True)
class Reproduced:
    """A reproduction that was run: ``outcomes`` in order of its figures, ``folder`` where it was written."""

    reproduction: Reproduction
    outcomes: tuple[Outcome, ...]
    seed: int
    replicates: int
    folder: Path | None = None

    @property
    def passed(self) -> bool:
        """Whether every figure with an accepted range lies in it."""
        return all(outcome.verdict != FAILED for outcome in self.outcomes)

    @property
    def inside(self) -> tuple[int, int]:
        """How many figures lie in their range, of how many that count."""
        verdicts = [outcome.verdict for outcome in self.outcomes if outcome.figure.counts]
        return verdicts.count(PASSED), len(verdicts)

    @property
    def drifted(self) -> tuple[Outcome, ...]:
        """Figures that are no longer what was recorded, beyond Monte Carlo error."""
        return tuple(outcome for outcome in self.outcomes if abs(outcome.drifted) > FARTHEST)

    @property
    def table(self) -> pd.DataFrame:
        """One row a figure: published, accepted range, model with 95 % interval, verdict, how far outside."""
        import pandas as pd

        return pd.DataFrame([_row(outcome) for outcome in self.outcomes])

    def record(self) -> Path:
        """Write what the model gave into the experiment's `expected.json`, on purpose."""
        found = {outcome.figure.name: outcome.found for outcome in self.outcomes}
        return write_recorded(self.reproduction.folder, self.seed, found)

    def __repr__(self) -> str:
        count, of = self.inside
        return f"{self.reproduction.name}: {count} of {of} published figures within tolerance, seed {self.seed}"


def _row(outcome: Outcome) -> dict[str, Any]:
    figure, found = outcome.figure, outcome.found
    low, high = found.interval
    return {
        "figure": figure.name, "unit": figure.unit, "published": figure.published, "accept_low": figure.low,
        "accept_high": figure.high, "model": found.value, "model_low": low, "model_high": high, "se": found.se,
        "verdict": outcome.verdict, "outside": outcome.outside, "drift_in_se": outcome.drifted,
        "returns": figure.returns, "sources": " ".join(figure.sources),
    }  # fmt: skip


def reproduce(
    name: str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    parameters: str | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Reproduced:
    """Run a reproduction and compare it with its published figures.

    ``name``: one of ``gvi-sim reproduce --list``, or the folder of an experiment of one's own. ``replicates`` (runs an
    arm) and ``seed`` are the experiment's own unless given; ``parameters`` and ``workers`` (processes) as for
    ``simulate``, None for its default. ``out``: a folder that gets the runs of every arm (`arms/`), the table and the
    question. ``progress`` is called with runs done, runs in all and seconds left. ScenarioError for a reproduction
    that does not exist or is not well formed.

    >>> import gvi_sim as gvi
    >>> gvi.reproduce("new_haven", replicates=4, seed=1, workers=1).replicates
    4
    """
    reproduction = load_reproduction(name)
    replicates = reproduction.replicates if replicates is None else replicates
    seed = reproduction.seed if seed is None else seed
    options: dict[str, Any] = {} if parameters is None else {"parameters": parameters}
    arms = {
        label: simulate(
            load_scenario(*reproduction.base, *reproduction.arms[label]),
            replicates=replicates,
            seed=seed,
            workers=workers,
            keep=reproduction.tables,
            out=None if out is None else Path(out) / "arms" / _folder_name(label),
            progress=_counted(progress, index, len(reproduction.arms_needed)),
            **options,
        )
        for index, label in enumerate(reproduction.arms_needed)
    }
    made = Reproduced(reproduction, tuple(_outcomes(reproduction, arms)), seed, replicates)
    return made if out is None else _written(made, Path(out))


def _folder_name(label: str) -> str:
    return label.replace("=", " ").replace(",", "")


def _counted(progress: Progress | None, index: int, of: int) -> Progress | None:
    """Progress over all arms from that of one."""
    if progress is None:
        return None
    return lambda done, total, left: progress(
        index * total + done, of * total, None if left is None else left * (of - index)
    )


def _outcomes(reproduction: Reproduction, arms: dict[str, Runs]) -> Iterator[Outcome]:
    recorded = read_recorded(reproduction.folder)
    before = {} if recorded is None else recorded.figures
    for figure in reproduction.figures:
        yield Outcome(figure, measure(figure.sums(arms)), before.get(figure.name))


def _written(made: Reproduced, folder: Path) -> Reproduced:
    from ..execution.storage.spreadsheet import to_csv

    content = {
        "synthetic": SYNTHETIC,
        "version": version(),
        "name": made.reproduction.name,
        "question": made.reproduction.question,
        "date": date.today().isoformat(),
        "seed": made.seed,
        "replicates": made.replicates,
        "passed": made.passed,
        "figures": [_plain(row) for row in made.table.to_dict("records")],
    }
    write_atomic(folder / RESULT, (json.dumps(content, indent=2) + "\n").encode())
    write_atomic(folder / TABLE, to_csv(made.table).encode())
    question = made.reproduction.folder / QUESTION
    if question.is_file():
        write_atomic(folder / QUESTION, question.read_bytes())
    return replace(made, folder=folder)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): None if isinstance(value, float) and not isfinite(value) else value for key, value in row.items()}


def from_recorded(reproduction: Reproduction) -> Reproduced:
    """A reproduction as `expected.json` tells of it, nothing run. ScenarioError when nothing is recorded."""
    recorded = read_recorded(reproduction.folder)
    if recorded is None:
        raise ScenarioError("expected-json", name=reproduction.name)
    return Reproduced(
        reproduction, tuple(_recorded_outcomes(reproduction.figures, recorded)), recorded.seed, recorded.replicates
    )


def _recorded_outcomes(figures: Iterable[Figure], recorded: Recorded) -> Iterator[Outcome]:
    for figure in figures:
        if figure.name not in recorded.figures:
            raise ScenarioError("not-recorded", name=figure.name)
        found = recorded.figures[figure.name]
        yield Outcome(figure, found, found)
