"""Does every lever do something, to somebody, in the direction it is meant to? (``gvi-sim levers check``)

Each lever is run at five doses, everything else as the scenario has it, paired by seed. Told are: whether
anything changes at full dose, how many were eligible, the dose response with paired intervals, and wrong
signs: a step between neighbouring doses, or the whole way, against the declared direction at z above ``STEP_Z``,
so that many levers at few runs raise no false alarm. A lever that changes nothing because nobody was eligible is
told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from ...config.levers import LeverDeclaration
from ...config.levers import levers as declared
from ...errors import EvidenceError, Message, nearest_hint
from ...execution.amounts.resource_estimate import batch_size
from ...execution.amounts.totals import COLUMNS
from ...execution.ensembles.parameters import ENSEMBLE
from ...execution.parameter_source import Choice, chosen_parameters
from ...execution.planning.arm import Arm
from ...execution.planning.batch import default_engine
from ...execution.planning.plan import Plan, chosen_seed
from ...execution.planning.whole_numbers import checked_replicates
from ...language.catalogue import Words
from ...simulate import Runs, ready, run_arms
from ...world.codes import DOSES, GATES, RETALIATION, SPREAD
from ...world.tables import SERIES
from ..inference.estimates import Change
from ..inference.graded import estimate_text, grade, what
from ..inference.intervals import Estimate, estimate
from ..inference.verdict import Verdict
from ..pairs.components import without
from ..pairs.pairing import check_comparable
from ..pairs.rerun_in_memory import run_again

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ...execution.workers.pool import Progress

STEP_Z = 3.1
CHAINS = "chains"
CHAIN_RUNS = 20
WORKS, NOBODY, NOTHING, WRONG, CANNOT_TELL, OTHER = (
    "as declared", "nobody eligible", "changes nothing", "wrong sign", "cannot tell", "not monotone",
)  # fmt: skip


class Step(NamedTuple):
    """One dose of a lever: the mean of its outcome, the paired difference to the least dose, and z of the
    step from the dose before (NaN at the least dose, 0 where no run differs).
    """

    dose: float
    mean: float
    change: Estimate
    z: float


class Checked(NamedTuple):
    """What a lever was found to do. ``changed``: share of runs whose events differ between least and full
    dose; ``eligible``: how many it could act on, a run; ``wrong``: doses at which a step has the wrong sign.
    """

    lever: LeverDeclaration
    verdict: str
    changed: float
    eligible: float
    steps: tuple[Step, ...]
    wrong: tuple[float, ...]


class LeverCheck:
    """The levers of a scenario, each as it was found. ``table``: one row a lever and dose."""

    def __init__(self, scenario: Scenario, found: tuple[Checked, ...], seed: int, replicates: int) -> None:
        self.scenario, self.found, self.seed, self.replicates = scenario, found, seed, replicates

    @property
    def table(self) -> pd.DataFrame:
        """Lever, dose, outcome, mean, difference to the least dose with its 95 % interval, z of the step."""
        import pandas as pd

        rows = [
            {
                "lever": it.lever.key, "direction": it.lever.direction, "verdict": it.verdict,
                "changed": it.changed, "eligible": it.eligible, "outcome": it.lever.outcome,
                "dose": step.dose, "mean": step.mean, "difference": step.change.difference,
                "low": step.change.low, "high": step.change.high, "step_z": step.z,
            }
            for it in self.found
            for step in it.steps
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Levers that do the opposite of what is declared."""
        return tuple(it.lever.key for it in self.found if it.verdict == WRONG)

    def text(self, lang: str = "en") -> str:
        """What every lever does, a line each, in English (``en``) or Swedish (``sv``)."""
        words = Words(lang)
        facts = {"site": self.scenario.site.name, "years": words.years(self.scenario.years), "seed": self.seed}
        head = words("levers.head", replicates=words.number(self.replicates, 0), **facts)
        return "\n".join([head, *(f"  {it.lever.key:<50} {_lever_line(words, it)}" for it in self.found)])

    def __repr__(self) -> str:
        return self.text()


def _lever_line(words: Words, it: Checked) -> str:
    eligible, full, outcome = words.number(it.eligible, 1), it.steps[-1].change, it.lever.outcome
    told = words(f"levers.{it.verdict.replace(' ', '_')}", eligible=eligible)
    if it.changed == 0:
        return told
    told = words(
        "levers.line", verdict=told, eligible=eligible, what=what(words, outcome),
        first=words.as_written(f"{it.steps[0].dose:g}"), last=words.as_written(f"{it.steps[-1].dose:g}"),
        change=estimate_text(words, Change(full.difference, full.low, full.high, full.verdict)),
        grade=grade(words, full.verdict, outcome),
    )  # fmt: skip
    doses = words.joined([words.as_written(f"{dose:g}") for dose in it.wrong])
    against = words("levers.against", doses=doses) if doses else ""
    return f"{told}{against}" + (f"; {it.lever.because[words.lang]}" if it.verdict == OTHER else "")


