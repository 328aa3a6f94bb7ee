"""One scenario, many replicates: ``simulate`` and the ``Runs`` it gives."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .execution.amounts.resource_estimate import batch_size, check_needs, choose_workers, needs
from .execution.amounts.totals import COLUMNS, by_site, over_sites
from .execution.campaign import overall_hash, run_in_memory, run_into, writing
from .execution.ensembles.parameters import ENSEMBLE, Parameters
from .execution.parameter_source import Choice, chosen_parameters
from .execution.planning.arm import Arm
from .execution.planning.batch import default_engine
from .execution.planning.plan import Plan, checked_keep, chosen_seed
from .execution.planning.user_levers import lever_workers
from .execution.planning.whole_numbers import checked_count
from .execution.start_notice import it_begins
from .execution.storage.arm_results import ArmResults, InFolder, InMemory, named
from .execution.storage.manifest import FINISHED, Manifest, event_hash, new_manifest
from .execution.storage.store import Store
from .execution.workers.pool import Progress
from .language.catalogue import Words
from .model.lever_protocol import acting_levers
from .units import SEK_PER_MSEK
from .world.tables import SERIES

if TYPE_CHECKING:
    import pandas as pd

    from .config import Scenario
    from .model.lever_protocol import Lever

MICROSECONDS_PER_DAY = 86_400_000_000  # nanoseconds, pandas' own, would end after 292 years
SHOWN = (
    "shootings", "detonations", "persons_hit", "persons_killed", "person_years_detained", "completed", "cost",
)  # fmt: skip


CALLED = {"person_years_detained": "detained_days"}  # as the table of sentences has it


class Runs:
    """Many replicates of one scenario. Frames are made, or read and verified, when they are asked for.

    ``outcomes`` one row a run, sites together; ``outcomes_by_site``; ``series`` one row a run, site and
    month; ``attacks`` and ``table(name)`` what was kept; ``sites`` the names behind the column ``site``.
    """

    def __init__(self, scenario: Scenario, results: ArmResults, manifest: Manifest, folder: Path | None) -> None:
        self.scenario = scenario
        self.results = results
        self.manifest = manifest
        self.folder = folder
        self.seed = int(manifest["seed"])
        self.replicates = int(manifest["replicates"])
        self.warnings = tuple(manifest["warnings"])
        self.sites = tuple(site.site.name for site in scenario.each_site())

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared; day 0 is the scenario's start date."""
        return self.results.window

    @cached_property
    def parameters(self) -> Parameters | None:
        """What the runs drew: keys and draws; None for runs at the scenario's own values."""
        return Parameters.from_manifest(self.manifest)

    @cached_property
    def draws(self) -> np.ndarray | None:
        """Number of the draw that each run used, int64 [runs]; None for runs at the scenario's own values."""
        return None if self.parameters is None else self.parameters.draws_of(self.replicates, self.seed)

    @cached_property
    def event_hash(self) -> str:
        """SHA-256 over the events of all replicates, the same on every machine."""
        return event_hash(self.results.digests)

    @cached_property
    def values_by_site(self) -> np.ndarray:
        """Outcomes with costs, float64 [runs, sites, columns of ``totals.COLUMNS``]."""
        return by_site(self.results.outcomes, self.scenario, self.window)

    @cached_property
    def values(self) -> np.ndarray:
        """Outcomes with costs, sites together, float64 [runs, columns of ``totals.COLUMNS``]."""
        return over_sites(self.values_by_site, self.scenario)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run: ``run``, the outcomes over the window, person-years detained, costs in SEK."""
        import pandas as pd

        frame = pd.DataFrame(self.values, columns=list(COLUMNS))
        frame.insert(0, "run", np.arange(self.replicates))
        return frame

    @cached_property
    def outcomes_by_site(self) -> pd.DataFrame:
        """As ``outcomes``, one row a run and site."""
        import pandas as pd

        sites = len(self.sites)
        frame = pd.DataFrame(self.values_by_site.reshape(-1, len(COLUMNS)), columns=list(COLUMNS))
        frame.insert(0, "run", np.repeat(np.arange(self.replicates), sites))
        frame.insert(1, "site", np.tile(np.arange(sites), self.replicates))
        return frame

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row a run, site and month (30.4375 days, from the window's start)."""
        import pandas as pd

        runs, sites, months, _ = self.results.series.shape
        frame = pd.DataFrame(self.results.series.reshape(-1, len(SERIES)), columns=list(SERIES))
        frame.insert(0, "run", np.repeat(np.arange(runs), sites * months))
        frame.insert(1, "site", np.tile(np.repeat(np.arange(sites), months), runs))
        frame.insert(2, "month", np.tile(np.arange(months), runs * sites))
        return frame

    @cached_property
    def attacks(self) -> pd.DataFrame:
        """One row an attack, with its calendar ``date`` and names for codes. Needs ``"attacks"`` in ``keep``."""
        frame = named("attacks", self.table("attacks"))
        moments = (frame["day"].to_numpy() * MICROSECONDS_PER_DAY).astype("timedelta64[us]")
        dates = np.datetime64(self.scenario.start_date, "us") + moments
        frame.insert(list(frame.columns).index("day") + 1, "date", dates)
        return frame

    def table(self, name: str) -> pd.DataFrame:
        """A kept table of all replicates; StoreError when it was not kept."""
        return self.results.table(name)

    def text(self, lang: str = "en") -> str:
        """What the model says of this scenario, a line an outcome, in English (``en``) or Swedish (``sv``)."""
        words = Words(lang)
        since = self.scenario.runs_since
        head = words(
            "runs.head", site=", ".join(self.sites), replicates=words.number(self.replicates, 0), seed=self.seed,
            years=words.years(self.scenario.years), start=self.scenario.start_date,
            past=words("runs.past", since=since) if since else "",
        )  # fmt: skip
        lines = [head]
        for name in SHOWN:
            column = self.values[:, COLUMNS.index(name)] / (SEK_PER_MSEK if name == "cost" else 1)
            mean, low, high = (words.number(value, 1) for value in (column.mean(), *np.quantile(column, (0.05, 0.95))))
            called, span = words(f"outcome.{CALLED.get(name, name)}"), words("interval.short", low=low, high=high)
            called += f" ({words('cost.unit')})" if name == "cost" else ""
            lines.append(f"  {called:<34}{mean:>14}  [{span}]")
        notes = (words.translated("lines", warning) for warning in self.warnings)
        return "\n".join([*lines, *(f"{words('terminal.warning')}: {note}" for note in notes)])

    def __repr__(self) -> str:
        return self.text()


