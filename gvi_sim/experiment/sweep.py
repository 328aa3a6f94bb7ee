"""Sweeps: every cell of a design by many replicates, paired with business as usual, into one folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.inference.estimates import Change, row
from ..analysis.inference.verdict import Verdict
from ..analysis.pairs.effect_text import MAIN, beyond_text, noted, outcome_table, wrapped
from ..analysis.pairs.plan_certificates import CERTIFICATES, certificates
from ..errors import StoreError
from ..execution.amounts.resource_estimate import batch_size
from ..execution.campaign import run_into, writing
from ..execution.ensembles.parameters import ENSEMBLE, Parameters
from ..execution.parameter_source import Choice, chosen_parameters
from ..execution.planning.batch import default_engine
from ..execution.planning.plan import Plan, chosen_seed
from ..execution.planning.whole_numbers import checked_replicates
from ..execution.planning.years import YEARS
from ..execution.storage.store import Store
from ..execution.workers.pool import Progress
from ..language.catalogue import Words
from ..model.lever_protocol import acting_levers
from ..simulate import idle_programmes, ready
from .arms import base_scenario, cell_arms, with_baselines
from .design import Design
from .design_files import design_of
from .sweep_tables import sweep_tables, values_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from ..model.lever_protocol import Lever


MOST_LINES = 40


class Sweep:
    """A finished sweep in its folder; tables are read and verified when asked for.

    ``cells`` effects by cell and outcome, ``interactions`` of every two axes, ``months`` mean series by arm,
    ``certificates`` of every cell's pairing; where ``has_years``, ``cells_by_year``, ``levers_by_year`` and
    ``interactions_by_year``. A folder from before years were kept has none of these: StoreError says so.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.manifest, self.folder = store.manifest, store.folder
        self.seed = int(store.manifest["seed"])
        self.replicates = int(store.manifest["replicates"])
        self.warnings = tuple(store.manifest["warnings"])
        self.levers: tuple[Lever, ...] = ()
        self.design = design_of(store.manifest["design"])

    @cached_property
    def parameters(self) -> Parameters | None:
        """What the runs drew, the same in every cell; None for runs at the cells' own values."""
        return Parameters.from_manifest(self.manifest)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row a cell and outcome: levels, baseline, difference and ratio with 95 % t-intervals."""
        return self.store.read_table("cells")

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """One row a pair of levels of two axes and outcome; none across two kinds of business as usual."""
        return self.store.read_table("interactions")

    @property
    def has_years(self) -> bool:
        """Whether the folder holds the years of single runs, so that effects by year are known."""
        return YEARS in self.manifest["keep"]

    @cached_property
    def cells_by_year(self) -> pd.DataFrame:
        """One row a cell, year of the window and outcome: as ``cells``; ``starts`` is the year's first day."""
        return self._of_years("cells_by_year")

    @cached_property
    def levers_by_year(self) -> pd.DataFrame:
        """One row a lever of numbers, year and outcome: what changes from its first level to its last, the others at
        their middle; none across two kinds of business as usual.
        """
        return self._of_years("levers_by_year")

    @cached_property
    def interactions_by_year(self) -> pd.DataFrame:
        """One row a pair of levels of two axes, year and outcome: as ``interactions``."""
        return self._of_years("interactions_by_year")

    def _of_years(self, name: str) -> pd.DataFrame:
        if not self.has_years:
            raise StoreError("no-years", folder=self.folder, name=name)
        return self.store.read_table(name)

    @cached_property
    def months(self) -> pd.DataFrame:
        """One row an arm, site and month: mean series."""
        return self.store.read_table("months")

    @cached_property
    def draws(self) -> np.ndarray | None:
        """Number of the draw that each replicate used, int64 [replicates]; None at the scenarios' own values."""
        return None if self.parameters is None else self.parameters.draws_of(self.replicates, self.seed)

    @cached_property
    def certificates(self) -> pd.DataFrame:
        """One row a cell: what its pairing with its baseline is worth."""
        return self.store.read_table(CERTIFICATES)

    def outcomes(self, arm: int) -> pd.DataFrame:
        """The engine's outcomes of one arm (the cell's column ``arm``), one row a run and site."""
        return self.store.read_table("outcomes", arm).drop(columns=["scenario", "arm"], errors="ignore")

    def text(self, lang: str = "en") -> str:
        """What was compared, shootings by cell, and the largest interaction that can be told from nothing, in English
        (``en``) or Swedish (``sv``).
        """
        words = Words(lang).about("several")
        cells = self.cells[self.cells["outcome"] == MAIN].to_dict("records")
        shown = {str(cell["label"]): row(MAIN, cell) for cell in cells[:MOST_LINES]}
        first = words(
            "sweep.says", name=self.design.name, cells=words.number(len(cells), 0), what=words(f"outcome.{MAIN}"),
            replicates=words.number(self.replicates, 0), seed=self.seed,
        )  # fmt: skip
        more = [words("sweep.more", count=len(cells) - MOST_LINES)] if len(cells) > MOST_LINES else []
        drawn = 0 if self.parameters is None else len(self.parameters.keys)
        last = words("answer.scope.drawn", drawn=words.number(drawn, 0)) if drawn else words("answer.precision.chance")
        told = [
            wrapped(first),
            outcome_table(words, shown.values(), tuple(shown)),
            *map(wrapped, self._together(words)),
        ]
        return "\n\n".join([*told, *more, *noted(words, self.replicates, self.warnings), wrapped(last)])

    def _together(self, words: Words) -> list[str]:
        table = self.interactions
        rows = [] if table.empty else table[table["outcome"] == MAIN].to_dict("records")
        if not rows:
            return []
        clear = [it for it in rows if Verdict(it["verdict"]).sign] or rows
        it = max(clear, key=lambda it: abs(float(it["interaction"])))
        beyond = Change(it["interaction"], it["low"], it["high"], Verdict(it["verdict"])).scaled(-1)
        levels = " ".join(f"{it[name]}={words.as_written(str(it[f'{name}_level']))}" for name in ("first", "second"))
        return [f"{levels}: {beyond_text(words, beyond)}"]

    def __repr__(self) -> str:
        return self.text()


