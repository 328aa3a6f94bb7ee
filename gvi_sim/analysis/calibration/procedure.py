"""``calibrate``: from a record of counts to a posterior ensemble, with what it learnt and whether it fits."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...config import Scenario, load_scenario
from ...errors import Message, ScenarioError
from ...execution.planning.plan import chosen_seed
from ...execution.planning.whole_numbers import checked_count
from ...execution.start_notice import it_begins
from ...execution.storage.ensemble_file import StoredEnsemble, check_free, write_ensemble
from ...execution.workers.pool import Progress, usable_cpus
from ...kernel.draws import child_keys, name_key
from ...language.catalogue import Words
from ..pairs.effect_text import place_name
from ..records.count_record import Counts, read_counts
from ..records.statistics import columns as statistic_columns
from ..records.statistics import statistic_names as statistic_names
from ..records.statistics import statistics
from .answer import calibration_answer, note_texts
from .constants import PointConstants, emulate
from .contradicted import Contradicted, contradicted_by
from .cost import check_effort, effort_of
from .found import CalibrationFound
from .inference import Posterior, infer, learn
from .priors import (
    FAST,
    FREE_IN,
    HARM,
    KAPPAS,
    LEVEL_WIDTH,
    N_FAST,
    REPEAT,
    Prior,
    kappas,
    overrides_of,
    prior_of,
    room_for,
)  # fmt: skip
from .priors import N as REPRODUCTION
from .simulation_bank import KINDS, Bank, Register, simulate_points
from .verdicts import FitCheck, Learnt, ModelFit, checks, fit_of, learnt, misfit

if TYPE_CHECKING:
    import pandas as pd

    from ...execution.storage.store import Store

POINTS, DRAWS = 8000, 200
FEWEST_POINTS = 4000
FIT = "fit"
_FREE_IF_HARM = HARM


class Setting(NamedTuple):
    """What a calibration assumes: scenario, prior, register, reference constants."""

    base: Scenario
    prior: Prior
    register: Register
    constants: PointConstants


@dataclass(frozen=True)
class Calibration:
    """A posterior, what was learnt of each parameter, and posterior predictive checks.

    ``ensemble``: equally weighted draws of scenario keys; ``points``: the same draws as n, its shares and the
    trend; ``predicted``: statistics of records simulated from them; ``contradicted``: the scenario's values that the
    record speaks against, and the programme's effect under either.
    """

    counts: Counts
    setting: Setting
    seed: int
    ensemble: StoredEnsemble
    points: pd.DataFrame
    learnt: tuple[Learnt, ...]
    checks: tuple[FitCheck, ...]
    predicted: np.ndarray
    p: float
    contradicted: Contradicted

    @property
    def fit(self) -> ModelFit:
        """Whether records that the posterior predicts look like the observed one, and what is farthest off."""
        return fit_of(self.p, self.checks)

    @property
    def fits(self) -> bool:
        """Whether the model fits."""
        return self.fit.fits

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was done to the record, and where the posterior is cut off, in words."""
        return tuple(note_texts(Words(), self.found))

    @property
    def found(self) -> CalibrationFound:
        """What was found, as plain numbers."""
        counts, register = self.counts, self.setting.register
        return CalibrationFound(
            site=place_name(self.setting.base),
            start=counts.start,
            attacks=int(counts.counts.sum()),
            kind=register.kind,
            recording=register.recording,
            units=counts.frame.units,
            areas=len(counts.areas),
            unit=counts.frame.unit,
            small_cells=counts.small_cells,
            notices=counts.notices,
            learnt=self.learnt,
            statistics=statistic_columns(counts.frame),
            checks=self.checks,
            p=self.p,
            contradicted=self.contradicted,
            seed=self.seed,
        )

    @property
    def by_name(self) -> dict[str, Learnt]:
        """What was learnt, by coordinate."""
        return {found.name: found for found in self.learnt}

    def table(self) -> pd.DataFrame:
        """One row a coordinate: prior and posterior 5, 50 and 95 % points, and how much narrower."""
        import pandas as pd

        rows = [
            (f.name, *f.prior, *f.posterior, f.narrower, f.is_nothing, *f.ends, f.at_edge) for f in self.learnt
        ]  # fmt: skip
        columns = ["parameter", *(f"{w}_{q}" for w in ("prior", "posterior") for q in ("p05", "p50", "p95"))]
        return pd.DataFrame(rows, columns=[*columns, "narrower", "nothing_learnt", "end_low", "end_high", "at_edge"])

    def text(self, lang: str = "en") -> str:
        """The answer in words, in English (``en``) or Swedish (``sv``)."""
        return calibration_answer(Words(lang), self.found)

    def __repr__(self) -> str:
        return self.text()


