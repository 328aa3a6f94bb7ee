"""The effect of a scenario against a base: paired by seed and replicate, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...execution.amounts.resource_estimate import batch_size
from ...execution.amounts.totals import COLUMNS
from ...execution.campaign import run_into, writing
from ...execution.ensembles.parameters import ENSEMBLE
from ...execution.parameter_source import Choice, chosen_parameters
from ...execution.planning.arm import Arm
from ...execution.planning.batch import default_engine
from ...execution.planning.plan import Plan, checked_keep, chosen_seed
from ...execution.planning.whole_numbers import checked_replicates
from ...execution.storage.store import Store
from ...execution.workers.pool import Progress
from ...model.lever_protocol import acting_levers
from ...simulate import Runs, idle_programmes, ready, run_arms, runs_of, stored_scenario
from ...units import MONTHS_PER_YEAR, months_after
from ..inference.intervals import labelled_frame, paired
from ..measures.listed_groups import LISTED, listed_counts
from ..measures.yearly import YEARLY, yearly
from .certificate import CERTIFICATE_FILE, Certificate, certificate_of
from .effect_text import effect_text
from .ledger import CANDIDATES, ledger_of, summarise
from .pair import LABELS, Pair
from .pairing import check_comparable
from .uncertainty import Uncertainty, uncertainty_of

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ...model.lever_protocol import Lever

MODES = ("shootings", "detonations", "attacks")
ALWAYS_KEPT = frozenset({"attacks", "groups"})


class Effect(Pair):
    """What ``scenario`` changes against ``base``, both ``Runs`` of the same seed.

    ``outcomes``, ``by_year``, ``by_mode``, ``by_listed`` are frames with the fields of ``Estimate``: means
    a run, paired differences and ratios with 95 % intervals. ``certificate`` says what the pairing is
    worth.
    """

    def __init__(
        self, base: Runs, scenario: Runs, certificate: Certificate | None = None, levers: tuple[Lever, ...] = ()
    ) -> None:
        super().__init__(base, scenario, levers)
        self._certificate = certificate
        self._uncertainty: dict[str, Uncertainty | None] = {}

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row an outcome, over the whole window."""
        return labelled_frame({"outcome": list(COLUMNS)}, paired(self.base.values, self.scenario.values, self.draws))

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """One row a year of the window and outcome; ``starts`` is the year's first day."""
        import pandas as pd

        base, scenario = yearly(self.base), yearly(self.scenario)
        first = self.scenario.scenario.start_date
        frames = []
        for year in range(base.shape[1]):
            starts = months_after(first, year * MONTHS_PER_YEAR)
            labels = {"year": year + 1, "starts": starts, "outcome": list(YEARLY)}
            frames.append(labelled_frame(labels, paired(base[:, year], scenario[:, year], self.draws)))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def by_mode(self) -> pd.DataFrame:
        """Shootings, detonations and both together ("attacks")."""
        columns = [COLUMNS.index(mode) for mode in MODES]
        base, scenario = (arm.values[:, columns] for arm in (self.base, self.scenario))
        return labelled_frame({"mode": list(MODES)}, paired(base, scenario, self.draws))

    @cached_property
    def by_listed(self) -> pd.DataFrame:
        """Attacks made by groups the programme listed and by the others, the same groups in both arms.

        A group is listed in a run when it was in the scenario's run of that number. Empty when none was.
        """
        counts = listed_counts(self.base.table("groups"), self.scenario.table("groups"), self.replicates)
        labels = {"groups": [name for name, _ in LISTED], "outcome": [outcome for _, outcome in LISTED]}
        frame = labelled_frame(labels, paired(*counts.values, self.draws))
        return frame if counts.any_listed else frame.iloc[:0]

    @cached_property
    def certificate(self) -> Certificate:
        """What the pairing is worth, from a few runs at dose zero unless it was stored; EngineError when it fails."""
        return self._certificate or certificate_of(self, default_engine())

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every attack of either scenario: kept, averted or created, by what (see ``ledger.build``).

        Without ``keep=("ledger",)`` both scenarios are run again from the seed.
        """
        return ledger_of(self, default_engine())

    def ledger_summary(self) -> pd.DataFrame:
        """Attacks and persons averted, created and changed a run, by way and cause, with 95 % intervals."""
        return summarise(self.ledger, self.draws, self.replicates)

    def uncertainty(self, outcome: str = "shootings") -> Uncertainty | None:
        """Chance and parameters told apart, and which parameters drive the answer; None where nothing was drawn."""
        if outcome not in self._uncertainty:
            self._uncertainty[outcome] = uncertainty_of(self, outcome)
        return self._uncertainty[outcome]

    def text(self, lang: str = "en") -> str:
        """What the model says, with intervals, in English (``en``) or Swedish (``sv``)."""
        return effect_text(self, self.by_listed, self.uncertainty(), lang)

    def __repr__(self) -> str:
        return self.text()


def compare(
    base: Scenario,
    scenario: Scenario,
    *,
    replicates: int = 200,
    seed: int | None = None,
    workers: int | None = None,
    keep: Iterable[str] = (),
    parameters: Choice = ENSEMBLE,
    levers: Iterable[Lever] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Effect:
    """Run both scenarios with the same ``replicates`` of one ``seed`` and return the paired ``Effect``.

    ``replicates``: runs of each arm, at least 2. ``seed`` (0 to 2**63 - 1): a fresh one unless given, and written
    down. ``workers``: processes; None takes as many as pay off. ``keep``: tables beside ``attacks`` and ``groups``,
    which are always kept; "ledger" is the paired ledger. ``parameters``: "ensemble", "point" or the folder of a
    calibrated ensemble, as for ``simulate``; a replicate uses the same draw in both arms, and what the maker or a
    chosen file of either scenario set is drawn in neither. ``levers`` of a user's own act in ``scenario`` and not in
    ``base``. ``out``: a folder for tables and manifest; None keeps all in memory. ``progress`` is called with runs
    done, runs in all and seconds left. ``force``: run even when it takes over ten minutes or half of the memory.
    Raises PairingError for scenarios that cannot be compared, naming both values, EngineError, writing no table, when
    the pairing does not hold in the end, and what ``simulate`` raises.

    >>> import gvi_sim as gvi
    >>> with_gvi = gvi.load_scenario("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
    >>> effect = gvi.compare(with_gvi.replace("programme=none"), with_gvi, replicates=4, seed=1, workers=1)
    >>> effect.row("shootings").draws
    2
    """
    check_comparable(base, scenario)
    levers = acting_levers(levers)
    arms = (Arm(LABELS[0], base), Arm(LABELS[1], scenario, baseline=0, levers=levers))
    plan = Plan(
        kind="comparison",
        arms=arms,
        seed=chosen_seed(seed),
        replicates=checked_replicates(replicates),
        make=default_engine(),
        keep=_kept(keep),
        batch=batch_size(base),
        parameters=chosen_parameters(parameters, arms),
    )
    workers = ready(plan, workers, in_memory=out is None, force=force)
    warnings = idle_programmes(base, scenario)
    if out is None:
        runs = run_arms(plan, warnings, workers=workers, progress=progress)
        effect = Effect(runs[0], runs[1], levers=levers)
        return Effect(runs[0], runs[1], effect.certificate, levers)
    with writing(Path(out), plan, warnings=warnings) as (store, plan):
        for label, arm in zip(LABELS, plan.arms, strict=True):
            store.write_file(f"{label}.yaml", arm.scenario.to_yaml().encode())
        run_into(store, plan, workers=workers, progress=progress)
        effect = Effect(runs_of(store, 0, base), runs_of(store, 1, scenario), levers=levers)
        _write(store, effect, ledger=CANDIDATES in plan.keep)
    return effect


def _write(store: Store, effect: Effect, *, ledger: bool) -> None:
    store.write_file(CERTIFICATE_FILE, effect.certificate.to_json())
    for name in ("outcomes", "by_year", "by_mode", "by_listed"):
        store.write_table("effect" if name == "outcomes" else name, getattr(effect, name))
    if ledger:
        store.write_table("ledger", effect.ledger)
        store.write_table("ledger_summary", effect.ledger_summary())


def _kept(keep: Iterable[str]) -> frozenset[str]:
    """Tables to keep; the ledger is made of candidates."""
    names = {keep} if isinstance(keep, str) else set(keep)
    return ALWAYS_KEPT | checked_keep(CANDIDATES if name == "ledger" else name for name in names)


def effect_of(store: Store, levers: tuple[Lever, ...] = ()) -> Effect:
    """The effect in a folder that ``compare`` wrote, with the levers that acted there where they are at hand."""
    base, scenario = (runs_of(store, arm, stored_scenario(store.manifest, arm)) for arm in (0, 1))
    if CERTIFICATE_FILE not in store.files:
        return Effect(base, scenario, levers=levers)
    return Effect(base, scenario, Certificate.from_json(store.read_file(CERTIFICATE_FILE)), levers)