def sweep(
    design: Design,
    *,
    out: str | Path,
    seed: int | None = None,
    replicates: int | None = None,
    workers: int | None = None,
    parameters: Choice = ENSEMBLE,
    levers: Iterable[Lever] = (),
    progress: Progress | None = None,
    force: bool = False,
) -> Sweep:
    """Run every cell of ``design`` and its baselines into the folder ``out`` and return the ``Sweep``.

    ``replicates``: runs of every cell, the design's own unless given. ``seed``, ``parameters``, ``progress`` and
    ``force`` as for ``compare``.

    The same call goes on with a sweep that was stopped; with more ``replicates`` or levels it extends a finished one
    (give its seed). Shards and tables have the same bytes however often it was stopped and whatever the ``workers``.
    Every cell is compared with its own business as usual, and one serves all cells that share it. A replicate uses the
    same draw in every cell; what a cell or its baseline sets is drawn in neither. ``levers`` of a user's own act in
    every cell and in no business as usual. Errors are those of ``compare``.

    >>> from gvi_sim.experiment.design import Axis, Design
    >>> from gvi_sim.experiment.sweep import sweep
    >>> words = ("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
    >>> design = Design("certainty", (Axis("programme.sanction_certainty", (0.2, 0.8)),), words, replicates=4)
    >>> sweep(design, out="certainty", seed=1, workers=1).cells["cell"].nunique()
    2
    """
    if replicates is not None:
        count = checked_replicates(replicates)
        design = replace(design, replicates=count)
    base = base_scenario(design)
    plan = Plan(
        kind="sweep",
        arms=cell_arms(design, base, acting_levers(levers)),
        seed=chosen_seed(seed),
        replicates=design.replicates,
        make=default_engine(),
        keep=frozenset({YEARS}),
        whole_series=False,
        batch=batch_size(base),
    )
    workers = ready(plan, workers, in_memory=False, force=force)
    arms = with_baselines(plan.arms, base)
    plan = replace(plan, arms=arms, parameters=chosen_parameters(parameters, arms))
    warnings = idle_programmes(*(arm.scenario for arm in arms))
    extra = {"design": design.to_dict(), "base": base.to_dict()}
    with writing(Path(out), plan, warnings=warnings, extra=extra) as (store, plan):
        store.write_file("scenario.yaml", base.to_yaml().encode())
        run_into(store, plan, workers=workers, progress=progress)
        values = values_of(store, plan)
        store.write_table(CERTIFICATES, certificates(plan, values))
        for name, frame in sweep_tables(store, design, plan, values):
            store.write_table(name, frame)
    made = Sweep(store)
    made.levers = plan.levers
    return made
