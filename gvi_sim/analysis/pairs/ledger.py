"""The paired ledger: which attack was averted, which created, by what, and at which root (ODD 7.9).

Every attack of either scenario is one row. An attack of the base is *kept* (the same candidate attacks in
the scenario) or *averted*; one of the scenario is kept or *created*. How it came to be averted:

direct            its candidate existed in the scenario and was stopped there; the gates that failed there
                  and passed in the base are its causes, in equal parts
downstream        its parent attack was averted, so it had no candidate; the root's causes carry over
fewer_offspring   its parent was kept, but changed, and made fewer candidates
before_window     its parent lies before the window, where the scenarios differ already

and the same for created attacks, with ``more_offspring``. For shootings, detonations, persons hit and
persons killed: base - averted + created + changed = scenario, in every run, against the engine's own counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...errors import EngineError, PairingError
from ...execution.amounts.totals import COLUMNS
from ...world.codes import BACKGROUND, CAUSES, DETONATION, GATES, MODES, SHOOTING, SUBSTITUTABLE
from ...world.tables import FIELDS as TABLES
from .matching import column, number, row_numbers
from .pair import Pair
from .rerun_in_memory import run_again

if TYPE_CHECKING:
    import pandas as pd

    from ...execution.planning.batch import MakeRunner

STATUSES = ("kept", "averted", "created")
KEPT, AVERTED, CREATED = range(3)
VIAS = ("", "direct", "downstream", "fewer_offspring", "more_offspring", "before_window")
NOWAY, DIRECT, DOWNSTREAM, FEWER, MORE, BEFORE = range(6)
# Causes that are no gate follow the gates as bits of the mask.
REASONS = (*GATES, "changed_parent", "before_window")
CHANGED_PARENT, BEFORE_WINDOW = 1 << len(GATES), 2 << len(GATES)
COUNTED = ("shootings", "detonations", "persons_hit", "persons_killed")
CANDIDATES = "candidates"
ABSENT = -1
_COPIED = ("run", "day", "site", "cause", "attacker_group", "target_group", "candidate")
_BY_ARM = ("mode", "hit", "killed")
FIELDS = {
    **{name: TABLES["attacks"][name] for name in _COPIED},
    "root": TABLES["attacks"]["candidate"],
    **{f"hit_{arm}": TABLES["attacks"]["hit"] for arm in ("base", "scenario")},
    **{f"killed_{arm}": TABLES["attacks"]["killed"]._replace(high=f"hit_{arm}") for arm in ("base", "scenario")},
}
WORDS = {
    "status": STATUSES, "via": VIAS, "cause": CAUSES, "mode_base": ("", *MODES), "mode_scenario": ("", *MODES),
    "gates": ("", *REASONS),
}  # fmt: skip
"""What lies in its columns: numbers, and words (gates joined by "+")."""


class ArmRows(NamedTuple):
    """One arm's tables ``attacks`` and ``candidates``: frames or structured arrays."""

    attacks: Any
    candidates: Any


class _Placed(NamedTuple):
    """An arm with the address of every row, and the row of every address."""

    attacks: Any
    candidates: Any
    attack_number: np.ndarray
    parent_number: np.ndarray
    attack_at: np.ndarray
    candidate_at: np.ndarray


class _Side(NamedTuple):
    """What became of one arm's attacks in the other: via [rows], mask of causes and parent's row for each."""

    kept: np.ndarray
    via: np.ndarray
    mask: np.ndarray
    parent: np.ndarray