def check_levers(
    scenario: Scenario,
    *,
    levers: Mapping[str, LeverDeclaration] | None = None,
    replicates: int = 100,
    seed: int | None = None,
    workers: int | None = None,
    parameters: Choice = ENSEMBLE,
    progress: Progress | None = None,
    force: bool = False,
) -> LeverCheck:
    """Run every declared lever of ``scenario`` at its five doses and say what each does.

    ``levers``: None takes those of ``config/levers.yaml``. The other arguments are those of ``compare``. PairingError
    for a lever that acts without a programme.
    """
    chosen = dict(declared() if levers is None else levers)
    arms = [
        Arm(f"{lever.key}={dose:g}", _at(scenario, lever, dose)) for lever in chosen.values() for dose in lever.doses
    ]
    check_columns(chosen)
    for arm in arms:
        check_comparable(scenario, arm.scenario)
    plan = Plan(
        kind="levers",
        arms=tuple(arms),
        seed=chosen_seed(seed),
        replicates=checked_replicates(replicates),
        make=default_engine(),
        whole_series=False,
        batch=batch_size(scenario),
        parameters=chosen_parameters(parameters, arms),
    )
    workers = ready(plan, workers, in_memory=True, force=force)
    runs = run_arms(plan, (), workers=workers, progress=progress)
    found, start = [], 0
    for lever in chosen.values():
        found.append(_check(lever, runs[start : start + len(lever.doses)]))
        start += len(lever.doses)
    return LeverCheck(scenario, tuple(found), plan.seed, plan.replicates)


def check_columns(levers: Mapping[str, LeverDeclaration]) -> None:
    """EvidenceError that tells every declared column, gate and kind of dose that the engine does not have."""
    wrong = [
        Message("levers-name/one", lever=lever.key, field=field, name=name, hint=nearest_hint(name, known))
        for lever in levers.values()
        for field, names, known in (
            ("outcome", (lever.outcome,), COLUMNS),
            ("column of the series", lever.eligible, (*SERIES, CHAINS)),
            ("gate or kind of dose", (lever.through,), (*GATES, *DOSES)),
        )
        for name in names
        if name not in known
    ]
    if wrong:
        raise EvidenceError("levers-name", wrong=wrong)


def _at(scenario: Scenario, lever: LeverDeclaration, dose: float) -> Scenario:
    return without(scenario, (f"{lever.key}={dose}",))


def _check(lever: LeverDeclaration, runs: list[Runs]) -> Checked:
    values = [run.values[:, COLUMNS.index(lever.outcome)] for run in runs]
    steps = tuple(
        Step(
            dose,
            float(values[k].mean()),
            estimate(values[0], values[k], runs[0].draws),
            _z(values[k - 1], values[k]) if k else float("nan"),
        )
        for k, dose in enumerate(lever.doses)
    )
    least, full = runs[0].results.digests, runs[-1].results.digests
    changed = float(np.mean([one != other for one, other in zip(least, full, strict=True)]))
    eligible = _eligible(lever, runs)
    wrong = tuple(step.dose for step in steps[1:] if step.z * lever.sign < -STEP_Z)
    whole = _z(values[0], values[-1])
    against = abs(whole) > STEP_Z if lever.sign == 0 else bool(wrong) or whole * lever.sign < -STEP_Z
    verdict = _verdict(lever, steps[-1].change, against, changed, eligible)
    return Checked(lever, verdict, changed, eligible, steps, wrong)


def _z(before: np.ndarray, after: np.ndarray) -> float:
    change = estimate(before, after)
    if change.verdict == Verdict.NO_DIFFERENCE:
        return 0.0
    # By the chance that it goes down: the same difference over its error says less where runs are few.
    return -float(ndtri(change.share))


def _eligible(lever: LeverDeclaration, runs: list[Runs]) -> float:
    if CHAINS in lever.eligible:
        return _chains(runs[-1])

    def counted(run: Runs) -> float:
        columns = [COLUMNS.index(name) for name in lever.eligible]
        return float(run.values[:, columns].sum(axis=1).mean())

    return counted(runs[-1]) - (counted(runs[0]) if lever.is_added else 0.0)


def _chains(run: Runs) -> float:
    """Candidates of retaliation and spread by groups that have been listed, a run."""
    count = min(run.replicates, CHAIN_RUNS)
    keep = frozenset({"candidates", "groups"})
    (again,) = run_again(
        (run.scenario,), seed=run.seed, runs=count, make=default_engine(), keep=keep, parameters=run.parameters
    )
    group_of_run = ["run", "attacker_group"]
    listed = again.table("groups").rename(columns={"group": "attacker_group"})[[*group_of_run, "first_listed_day"]]
    rows = again.table("candidates").merge(listed, on=group_of_run)
    chained = rows["cause"].isin((RETALIATION, SPREAD)) & (rows["day"] >= rows["first_listed_day"])
    return float(chained.sum()) / count


def _verdict(lever: LeverDeclaration, full: Estimate, against: bool, changed: float, eligible: float) -> str:
    if changed == 0:
        return NOBODY if eligible <= 0 else NOTHING
    if lever.direction == OTHER:
        return OTHER
    if against:
        return WRONG
    return WORKS if full.verdict.sign == lever.sign != 0 else CANNOT_TELL
