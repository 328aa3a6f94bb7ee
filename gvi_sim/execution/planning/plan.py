"""What is to be run: arms (scenarios) by replicates, cut into batches.

The cut depends on the plan alone, so a run that was stopped, extended or given other workers has the same
batches.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...errors import ScenarioError, nearest_hint
from ...model.lever_protocol import lever_key
from ...world.tables import TABLES
from ..ensembles.ensemble import RUNS_A_DRAW
from ..ensembles.parameters import POINT, Drawn, Parameters
from .arm import Arm
from .batch import MakeRunner, Task, drawn_constants, reference_constants
from .machine import code_digest
from .undrawn_keys import left_alone
from .user_levers import lever_engine

if TYPE_CHECKING:
    import numpy as np

    from ...config import Scenario
    from ...model.lever_protocol import Lever
    from ...world.builder import Reference
    from ..ensembles.reference_surface import ReferenceConstants

KINDS = ("run", "comparison", "sweep")
KEY_DIGITS = 12
SEED_BITS = 48  # short enough to type, and 640 seeds drawn at once coincide once in a billion times
MAX_SEED = 2**63 - 1
BATCH = 50


@dataclass(frozen=True)
class Plan:
    """Every arm by ``replicates`` replicates of one seed, in batches of ``batch``.

    ``whole_series`` keeps each replicate's monthly series; without it only their sum over a batch.
    ``parameters`` is what replicates draw, None for nothing. With
    ``parameters`` every draw is run twice or more, so ``replicates`` is raised to a multiple of two; ``asked`` is then
    the number that was asked for.
    """

    kind: str
    arms: tuple[Arm, ...]
    seed: int
    replicates: int
    make: MakeRunner
    keep: frozenset[str] = frozenset()
    whole_series: bool = True
    batch: int = BATCH
    parameters: Parameters | None = None
    asked: int = 0

    def __post_init__(self) -> None:
        if self.parameters is not None and (over := self.replicates % RUNS_A_DRAW):
            object.__setattr__(self, "asked", self.replicates)
            object.__setattr__(self, "replicates", self.replicates + RUNS_A_DRAW - over)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be said of the number of replicates."""
        if not self.asked:
            return ()
        return (
            f"replicates = {self.asked} was raised to {self.replicates}: every draw of the parameters takes "
            f"{RUNS_A_DRAW} runs, so that chance can be told apart from the parameters.",
        )

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers of a user's own that act in any arm."""
        return next((arm.levers for arm in self.arms if arm.levers), ())

    @cached_property
    def draws(self) -> np.ndarray | None:
        """Number of the draw that each replicate uses, int64 [replicates]; None at the scenarios' own values."""
        return None if self.parameters is None else self.parameters.draws_of(self.replicates, self.seed)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each arm's batches are known by."""
        return tuple(
            result_key(
                arm.scenario.digest(),
                self.seed,
                (*map(lever_key, arm.levers), *(() if drawn is None else (drawn.sha256,))),
            )
            for arm, drawn in zip(self.arms, self.drawn, strict=True)
        )

    @cached_property
    def drawn(self) -> tuple[Parameters | None, ...]:
        """What each arm draws: ``parameters`` but for what it leaves as it stands; None for nothing."""
        if self.parameters is None:
            return (None,) * len(self.arms)
        return tuple(map(self.parameters.without, left_alone(self.arms, self.parameters)))

    @cached_property
    def references(self) -> tuple[tuple[Reference, ...], ...]:
        """Each arm's reference constants; the first look may run a pilot, so not before the estimate."""
        return self._by_usual(reference_constants)

    def _by_usual(self, of: Callable[[Scenario], Any]) -> tuple[Any, ...]:
        """What depends on business as usual alone, for every arm: that of its baseline, where it has one."""
        found: list[Any] = []
        for arm in self.arms:
            found.append(of(arm.scenario) if arm.baseline is None else found[arm.baseline])
        return tuple(found)

    @cached_property
    def constants(self) -> tuple[ReferenceConstants | None, ...]:
        """Each arm's reference constants, draw by draw; None for an arm at its scenario's own values."""
        return tuple(
            None if drawn is None else drawn_constants(usual, drawn.ensemble)
            for usual, drawn in zip(self._by_usual(lambda scenario: scenario), self.drawn, strict=True)
        )

    @property
    def source(self) -> str:
        """What a manifest calls the values of the parameters: "point", "ensemble" or a calibrated one's name."""
        return POINT if self.parameters is None else self.parameters.source

    @property
    def total(self) -> int:
        """Replicates over all arms; arms that are the same scenario are run once."""
        return len(set(self.keys)) * self.replicates

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables every batch has."""
        return (*sorted(self.keep), "outcomes", "series")

    def cuts(self) -> Iterator[tuple[int, int]]:
        """Replicates [first, end) of each batch of an arm."""
        for first in range(0, self.replicates, self.batch):
            yield first, min(first + self.batch, self.replicates)

    def tasks(self, folder: str | None = None) -> Iterator[Task]:
        """Every batch to run, arm by arm."""
        seen: set[str] = set()
        whole = zip(self.keys, self.arms, self.references, self.drawn, self.constants, strict=True)
        for key, arm, references, draws, constants in whole:
            if key in seen:
                continue
            seen.add(key)
            drawn = None if draws is None or constants is None else Drawn(draws.ensemble, constants.table)
            make = lever_engine(arm.levers) if arm.levers else self.make
            for first, end in self.cuts():
                yield Task(
                    key=key,
                    scenario=arm.scenario,
                    references=references,
                    make=make,
                    seed=self.seed,
                    first=first,
                    end=end,
                    keep=self.keep,
                    whole_series=self.whole_series,
                    folder=folder,
                    drawn=drawn,
                    label=arm.label,
                )

    def describe_arms(self) -> list[dict[str, Any]]:
        """The arms as the manifest has them; arms beyond two are told by their overrides."""
        whole = len(self.arms) <= 2
        return [
            {
                "arm": number,
                "key": key,
                "label": arm.label,
                "overrides": list(arm.overrides),
                "baseline": arm.baseline,
                "digest": arm.scenario.digest(),
                "reference": [[site.background, site.offspring] for site in self.references[number]],
                "fixed": sorted(set(drawn.fixed if drawn else ())),
                **constants_in_manifest(self.constants[number]),
                **({"scenario": arm.scenario.to_dict()} if whole else {}),
            }
            for number, (key, arm, drawn) in enumerate(zip(self.keys, self.arms, self.drawn, strict=True))
        ]


def constants_in_manifest(constants: ReferenceConstants | None) -> dict[str, Any]:
    """What the manifest says of an arm's constants by draw: a hash, and how far the sum missed its pilots."""
    if constants is None:
        return {}
    return {
        "constants": {
            "sha256": hashlib.sha256(constants.table.astype("<f8").tobytes()).hexdigest(),
            "largest_error": constants.error,
        }
    }


def result_key(scenario_digest: str, seed: int, more: tuple[str, ...] = ()) -> str:
    """Twelve hexadecimal digits that stand for scenario, seed, the deciding code and what more decides: names of
    levers, the hash of what is drawn."""
    text = " ".join((code_digest(), str(seed), scenario_digest, *more))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


def chosen_seed(seed: object) -> int:
    """``seed`` if it is one, a fresh one from the operating system when it is None."""
    if seed is None:
        return secrets.randbits(SEED_BITS)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ScenarioError("seed", key="seed", seed=seed)
    return seed


def checked_keep(keep: Iterable[str]) -> frozenset[str]:
    """The names of tables in ``keep``; ScenarioError names the nearest for one that does not exist."""
    names = frozenset((keep,) if isinstance(keep, str) else keep)
    for name in sorted(names - set(TABLES)):
        raise ScenarioError("unknown-table/keep", key="keep", name=name, hint=nearest_hint(name, TABLES), known=TABLES)
    return names
