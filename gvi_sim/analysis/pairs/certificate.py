"""The pairing certificate: what the pairing of two scenarios is worth, and whether it holds at all.

Four checks. With every part of the programme at dose zero both scenarios give the same events, bit for bit.
Nothing differs before the first programme starts. An attack that happens in both scenarios happens on the
same day, by and on the same groups. The pairing takes variance away. Where one fails nothing is told: no number,
no table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError, StoreError
from .components import at_zero
from .matching import column, number, row_numbers
from .pair import Pair
from .pairing import first_lever_day
from .rerun_in_memory import run_again

if TYPE_CHECKING:
    from ...config import Scenario
    from ...execution.ensembles.parameters import Parameters
    from ...execution.planning.batch import MakeRunner
    from ...model.lever_protocol import Lever

# What an attack's address decides, in any scenario.
ADDRESSED = ("day", "site", "cause", "attacker_group", "target_group")
# Decided at the attack itself; arrests and attributions come later and may differ for an attack of before.
DECIDED = (*ADDRESSED, "mode", "shooter", "hit", "killed", "bystanders")
ZERO_RUNS = 10
CERTIFICATE_FILE = "certificate.json"
FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "start": "attacks differ before anything that differs between the scenarios can act",
        "addresses": "the same attack has another day or other groups in the two scenarios",
        "zero_dose": "a programme of dose zero changes what happens",
    }
)


@dataclass(frozen=True)
class Certificate:
    """What the pairing is worth. One that does not hold is never handed out: ``failed`` names the checks it misses.

    ``start_day``: the first programme's start (None: none runs). ``first_difference_day``: the day of the
    first attack that differs between the arms (None: none does). ``identical_before_start``: whether that is
    not before the start. ``variance_ratio``: of attacks, paired to unpaired. ``days_before_start``: days of the
    window that the check of the start had. ``same_addresses``: whether attacks of both arms agree in what their
    address decides. ``created_share``: attacks created per attack averted (NaN: none averted).
    ``zero_dose_identical``: whether the first ``zero_dose_runs`` runs with every part at dose zero are the same,
    bit for bit.
    """

    start_day: float | None
    first_difference_day: float | None
    identical_before_start: bool
    variance_ratio: float
    days_before_start: float = 0.0
    same_addresses: bool = True
    created_share: float = float("nan")
    zero_dose_identical: bool = True
    zero_dose_runs: int = 0

    @property
    def failed(self) -> tuple[str, ...]:
        """Names (keys of ``FAILURES``) of the checks that failed; none when the pairing holds."""
        checks = {
            "start": self.identical_before_start,
            "addresses": self.same_addresses,
            "zero_dose": self.zero_dose_identical,
        }
        return tuple(name for name, holds in checks.items() if not holds)

    def to_json(self) -> bytes:
        """The fields as JSON; NaN becomes null."""
        fields = {key: None if value != value else value for key, value in vars(self).items()}
        return (json.dumps(fields, indent=1, allow_nan=False) + "\n").encode()

    @staticmethod
    def from_json(data: bytes) -> Certificate:
        """The certificate that ``to_json`` gave; StoreError for anything else."""
        try:
            fields = json.loads(data)
            lost = {name: float("nan") for name in ("variance_ratio", "created_share") if fields[name] is None}
            made = Certificate(**{**fields, **lost})
            if made.failed:
                raise ValueError(made.failed)
            return made
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise StoreError("not-ours/certificate", file=CERTIFICATE_FILE) from error


def certificate_of(pair: Pair, make: MakeRunner) -> Certificate:
    """The certificate of a pair; runs both scenarios a few times at dose zero (no lever of a
    user's own acts then), on the engine ``make``."""
    base, scenario = pair.base.scenario, pair.scenario.scenario
    runs = min(ZERO_RUNS, pair.replicates)
    return certify(
        base,
        scenario,
        compare_attacks(pair.base.table("attacks"), pair.scenario.table("attacks")),
        same_at_zero(base, scenario, seed=pair.seed, runs=runs, make=make, parameters=pair.parameters),
        zero_runs=runs,
        window_start=pair.base.window[0],
        variance_ratio=pair.row("attacks").variance_ratio,
        levers=pair.arms[1].levers,
    )


def certify(
    base: Scenario,
    scenario: Scenario,
    found: Agreement,
    same_at_zero: bool,
    *,
    zero_runs: int,
    window_start: float,
    variance_ratio: float,
    levers: tuple[Lever, ...] = (),
) -> Certificate:
    """The certificate of two scenarios whose attacks agree as ``found`` says; EngineError when the pairing fails."""
    start = first_lever_day(base, scenario, levers)
    made = Certificate(
        start_day=start,
        first_difference_day=found.first_day,
        identical_before_start=found.first_day is None or (start is not None and found.first_day >= start),
        variance_ratio=variance_ratio,
        days_before_start=0.0 if start is None else max(0.0, start - window_start),
        same_addresses=found.same_addresses,
        created_share=found.created / found.averted if found.averted else float("nan"),
        zero_dose_identical=same_at_zero,
        zero_dose_runs=zero_runs,
    )
    if made.failed:
        raise EngineError("pairing-broken", failed=(FAILURES[name] for name in made.failed))
    return made


@dataclass(frozen=True)
class Agreement:
    """What two attacks tables have in common."""

    first_day: float | None
    same_addresses: bool
    averted: int
    created: int


def compare_attacks(base: Any, scenario: Any) -> Agreement:
    """How two attacks tables agree: first day they differ, whether addresses hold, averted and created."""
    tables = (base, scenario)
    pairs = [(column(table, "run"), column(table, "candidate")) for table in tables]
    (ours, theirs), count = number(*pairs)
    at = row_numbers(theirs, count, "attacks")[ours]
    mine = row_numbers(ours, count, "attacks")[theirs]
    lone = [column(base, "day")[at < 0], column(scenario, "day")[mine < 0]]
    kept = at >= 0
    differ = {name: column(base, name)[kept] != column(scenario, name)[at[kept]] for name in DECIDED}
    days = np.minimum(column(base, "day")[kept], column(scenario, "day")[at[kept]])
    changed = np.logical_or.reduce(list(differ.values()))
    all_days = np.concatenate([*lone, days[changed]])
    return Agreement(
        first_day=float(all_days.min()) if len(all_days) else None,
        same_addresses=not any(differ[name].any() for name in ADDRESSED),
        averted=len(lone[0]),
        created=len(lone[1]),
    )


def same_at_zero(
    base: Scenario,
    scenario: Scenario,
    *,
    seed: int,
    runs: int,
    make: MakeRunner,
    parameters: Parameters | None = None,
) -> bool:
    """Whether both scenarios with every part of their programmes at dose zero give the same events."""
    both = at_zero(base), at_zero(scenario)
    arms = run_again(both, seed=seed, runs=runs, make=make, parameters=parameters)
    return arms[0].digests == arms[1].digests