def build(base: ArmRows, scenario: ArmRows) -> pd.DataFrame:
    """The ledger of two arms: one row an attack of either, ordered by run and day.

    Columns: run, day, site, candidate, status, via, gates (causes joined by "+", those of the root), root
    (candidate of the root), cause, attacker_group, target_group, and mode, hit and killed in either arm
    ("" and 0 where it did not happen). EngineError when the tables contradict each other.
    """
    ours, theirs = _placed(base, scenario)
    lost, won = _side(ours, theirs, FEWER), _side(theirs, ours, MORE)
    mine, extra = len(lost.kept), np.flatnonzero(~won.kept)
    status = np.where(lost.kept, KEPT, AVERTED)
    row_of_created = np.full(len(won.kept), ABSENT)
    row_of_created[extra] = mine + np.arange(len(extra))
    above_created = np.where(won.parent >= 0, row_of_created[won.parent], ABSENT)[extra]
    above = np.concatenate([lost.parent, above_created])
    root = _climb(above)
    columns = _facts(ours, theirs, extra)
    mask = np.concatenate([lost.mask, won.mask[extra]])[root]
    columns |= {
        "status": _named(np.concatenate([status, np.full(len(extra), CREATED)]), STATUSES),
        "via": _named(np.concatenate([lost.via, won.via[extra]]), VIAS),
        "gates": _joined(mask),
        "root": columns["candidate"][root],
    }
    return _frame(columns)


def ledger_of(pair: Pair, make: MakeRunner, runs: int | None = None) -> pd.DataFrame:
    """The ledger of a pair, or of its first ``runs`` runs, checked against its counts.

    Where the candidates were not kept, both scenarios are run again from the seed with the engine ``make``.
    PairingError when that gives other events: the model has changed since.
    """
    both = pair.base, pair.scenario
    count = pair.replicates if runs is None else min(runs, pair.replicates)
    if CANDIDATES in pair.manifest["keep"]:
        tables = [(arm.table("attacks"), arm.table(CANDIDATES)) for arm in both]
        arms = [ArmRows(*(table[table["run"] < count] for table in arm)) for arm in tables]
    else:
        arms = _arms_again(pair, make, count)
    ledger = build(arms[0], arms[1])
    of = [COLUMNS.index(name) for name in COUNTED]
    check_identity(ledger, pair.base.values[:count, of], pair.scenario.values[:count, of])
    return ledger


def _arms_again(pair: Pair, make: MakeRunner, count: int) -> list[ArmRows]:
    both = pair.base, pair.scenario
    again = run_again(
        pair.arms,
        seed=pair.seed,
        runs=count,
        make=make,
        keep=frozenset({"attacks", CANDIDATES}),
        parameters=pair.parameters,
    )
    for runs, results in zip(both, again, strict=True):
        if runs.results.digests[:count] != results.digests:
            raise PairingError("ledger-other-version", version=pair.manifest["version"])
    return [ArmRows(results.table("attacks"), results.table(CANDIDATES)) for results in again]


def _placed(*arms: ArmRows) -> tuple[_Placed, _Placed]:
    pairs = []
    for arm in arms:
        run = column(arm.candidates, "run")
        pairs += [(column(arm.attacks, "run"), column(arm.attacks, "candidate"))]
        pairs += [(run, column(arm.candidates, "candidate")), (run, column(arm.candidates, "parent"))]
    numbers, count = number(*pairs)
    made = [
        _Placed(
            arm.attacks,
            arm.candidates,
            attack_number=numbers[3 * k],
            parent_number=numbers[3 * k + 2],
            attack_at=row_numbers(numbers[3 * k], count, "attacks"),
            candidate_at=row_numbers(numbers[3 * k + 1], count, "candidates"),
        )
        for k, arm in enumerate(arms)
    ]
    return made[0], made[1]


def _side(ours: _Placed, theirs: _Placed, by_parent: int) -> _Side:
    """What became of the attacks of ``ours`` in ``theirs``."""
    kept = theirs.attack_at[ours.attack_number] >= 0
    there = theirs.candidate_at[ours.attack_number]
    own = ours.candidate_at[ours.attack_number]
    if (own < 0).any():
        raise EngineError("attack-without-candidate")
    parent = ours.attack_at[ours.parent_number[own]]
    background = column(ours.attacks, "cause") == BACKGROUND
    parent = np.where(background, ABSENT, parent)
    if (background & (there < 0)).any():
        raise EngineError("background-not-paired")
    parent_kept = theirs.attack_at[ours.attack_number[parent]] >= 0
    via = np.where(there >= 0, DIRECT, np.where(parent < 0, BEFORE, np.where(parent_kept, by_parent, DOWNSTREAM)))
    mask = _masks(ours, theirs, there, kept, via)
    up = np.where(via == DOWNSTREAM, parent, ABSENT)
    return _Side(kept, np.where(kept, NOWAY, via), np.where(kept, 0, mask), np.where(kept, ABSENT, up))