def calibrate(
    record: Counts | str | Path,
    *words: object,
    points: int = POINTS,
    seed: int | None = None,
    workers: int | None = None,
    recording: float = 1.0,
    kind: str = "attacks",
    free: Iterable[str] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Calibration:
    """Calibrate a scenario to a record of counts and return the ``Calibration``; ``out`` stores it.

    ``record``: what ``read_counts`` gave, or a path to read. ``words``: overrides; they name the site and the rest of
    the scenario, in business as usual unless they choose a programme. What they set stays as set. ``recording``: the
    declared share of attacks that the record holds. ``kind``: what is counted, ``attacks`` (detonations too) or
    ``shootings``. ``free``: what is estimated (default: level, n and its split, activity, shared shocks, slow swings,
    trend, and with persons hit and killed their probabilities). ``points``: simulated parameter points. ``seed`` and
    ``workers`` (processes) as for ``simulate``. ``progress`` is called with points done, points in all and seconds
    left.
    ScenarioError for a record or choice that cannot be used, ResourceError for over an hour or half of the memory
    unless ``force``, StoreError for a folder that cannot be written.

    >>> from pathlib import Path
    >>> import gvi_sim as gvi
    >>> months = [f"{year}-{month:02}" for year in range(2015, 2023) for month in range(1, 13)]
    >>> rows = [f"{month},{5 + (number * 7 + number // 5) % 9}" for number, month in enumerate(months)]
    >>> _ = Path("counts.csv").write_text("month,attacks\\n" + "\\n".join(rows))
    >>> found = gvi.calibrate("counts.csv", "site=huddinge", points=4_000, seed=1, workers=1)
    >>> round(found.counts.rate)  # attacks a year in the file
    98
    """
    if out is not None:
        check_free(Path(out))
    counts = (record if isinstance(record, Counts) else read_counts(record)).of_kind(kind)
    seed = chosen_seed(seed)
    checked_count("points", points, FEWEST_POINTS, Message("count/points"))
    workers = usable_cpus() if workers is None else checked_count("workers", workers, 1)
    base = calibration_base(counts, words)
    register = register_of(counts, recording, kind)
    level = level_bounds(counts, base, register)
    prior = prior_of(base, chosen_free(base, counts, free), level, counts.years)
    effort = effort_of(base, prior.names, level, counts.frame, points)
    check_effort(effort, points, counts.frame, workers=workers, force=force)
    it_begins(effort.seconds(workers), effort.memory)
    constants = emulate(base, prior, seed=seed, workers=workers)
    setting = Setting(base, prior, register, constants)
    points_drawn = prior.draw(points, seed)
    bank = simulated(setting, points_drawn, seed=seed, workers=workers, progress=progress)
    found = concluded(counts, setting, points_drawn, bank, seed=seed, workers=workers)
    if out is not None:
        write_calibration(out, found)
    return found


def calibration_base(counts: Counts, words: Iterable[object]) -> Scenario:
    """The scenario of the record's years: business as usual unless ``words`` say otherwise."""
    scenario = load_scenario("programme=none", *words)  # type: ignore[arg-type]
    if scenario.parts:
        raise ScenarioError("sites")
    if len(counts.areas) > scenario.site.groups:
        raise ScenarioError(
            "areas", key="site.groups", areas=len(counts.areas), name=scenario.site.name, groups=scenario.site.groups
        )
    changes: dict[str, object] = {"start_date": counts.start, "years": counts.years}
    if "programme.start_date" not in scenario.chosen:
        changes["programme.start_date"] = counts.start
    dated = scenario.replace(changes)
    return dated if "calendar.cap" in scenario.chosen else dated.replace({"calendar.cap": room_for(dated)})


def register_of(counts: Counts, recording: float, kind: str) -> Register:
    """How attacks become a record; ScenarioError for a share or kind that is none."""
    if not 0 < recording <= 1:
        raise ScenarioError("recording", key="recording", recording=recording)
    if kind not in KINDS:
        raise ScenarioError("kind", key="kind", kind=kind, kinds=KINDS)
    return Register(counts.frame, recording, kind)


def level_bounds(counts: Counts, base: Scenario, register: Register) -> tuple[float, float]:
    """Bounds of attacks a year at reference: the record's own level, a factor 2.5 either way.

    The record fixes the level far better than the registry does, so a wide prior cut to where the level can be
    is the wide prior; a posterior that reaches a bound is warned about.
    """
    shootings = 1.0 - base.attacks.detonation_share if register.kind == "shootings" else 1.0
    level = counts.rate / register.recording / max(shootings, 0.05)
    return level / LEVEL_WIDTH, level * LEVEL_WIDTH


def chosen_free(base: Scenario, counts: Counts, free: Iterable[str] | None) -> tuple[str, ...]:
    """The coordinates to estimate: what is asked for, less what the user has set."""
    if free is None:
        structure = FREE_IN[base.choices.get("structure", "as_known")]
        wanted = [*structure, *(key for key in _FREE_IF_HARM if counts.harm is not None and _has_range(base, key))]
        set_kappa = any(key in base.chosen for key in KAPPAS)
        given = {*base.chosen, *((REPRODUCTION, FAST, REPEAT) if set_kappa else ())}
        if "calendar.trend" in base.chosen:
            given.add("trend_per_year")
        return tuple(name for name in wanted if name not in given)
    names = tuple(free)
    tied = {REPRODUCTION, FAST, REPEAT}
    if tied & {*names} and not tied <= {*names}:
        raise ScenarioError("free", key="free")
    return names


def _has_range(base: Scenario, key: str) -> bool:
    from ...evidence import find

    entry = find(key, base.site.key, base.site.country)
    return entry is not None and entry.low is not None


def simulated(
    setting: Setting,
    points: np.ndarray,
    *,
    seed: int,
    workers: int,
    first: int = 0,
    progress: Progress | None = None,
) -> Bank:
    """Records of points [points, coordinates], one each, replicates from ``first`` on."""
    references = setting.constants.at(points)
    named = (dict(zip(setting.prior.names, row, strict=True)) for row in points.tolist())
    asked = [(overrides_of(point, setting.base), r) for point, r in zip(named, references, strict=True)]
    return simulate_points(
        setting.base, asked, setting.register, seed=seed, workers=workers, first=first, progress=progress
    )


def profile_of(bank: Bank, setting: Setting) -> np.ndarray:
    """The expected shape of a record over time [units], from all of the bank: its season and dated inputs."""
    exposure = setting.register.frame.exposure.sum(axis=1)
    level = bank.counts.sum(axis=(1, 2), keepdims=True).astype(float) + 0.5
    shape = (bank.counts.sum(axis=2) / level[:, :, 0]).mean(axis=0)
    seen = exposure > 0
    rate = np.where(seen, shape / np.where(seen, exposure, 1.0), 0.0)
    return np.asarray(rate / (rate * exposure).sum() * exposure.sum())


def concluded(
    counts: Counts, setting: Setting, points: np.ndarray, bank: Bank, *, seed: int, workers: int
) -> Calibration:
    """The posterior of one record from a bank, its checks and its words."""
    frame, profile = setting.register.frame, profile_of(bank, setting)
    table = statistics(bank.counts, bank.harm, profile, frame)
    harm = np.zeros((1, 2)) if counts.harm is None else counts.harm[None]
    observed = statistics(counts.counts[None], harm, profile, frame)[0]
    learned = learn(points, table)
    posterior = infer(learned, observed)
    draws = equal_draws(posterior, DRAWS, seed)
    again = simulated(setting, draws, seed=seed, workers=workers, first=len(points))
    predicted = statistics(again.counts, again.harm, profile, frame)
    names = setting.prior.names
    found = learnt_of(setting.prior, points, posterior)
    compared, p = checks(statistic_names(frame), observed, predicted), misfit(observed, predicted)
    against = Contradicted({})
    if fit_of(p, compared).fits:
        against = contradicted_by(setting.base, found, seed=seed, workers=workers)
    return Calibration(
        counts, setting, seed, ensemble_of(counts, setting, draws, seed), _frame(draws, names), found,
        compared, predicted, p, against,
    )  # fmt: skip


def learnt_of(prior: Prior, points: np.ndarray, posterior: Posterior) -> tuple[Learnt, ...]:
    """What was learnt of every coordinate, and of the fast part of n."""
    columns = {name: (points[:, k], posterior.draws[:, k], prior.ends(name)) for k, name in enumerate(prior.names)}
    if REPRODUCTION in columns:
        (before, after, _), (share, found, _) = columns[REPRODUCTION], columns[FAST]
        columns[N_FAST] = before * share, after * found, (-math.inf, math.inf)
    return tuple(learnt(name, one, draws, posterior.weights, ends) for name, (one, draws, ends) in columns.items())


def _frame(draws: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(draws, columns=list(names))


def equal_draws(posterior: Posterior, count: int, seed: int) -> np.ndarray:
    """``count`` equally weighted draws, systematically resampled, in a keyed order: the first few are typical."""
    level = (np.arange(count) + 0.5) / count
    rows = np.searchsorted(np.cumsum(posterior.weights), level, "right").clip(max=len(posterior.weights) - 1)
    order = np.argsort(child_keys(name_key(f"ensemble order {seed}"), 1, count))
    return np.asarray(posterior.draws[rows][order])


def ensemble_of(counts: Counts, setting: Setting, draws: np.ndarray, seed: int) -> StoredEnsemble:
    """Draws of coordinates as draws of scenario keys. The cap is one of them, since shocks are drawn under it."""
    base, names = setting.base, setting.prior.names
    keys = [name for name in names if "." in name]
    columns = [draws[:, names.index(key)] for key in keys]
    if REPRODUCTION in names:
        n, fast, repeat = (draws[:, names.index(name)] for name in (REPRODUCTION, FAST, REPEAT))
        keys += KAPPAS
        columns += kappas(n, fast, repeat)
    if "calendar.cap" not in base.chosen or base.calendar.cap == room_for(base):
        keys.append("calendar.cap")
        columns.append(np.full(len(draws), base.calendar.cap))
    last = counts.start + timedelta(days=int(counts.frame.edges[-1]) - 1)
    provenance: dict[str, Any] = {
        "method": "regression ABC on one bank (gvi_sim.analysis.calibration)", "seed": seed, "site": base.site.key,
        "record": {
            "sha256": counts.sha256, "first_day": counts.start.isoformat(), "last_day": last.isoformat(),
            "areas": len(counts.areas), "units": counts.frame.units, "unit": counts.frame.unit,
            "attacks": int(counts.counts.sum()), "small_cells": counts.small_cells,
            "recording": setting.register.recording, "kind": setting.register.kind,
            "harm": counts.frame.harm, "notices": [[notice.name, dict(notice.fields)] for notice in counts.notices],
        },
        "free": list(names), "scenario": json.loads(json.dumps(base.to_dict(), default=str)),
        "constants_moved": setting.constants.moved,
    }  # fmt: skip
    name = f"{base.site.key}-calibrated"
    return StoredEnsemble(name, tuple(keys), np.column_stack(columns), np.full(len(draws), 1 / len(draws)), provenance)


def write_calibration(folder: str | Path, found: Calibration, answer: str | None = None) -> Store:
    """Store the ensemble with coordinates, what was learnt, checks and the words (``answer``, or the English text);
    nothing is overwritten."""
    import pandas as pd

    marked = (f"{found.counts.small_cells} small cells were confirmed.",) if found.counts.small_cells else ()
    judged = {FIT: {"p": found.p, "contradicted": found.contradicted._asdict()}}
    ensemble = replace(found.ensemble, provenance={**found.ensemble.provenance, **judged})
    store = write_ensemble(folder, ensemble, warnings=(*found.warnings, *marked))
    store.write_table("points", found.points)
    store.write_table("learnt", found.table())
    store.write_table("checks", pd.DataFrame(found.checks))
    store.write_file("summary.txt", ((answer or found.text()) + "\n").encode())
    return store
