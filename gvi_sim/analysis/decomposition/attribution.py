"""Which part of a programme does what: all subsets of its parts, paired, and Shapley values (ODD 7.9).

For outcome v and the parts N of a programme, v(S) is the outcome with the parts S only. A part's Shapley
value is its mean contribution over all orders in which the parts can be added,

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S)),

in every run, so that the values sum to v(N) - v(none). Beside it stand but-for (v(N) - v(N - i): what would
be lost without the part) and alone (v(i) - v(none)). ``rest`` is what the scenario changes with none of its
parts. The intervals are those of ``intervals.changes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError, ScenarioError, StoreError
from ...execution.amounts.resource_estimate import batch_size
from ...execution.amounts.totals import COLUMNS
from ...execution.campaign import run_into, writing
from ...execution.ensembles.parameters import ENSEMBLE
from ...execution.parameter_source import Choice, chosen_parameters
from ...execution.planning.arm import Arm
from ...execution.planning.batch import default_engine
from ...execution.planning.plan import Plan, chosen_seed
from ...execution.planning.whole_numbers import checked_replicates
from ...execution.storage.store import Store, open_store
from ...execution.workers.pool import Progress
from ...language.catalogue import Words
from ...model.lever_protocol import acting_levers
from ...simulate import CALLED, Runs, idle_programmes, ready, run_arms, runs_of
from ..inference.estimates import Stated
from ..inference.graded import estimate_text, grade
from ..inference.intervals import changes
from ..inference.verdict import Verdict
from ..pairs.components import PARTS, without
from ..pairs.effect_text import aligned, noted
from ..pairs.pairing import business_as_usual, check_comparable
from ..pairs.plan_certificates import CERTIFICATES, certificates

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ...model.lever_protocol import Lever

MOST_PARTS = 6
OUTCOMES_SHARED = (
    "shootings", "detonations", "attacks", "persons_hit", "persons_killed", "person_years_detained",
    "completed", "cost",
)  # fmt: skip
REST, TOTAL = "rest", "total"
_SHARE, _BUT_FOR = ("shapley", "low", "high"), ("but_for", "but_for_low", "but_for_high")
EXACT = 1e-9


class Attribution:
    """What each part of a programme does. ``table`` has one row an outcome and part.

    Columns: outcome, part, dose_zero (the part is off already), shapley, low, high, but_for, but_for_low,
    but_for_high, alone, alone_low, alone_high. Rows ``rest`` and ``total`` follow the parts: the scenario
    without its parts against the base, and the scenario against the base. ``values`` [subsets, runs,
    outcomes], a subset's number having bit i for part i; ``base`` [runs, outcomes].
    """

    def __init__(self, parts: tuple[str, ...], zero: frozenset[str], values: np.ndarray, base: np.ndarray) -> None:
        self.parts, self.zero, self.values, self.base = parts, zero, values, base
        self.manifest: dict[str, Any] = {}
        self.folder: Path | None = None
        self.scenario: Scenario | None = None
        self.levers: tuple[Lever, ...] = ()
        self.seed = 0
        self.draws: np.ndarray | None = None
        self.warnings: tuple[str, ...] = ()
        self.certificates: pd.DataFrame | None = None

    @property
    def replicates(self) -> int:
        """Runs of each subset."""
        return int(self.values.shape[1])

    @property
    def table(self) -> pd.DataFrame:
        """The shares, with intervals."""
        rest, total = self.values[0] - self.base, self.values[-1] - self.base
        shares = shapley(self.values)
        check_sum(shares, rest, total)
        measured = {
            name: np.stack([*by_part, rest, total])
            for name, by_part in (("shapley", shares), ("but_for", but_for(self.values)), ("alone", alone(self.values)))
        }
        return _table((*self.parts, REST, TOTAL), self.zero, measured, self.draws)

    def text(self, lang: str = "en", outcome: str = "shootings") -> str:
        """What the model says each part does, a line a part, in English (``en``) or Swedish (``sv``)."""
        words = Words(lang)
        name = CALLED.get(outcome, outcome)
        rows = self.table[self.table["outcome"] == outcome].to_dict("records")
        header = tuple(words(key) for key in ("parts.part", "parts.share", "parts.but_for", "table.verdict"))
        lines = [header, *(_line(words, row, name) for row in rows)]
        return "\n\n".join([
            *self._title(words), f"{words('parts.table', what=words(f'outcome.{name}'))}:\n{aligned(lines)}",
            *noted(words, self.replicates, self.warnings),
        ])  # fmt: skip

    def _title(self, words: Words) -> list[str]:
        if self.scenario is None:
            return []
        words = words.about(self.scenario.choices["programme"])
        facts = {"replicates": words.number(self.replicates, 0), "years": words.years(self.scenario.years)}
        site = self.scenario.site.name
        return [words("terminal.title.parts", site=site), words("terminal.runs", seed=self.seed, **facts)]

    def __repr__(self) -> str:
        return self.text()


def _table(
    rows: Sequence[str], zero: frozenset[str], measured: Mapping[str, np.ndarray], draws: np.ndarray | None
) -> pd.DataFrame:
    """One row an outcome and row: what was ``measured`` by name [rows, runs, outcomes], each with its interval."""
    import pandas as pd

    frames = []
    for index, outcome in enumerate(OUTCOMES_SHARED):
        frame = pd.DataFrame({"outcome": outcome, "part": rows, "dose_zero": [row in zero for row in rows]})
        for name, values in measured.items():
            found = changes(values[:, :, index].T, draws)
            prefix = "" if name == "shapley" else f"{name}_"
            ends = (found[end] for end in ("difference", "low", "high"))
            frame[name], frame[f"{prefix}low"], frame[f"{prefix}high"] = ends
            frame[f"{prefix}verdict"] = found["verdict"]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _line(words: Words, row: Mapping[Any, Any], outcome: str) -> tuple[str, ...]:
    name = f"part.{row['part']}"
    told, is_whole = words(name) if words.has(name) else words.as_written(row["part"]), row["part"] in (REST, TOTAL)
    if row["dose_zero"]:
        return told, "0", "0", words("parts.zero")
    share, lost = (Stated(*(row[field] for field in fields)) for fields in (_SHARE, _BUT_FOR))
    but_for = "" if is_whole else estimate_text(words, lost)
    return told, estimate_text(words, share), but_for, grade(words, Verdict(row["verdict"]), outcome)


def shapley(values: np.ndarray) -> np.ndarray:
    """Shapley values of every part in every run, float64 [parts, ...] from [2**parts, ...]."""
    count = len(values).bit_length() - 1
    found = np.zeros((count, *values.shape[1:]))
    for part in range(count):
        for subset in (s for s in range(len(values)) if not s >> part & 1):
            size = subset.bit_count()
            orders = factorial(size) * factorial(count - size - 1)
            found[part] += orders * (values[subset | 1 << part] - values[subset])
    whole: np.ndarray = found / factorial(count)
    return whole


def but_for(values: np.ndarray) -> np.ndarray:
    """What each part adds to all the others, float64 [parts, ...]."""
    full = len(values) - 1
    return np.stack([values[full] - values[full & ~(1 << part)] for part in range(full.bit_length())])


def alone(values: np.ndarray) -> np.ndarray:
    """What each part does by itself, float64 [parts, ...]."""
    parts = (len(values) - 1).bit_length()
    return np.stack([values[1 << part] - values[0] for part in range(parts)])


def check_sum(shares: np.ndarray, rest: np.ndarray, total: np.ndarray) -> None:
    """EngineError unless the parts and the rest sum to the total in every run, to 1e-9 of its size."""
    off = np.abs(shares.sum(axis=0) + rest - total) / np.maximum(np.abs(total), 1.0)
    if (off > EXACT).any():
        raise EngineError("shares-miss-total", off=float(off.max()))


def attribute(
    scenario: Scenario,
    *,
    base: Scenario | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
    replicates: int = 200,
    seed: int | None = None,
    workers: int | None = None,
    parameters: Choice = ENSEMBLE,
    levers: Iterable[Lever] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Attribution:
    """Run ``scenario`` with every subset of its ``parts`` and share its effect on ``base`` out among them.

    ``parts``: name to the overrides that take the part away, at most six; None takes those of the declared levers
    (``config/levers.yaml``). ``base``: None takes the scenario without its programme. ``levers`` of a user's own act in
    every subset, so what they do alone stands in the row ``rest``. ``replicates``,
    ``seed``, ``workers``, ``parameters``, ``out``, ``progress`` and ``force`` as for ``compare``.
    ScenarioError for parts that cannot be, PairingError for a base or parts that make another business as usual.

    >>> import gvi_sim as gvi
    >>> from gvi_sim.analysis.decomposition.attribution import attribute
    >>> with_gvi = gvi.load_scenario("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
    >>> parts = {"help": ("exit.offer_rate=0",), "mediation": ("programme.mediation_reach=0",)}
    >>> sorted(attribute(with_gvi, parts=parts, replicates=4, seed=1, workers=1).parts)
    ['help', 'mediation']
    """
    base = business_as_usual(scenario) if base is None else base
    chosen = _checked({name: tuple(words) for name, words in (PARTS if parts is None else parts).items()})
    arms = arms_of(scenario, base, chosen, acting_levers(levers))
    plan = plan_of_arms(arms, seed, replicates, parameters)
    workers = ready(plan, workers, in_memory=out is None, force=force)
    return _run(plan, chosen, workers, None if out is None else Path(out), progress)


def without_each(
    scenario: Scenario,
    base: Scenario,
    *,
    replicates: int,
    seed: int | None = None,
    workers: int | None = None,
    parameters: Choice = ENSEMBLE,
    levers: tuple[Lever, ...] = (),
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What would be lost but for each part of ``scenario``: as ``attribute`` says it, from one arm a part.

    Columns: outcome, part, dose_zero, but_for, but_for_low, but_for_high, but_for_verdict; the row ``total`` is
    ``scenario`` against ``base``. The arguments are those of ``attribute``.
    """
    arms = without_arms(scenario, base, levers)
    plan = plan_of_arms(arms, seed, replicates, parameters)
    runs = run_arms(plan, (), workers=ready(plan, workers, in_memory=True, force=False), progress=progress)
    of = [COLUMNS.index(name) for name in OUTCOMES_SHARED]
    usual, whole, *others = (run.values[:, of] for run in runs)
    zero = frozenset(arm.label for arm, key in zip(arms[2:], plan.keys[2:], strict=True) if key == plan.keys[1])
    lost = np.stack([whole - other for other in (*others, usual)])
    return _table((*PARTS, TOTAL), zero, {"but_for": lost}, runs[1].draws)


def without_arms(scenario: Scenario, base: Scenario, levers: tuple[Lever, ...] = ()) -> tuple[Arm, ...]:
    """The base, the whole, and the whole without each part."""
    others = (Arm(name, without(scenario, words), words, 0, levers) for name, words in PARTS.items())
    return Arm("base", base), Arm("whole", scenario, (), 0, levers), *others


def plan_of_arms(
    arms: tuple[Arm, ...], seed: int | None, replicates: int, parameters: Choice, *, are_compared: bool = True
) -> Plan:
    """A plan of arms with the first one's constants; arms that ``are_compared`` were checked against it."""
    for arm in arms if are_compared else ():
        check_comparable(arms[0].scenario, arm.scenario)
    return Plan(
        kind="attribution",
        arms=arms,
        seed=chosen_seed(seed),
        replicates=checked_replicates(replicates),
        make=default_engine(),
        whole_series=False,
        batch=batch_size(arms[-1].scenario),
        parameters=chosen_parameters(parameters, arms),
    )


def _checked(parts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise ScenarioError("parts/count", count=len(parts), most=MOST_PARTS)
    for name, words in parts.items():
        if not words or name in (REST, TOTAL):
            raise ScenarioError("parts/name", name=name)
    return parts


def arms_of(
    scenario: Scenario, base: Scenario, parts: Mapping[str, Sequence[str]], levers: tuple[Lever, ...] = ()
) -> tuple[Arm, ...]:
    """The base, then every subset of the parts."""
    names = tuple(parts)
    arms = [Arm("base", base)]
    for subset in range(1 << len(names)):
        off = tuple(word for k, name in enumerate(names) if not subset >> k & 1 for word in parts[name])
        label = "+".join(name for k, name in enumerate(names) if subset >> k & 1) or "none"
        arms.append(Arm(label, without(scenario, off) if off else scenario, off, 0, levers))
    return tuple(arms)


def _run(
    plan: Plan,
    parts: dict[str, tuple[str, ...]],
    workers: int,
    out: Path | None,
    progress: Progress | None,
) -> Attribution:
    scenarios = [arm.scenario for arm in plan.arms]
    warnings = idle_programmes(scenarios[-1])
    if out is None:
        runs = run_arms(plan, warnings, workers=workers, progress=progress)
        made = _attribution(plan.keys, tuple(parts), runs)
        made.certificates, made.levers = certificates(plan, lambda arm: runs[arm].values), plan.levers
        return made
    extra = {
        "parts": {name: list(words) for name, words in parts.items()},
        "base": scenarios[0].to_dict(),
        "scenario": scenarios[-1].to_dict(),
    }
    with writing(out, plan, warnings=warnings, extra=extra) as (store, plan):
        store.write_file("base.yaml", scenarios[0].to_yaml().encode())
        store.write_file("scenario.yaml", scenarios[-1].to_yaml().encode())
        run_into(store, plan, workers=workers, progress=progress)
        runs = [runs_of(store, number, each) for number, each in enumerate(scenarios)]
        made = _attribution(plan.keys, tuple(parts), runs)
        store.write_table(CERTIFICATES, certificates(plan, lambda arm: runs[arm].values))
        store.write_table("attribution", made.table)
    made = attribution_of(open_store(out))
    made.levers = plan.levers
    return made


def attribution_of(store: Store) -> Attribution:
    """The attribution in a folder that ``attribute`` wrote, from its verified outcomes."""
    arms = stored_arms(store.manifest)
    keys = tuple(str(entry["key"]) for entry in store.manifest["arms"])
    runs = [runs_of(store, number, arm.scenario) for number, arm in enumerate(arms)]
    made = _attribution(keys, tuple(store.manifest["parts"]), runs)
    made.certificates = store.read_table(CERTIFICATES)
    return made


def stored_arms(manifest: Mapping[str, Any], levers: tuple[Lever, ...] = ()) -> tuple[Arm, ...]:
    """The base and every subset of the parts, from a manifest."""
    from ...config import Scenario

    parts = manifest["parts"]
    sound = all(isinstance(words, list) and all(isinstance(word, str) for word in words) for words in parts.values())
    if not sound or not 1 <= len(parts) <= MOST_PARTS or len(manifest["arms"]) != 1 + 2 ** len(parts):
        raise StoreError("no-attribution", parts=sorted(parts), arms=len(manifest["arms"]))
    base, scenario = (Scenario.from_dict(manifest[name]) for name in ("base", "scenario"))
    return arms_of(scenario, base, parts, levers)


def _attribution(keys: tuple[str, ...], parts: tuple[str, ...], runs: list[Runs]) -> Attribution:
    of = [COLUMNS.index(name) for name in OUTCOMES_SHARED]
    values = np.stack([run.values[:, of] for run in runs])
    full = len(keys) - 2
    zero = frozenset(name for k, name in enumerate(parts) if keys[1 + (full & ~(1 << k))] == keys[-1])
    made = Attribution(parts, zero, values[1:], values[0])
    last = runs[-1]
    made.manifest, made.folder = last.manifest, last.folder
    made.scenario, made.seed, made.warnings = last.scenario, last.seed, last.warnings
    made.draws = last.draws
    return made