def _masks(ours: _Placed, theirs: _Placed, there: np.ndarray, kept: np.ndarray, via: np.ndarray) -> np.ndarray:
    """Gates that failed in ``theirs`` and passed in ``ours``, or the cause that is no gate. int64 [rows]."""
    failed = column(theirs.candidates, "blocked").astype(np.int64)[there] if len(theirs.candidates) else there
    passed_both = (there >= 0) & ~kept & (failed == 0)
    if passed_both.any():
        raise EngineError("candidate-without-attack")
    # One that went off as a detonation instead of a shooting had failed deterrence or pressure here too.
    beyond = failed & ~SUBSTITUTABLE
    blamed = np.where((column(ours.attacks, "substituted") == 1) & (beyond != 0), beyond, failed)
    mask = np.where(via == DIRECT, blamed, 0)
    mask = np.where((via == FEWER) | (via == MORE), CHANGED_PARENT, mask)
    return np.where(via == BEFORE, BEFORE_WINDOW, mask)


def _climb(above: np.ndarray) -> np.ndarray:
    """The row at the top of each row's chain. int64 [rows]."""
    root, up = np.arange(len(above)), above.copy()
    while (climbing := up >= 0).any():
        root[climbing] = up[climbing]
        up[climbing] = above[up[climbing]]
    return root


def _facts(ours: _Placed, theirs: _Placed, extra: np.ndarray) -> dict[str, np.ndarray]:
    """What the rows are: base attacks first, then the created ones (rows ``extra`` of the scenario)."""
    found = {
        name: np.concatenate([column(ours.attacks, name), column(theirs.attacks, name)[extra]]) for name in _COPIED
    }
    same = theirs.attack_at[ours.attack_number]
    for name in _BY_ARM:
        nothing = ABSENT if name == "mode" else 0
        mine, other = (column(arm.attacks, name).astype(np.int64) for arm in (ours, theirs))
        in_scenario = np.where(same >= 0, other[same], nothing) if len(other) else np.full(len(mine), nothing)
        found[f"{name}_base"] = np.concatenate([mine, np.full(len(extra), nothing)])
        found[f"{name}_scenario"] = np.concatenate([in_scenario, other[extra]])
    return found


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    for name in ("mode_base", "mode_scenario"):
        columns[name] = _named(columns[name] + 1, ("", *MODES))
    columns["cause"] = _named(columns["cause"].astype(np.int64), CAUSES)
    order = np.lexsort((columns["candidate"], columns["day"], columns["run"]))
    first = ("run", "day", "site", "candidate", "status", "via", "gates", "root", "cause")
    names = (*first, *(name for name in columns if name not in first))
    return pd.DataFrame({name: columns[name] for name in names}).iloc[order].reset_index(drop=True)


def _named(codes: np.ndarray, names: tuple[str, ...]) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(codes.tolist(), pd.Index(names))


def _joined(mask: np.ndarray) -> Any:
    """Masks of causes as text: "deterrence+norm"."""
    import pandas as pd

    seen, codes = np.unique(mask, return_inverse=True)
    names = ["+".join(reason for bit, reason in enumerate(REASONS) if value >> bit & 1) for value in seen]
    return pd.Categorical.from_codes(codes.tolist(), pd.Index(names))