def simulate(
    scenario: Scenario,
    *,
    replicates: int = 200,
    seed: int | None = None,
    workers: int | None = None,
    keep: Iterable[str] = ("attacks",),
    parameters: Choice = ENSEMBLE,
    levers: Iterable[Lever] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Runs:
    """Run ``scenario`` ``replicates`` times and return the ``Runs``.

    ``seed``: drawn from the operating system when None, and written down. ``workers``: processes; None takes all
    processors when the work is worth it, and no choice changes a result. ``keep``: tables to keep. ``parameters``:
    "ensemble" (the default) takes values from the draws that ship with the package, two replicates from each in turn;
    "point" the scenario's own; a folder those of a calibrated ensemble. What the scenario's maker or a chosen file set
    is never drawn. ``levers``: objects with ``next_time`` and ``apply`` as for GVIModel; each run gets a copy of them,
    and the manifest names them. ``out``: a folder that is written as the run goes; the same call resumes a stopped run
    and extends a finished one (not with levers given in Python). ``progress`` is called with runs done, runs in all and
    seconds left. Raises ScenarioError for an argument that cannot be, ResourceError for a run that would take over ten
    minutes or half of the memory unless ``force``, StoreError for a folder that cannot be used.

    >>> import gvi_sim as gvi
    >>> runs = gvi.simulate(gvi.load_scenario("years=1", "burn_in_years=1"), replicates=4, seed=1, workers=1)
    >>> len(runs.outcomes)
    4
    """
    levers = acting_levers(levers)
    arm = Arm(scenario.site.name, scenario, levers=levers)
    plan = Plan(
        kind="run",
        arms=(arm,),
        seed=chosen_seed(seed),
        replicates=checked_count("replicates", replicates, 1),
        make=default_engine(),
        keep=checked_keep(keep),
        batch=batch_size(scenario),
        parameters=chosen_parameters(parameters, [arm]),
    )
    workers = ready(plan, workers, in_memory=out is None, force=force)
    warnings = idle_programmes(scenario)
    if out is None:
        return run_arms(plan, warnings, workers=workers, progress=progress)[0]
    with writing(Path(out), plan, warnings=warnings) as (store, plan):
        store.write_file("scenario.yaml", scenario.to_yaml().encode())
        run_into(store, plan, workers=workers, progress=progress)
        runs = runs_of(store, 0, scenario)
        store.write_table("summary", summary_table(runs))
    return runs_of(store, 0, scenario)


def ready(plan: Plan, workers: int | None, *, in_memory: bool, force: bool) -> int:
    """The number of workers ``plan`` gets, after its estimate was found possible; from here on it runs."""
    if workers is not None:
        checked_count("workers", workers, 1)
    workers = lever_workers(plan.levers, workers)
    needed = needs(plan, in_memory=in_memory, workers=workers)
    count = choose_workers(workers, needed)
    check_needs(plan, needed, workers=count, force=force)
    it_begins(needed.clock(count), needed.memory)
    return count


def run_arms(plan: Plan, warnings: tuple[str, ...], *, workers: int, progress: Progress | None) -> list[Runs]:
    """The runs of every arm of ``plan``, in order, in memory; the plan was found possible (``ready``)."""
    batches = run_in_memory(plan, workers=workers, progress=progress)
    results = [InMemory(batches[key]) for key in plan.keys]
    manifest = finished_manifest(plan, warnings, [*results])
    return [Runs(arm.scenario, found, manifest, None) for arm, found in zip(plan.arms, results, strict=True)]


def idle_programmes(*scenarios: Scenario) -> tuple[str, ...]:
    """One sentence for every site whose programme is enabled and cannot run, with the reason."""
    found: dict[str, None] = {}
    for site in (site for scenario in scenarios for site in scenario.each_site()):
        runs, reason = site.programme_runs()
        if site.programme.enabled and not runs:
            found[f"{site.site.name}: the programme does not run and the site has business as usual: {reason}"] = None
    return tuple(found)


def finished_manifest(plan: Plan, warnings: tuple[str, ...], results: list[ArmResults]) -> Manifest:
    """The manifest of a plan that was run in memory; ``results`` in the order of its arms."""
    manifest = new_manifest(plan, warnings=warnings)
    for entry, arm in zip(manifest["arms"], results, strict=True):
        entry["event_hash"] = event_hash(arm.digests)
    overall = overall_hash([entry["event_hash"] for entry in manifest["arms"]])
    return manifest | {"status": FINISHED, "event_hash": overall}


def runs_of(store: Store, arm: int, scenario: Scenario) -> Runs:
    """The runs of one arm of a folder."""
    return Runs(scenario, InFolder(store, arm), store.manifest, store.folder)


def stored_scenario(manifest: Manifest, arm: int) -> Scenario:
    """The resolved scenario of an arm, from the manifest."""
    from .config import Scenario

    return Scenario.from_dict(manifest["arms"][arm]["scenario"])


def summary_table(runs: Runs) -> pd.DataFrame:
    """Mean, standard deviation between runs and 5 and 95 % points of every outcome, over runs that have a
    value.
    """
    spread = runs.outcomes.drop(columns="run").agg(["mean", "std"]).T
    points = runs.outcomes.drop(columns="run").quantile([0.05, 0.95]).T
    spread[["p05", "p95"]] = points.to_numpy()
    return spread.rename(columns={"std": "sd"}).rename_axis("outcome").reset_index()