def counts(ledger: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What each row adds to ``COUNTED`` in the base and in the scenario. float64 [rows, 4] each."""
    made = []
    for arm in ("base", "scenario"):
        mode = np.asarray(ledger[f"mode_{arm}"].cat.codes) - 1
        made.append(
            np.column_stack(
                [mode == SHOOTING, mode == DETONATION, ledger[f"hit_{arm}"], ledger[f"killed_{arm}"]]
            ).astype(float)
        )
    return made[0], made[1]


def by_run(rows: np.ndarray, values: np.ndarray, runs: int) -> np.ndarray:
    """Sums of ``values`` [rows, columns] by run. float64 [runs, columns]."""
    return np.column_stack([np.bincount(rows, column, minlength=runs) for column in values.T])


def check_identity(ledger: pd.DataFrame, base: np.ndarray, scenario: np.ndarray) -> None:
    """EngineError unless base - averted + created + changed = scenario for every run and outcome.

    ``base`` and ``scenario``: the engine's own counts of ``COUNTED`` [runs, 4].
    """
    before, after = counts(ledger)
    run, status = ledger["run"].to_numpy(), np.asarray(ledger["status"].cat.codes)
    parts = {
        name: by_run(run[status == code], (after - before)[status == code], len(base))
        for code, name in enumerate(("changed", "averted", "created"))
    }
    made = base + parts["averted"] + parts["created"] + parts["changed"]
    listed = by_run(run, before, len(base))
    for wrong, text in ((listed != base, "attacks of the base"), (made != scenario, "the scenario")):
        if wrong.any():
            at, of = np.argwhere(wrong)[0]
            raise EngineError(
                "ledger-does-not-add-up",
                total=text,
                run=at,
                counted=COUNTED[of],
                base=base[at, of],
                averted=-parts["averted"][at, of],
                created=parts["created"][at, of],
                changed=parts["changed"][at, of],
                scenario=scenario[at, of],
                listed=listed[at, of],
            )


def summarise(ledger: pd.DataFrame, draws: np.ndarray | None, runs: int) -> pd.DataFrame:
    """Totals a run by part (averted, created, changed), way and cause, with 95 % intervals (``intervals.changes``).

    Columns: outcome, part, via, gate, mean, low, high, share (of the part). ``via`` and ``gate`` are "all" in
    totals; an attack with several causes counts in equal parts.
    """
    import pandas as pd

    from ..inference.intervals import changes

    labels, columns = [], []
    for label, rows, weight in _cells(ledger):
        before, after = counts(rows)
        sign = -1.0 if label[0] == "averted" else 1.0
        change = sign * (after - before) * weight[:, None]
        labels.append(label)
        columns.append(by_run(rows["run"].to_numpy(), change, runs))
    frames = []
    for index, outcome in enumerate(COUNTED):
        found = changes(np.column_stack([column[:, index] for column in columns]), draws)
        mean, low, high = (found[name] for name in ("difference", "low", "high"))
        frame = pd.DataFrame(labels, columns=["part", "via", "gate"])
        frame.insert(0, "outcome", outcome)
        whole = {label[0]: mean[k] for k, label in enumerate(labels) if label[1:] == ("all", "all")}
        of = np.array([whole[label[0]] for label in labels])
        share = np.divide(mean, of, out=np.full(len(mean), np.nan), where=of != 0)
        frames.append(frame.assign(mean=mean, low=low, high=high, share=share))
    return pd.concat(frames, ignore_index=True)


def _cells(ledger: pd.DataFrame) -> list[tuple[tuple[str, str, str], pd.DataFrame, np.ndarray]]:
    """Label, rows and their weights of every line of the summary."""
    found = []
    for status, part in (("averted", "averted"), ("created", "created"), ("kept", "changed")):
        rows = ledger[ledger["status"] == status]
        found.append(((part, "all", "all"), rows, np.ones(len(rows))))
        if part == "changed":
            continue
        for via in (name for name in VIAS if (rows["via"] == name).any()):
            of_way = rows[rows["via"] == via]
            found.append(((part, via, "all"), of_way, np.ones(len(of_way))))
        weights = shares(rows)
        for index, gate in enumerate(REASONS):
            blamed = weights[:, index] > 0
            if blamed.any():
                found.append(((part, "all", gate), rows[blamed], weights[blamed, index]))
    return found


def shares(ledger: pd.DataFrame) -> np.ndarray:
    """Each row's causes in equal parts. float64 [rows, len(REASONS)]; rows of kept attacks are 0."""
    categories = ledger["gates"].cat.categories
    table = np.zeros((len(categories), len(REASONS)))
    for row, text in enumerate(categories):
        for reason in filter(None, text.split("+")):
            table[row, REASONS.index(reason)] = 1.0
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    whole: np.ndarray = table[np.asarray(ledger["gates"].cat.codes)]
    return whole
