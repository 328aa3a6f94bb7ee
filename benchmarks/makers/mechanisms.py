"""Strengths of the programme's mechanisms, calibrated jointly to what is published (the packaged ensemble).

No study measures a mechanism by itself; what is published are effects on treated and tied groups, a funnel into
exit support, and completion. So many candidate draws are taken from the priors below, each is run where the
figures come from, and draws are kept so that together they reproduce the targets:

* treated groups' first-year rate ratio, pooled over a Swedish and a US city: median 0.75, nine tenths between
  0.55 and 1.05. The published figures (EF-05, EF-08, EF-12, EF-17, EF-24, EF-38, EF-40) lie between 0.61 and
  0.77; weak designs exaggerate (EF-03) and two evaluations found nothing (EF-18, EF-44), so no effect is inside;
* groups that are not listed: 0.5 to 0.8 of the direct effect (EF-13, EF-14, EF-24);
* of persons visited, 0.17 to 0.53 ask for help (SE-18); 0.55 to 0.67 of ended stays complete (EX-16, EX-17);
* 49 of 250 to 300 members of Malmö's groups entered support in 2.4 years, 16 to 20 % (SE-14). The draws' median
  lies there; their nine tenths, 13 to 23 %, leave room for the chance that is in a count of 49 as well.

What candidates do is measured in as many runs for the funnel as for attacks: with fewer, chance would choose those
that happened to enter often, and the draws that were kept would fall short of the target when they are run again.

That most of the effect is the groups' own restraint (OP-25, OP-26) is checked afterwards, on the ledger.
Nothing is random: candidates are points of a Sobol sequence and runs have addresses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gvi_sim.analysis.measures.listed_groups import LISTED, listed_counts
from gvi_sim.analysis.pairs.rerun_in_memory import run_again
from gvi_sim.config import load_scenario
from gvi_sim.evidence import entry
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.parameters import ENSEMBLE, Parameters
from gvi_sim.execution.planning.batch import default_engine
from gvi_sim.execution.storage.arm_results import InMemory
from gvi_sim.world.kernel_parameters import dropout_rate
from gvi_sim.world.tables import OUTCOMES

if TYPE_CHECKING:
    from gvi_sim.config import Scenario

SEED = 20_260_131
GOLDEN = 0.6180339887498949
NEAREST = 8
HARDLY_ANY, FIT_OF_NO_EFFECT = 0.9, 0.75
# Strengths share a factor between 0 and 1: whether the approach works at all outside the places it was studied in
# is doubt about all of them at once.
SHARED: Mapping[str, float] = MappingProxyType(
    {"gates.deterrence_strength": 5.0, "gates.norm_strength": 0.6, "gates.pressure_strength": 0.6}
)
# Backfiring by loss of legitimacy is theory (P31) without a size, and only the product of defiance and the steps of
# legitimacy acts, since that scale is arbitrary. With steps as in the registry a contact wins about as much as a
# sanction loses, and there are many more contacts, so that defiance protects. Harm takes contacts that are not seen
# as fair: this is so where the approach works least. How many such candidates are kept is for the targets to say.
BACKFIRE, CONTACT = "gates.defiance", "belief.legitimacy_contact_step"
MOST_BACKFIRE, WORST_BACKFIRE = 0.5, 3.0
FAILING, TRUST_WHERE_FAILING = 0.25, 0.1
FROM_REGISTRY = (
    "gates.replacement", "gates.support_restraint", "gates.mediation_effect", "belief.vicarious", "belief.credibility",
    "belief.message_reach", "belief.message_half_life_days", "belief.legitimacy_contact_step",
    "belief.legitimacy_sanction_step", "exit.acceptance", "exit.dropout_per_month", "exit.completion",
    "exit.relapse_rate_per_year",
)  # fmt: skip
KEYS = (*SHARED, BACKFIRE, *FROM_REGISTRY)
# No registry range is as wide as what the funnel asks for: offers are made at half of the occasions only, so that
# 0.17 to 0.53 of persons visited ask for help where 0.34 and more of those offered accept.
WIDER: Mapping[str, tuple[float, float]] = MappingProxyType({"exit.acceptance": (0.3, 1.0)})


class Range(NamedTuple):
    """A target: median (or middle) and the ends of its nine tenths; ``sources`` in the registry's keys.

    ``median``: between what the draws' median has to lie, when that is narrower than the nine tenths.
    """

    low: float
    middle: float
    high: float
    sources: tuple[str, ...]
    median: tuple[float, float] | None = None

    @property
    def sd(self) -> float:
        """Standard deviation of the normal with these ends."""
        return (self.high - self.low) / (2.0 * NormalDist().inv_cdf(0.95))

    def weight(self, values: np.ndarray) -> np.ndarray:
        """Normal density of values, 1 at the middle."""
        return np.asarray(np.exp(-0.5 * ((values - self.middle) / self.sd) ** 2))


TARGETS: Mapping[str, Range] = MappingProxyType(
    {
        "treated": Range(0.55, 0.75, 1.05, ("EF-05", "EF-08", "EF-12", "EF-17", "EF-18", "EF-38", "EF-40")),
        "spillover": Range(0.5, 0.65, 0.8, ("EF-13", "EF-14", "EF-24")),
        "asking": Range(0.17, 0.33, 0.53, ("SE-18", "EX-01")),
        "entering": Range(0.13, 0.18, 0.23, ("SE-14", "EX-02"), median=(0.16, 0.20)),
        "completing": Range(0.55, 0.61, 0.67, ("EX-16", "EX-17")),
    }
)
# Where the figures come from. The US programme runs at the fidelity of the studies: enough capacity to keep promises.
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "malmo": ("site=malmo", "programme=gvi", "calendar=flat", "start_date=2018-10-15", "years=1"),
        "us_midsize": (
            "site=us_midsize", "programme=gvi", "calendar=flat", "start_date=2007-07-01", "years=1",
            "programme.sanction.capacity=12", "programme.sanction_certainty=0.7",
        ),
    }
)  # fmt: skip
FUNNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "asking": ("site=orebro", "programme=gvi", "start_date=2022-10-01", "years=0.5"),
        "entering": ("site=malmo", "programme=gvi", "start_date=2018-10-15", "years=2.4"),
    }
)
Told = Callable[[str], None]


def candidates(count: int) -> StoredEnsemble:
    """``count`` candidate draws from the priors (a power of two), all of equal weight."""
    from scipy.stats import qmc

    points = qmc.Sobol(len(KEYS) + 1, scramble=False).random(2 * count)[count:]  # the first half holds the corner 0
    points = np.clip(points, 1e-6, 1.0 - 1e-6)
    works, points = points[:, 0], points[:, 1:]
    fails = works < FAILING
    columns = {key: works * points[:, place] * top for place, (key, top) in enumerate(SHARED.items())}
    backfires = points[:, len(SHARED)]
    columns[BACKFIRE] = np.where(
        fails, WORST_BACKFIRE * backfires, MOST_BACKFIRE * np.maximum(2.0 * backfires - 1.0, 0.0)
    )
    for place, key in enumerate(FROM_REGISTRY, start=len(SHARED) + 1):
        columns[key] = np.array([_from_registry(key, float(u)) for u in points[:, place]])
    columns[CONTACT] = np.where(fails, TRUST_WHERE_FAILING, 1.0) * columns[CONTACT]
    draws = np.column_stack([columns[key] for key in KEYS])
    return StoredEnsemble("candidates", KEYS, draws, np.full(count, 1.0 / count))


def _from_registry(key: str, u: float) -> float:
    if key in WIDER:
        low, high = WIDER[key]
        return low + (high - low) * u
    return entry(key).quantile(u)


class MechanismFigures(NamedTuple):
    """What each draw does, float64 [draws]: ``treated`` and ``others`` by place, and the funnel's shares."""

    treated: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    asking: np.ndarray
    entering: np.ndarray
    completing: np.ndarray

    @property
    def pooled(self) -> np.ndarray:
        """Treated groups' ratio, the geometric mean over places."""
        return np.asarray(np.exp(np.mean([np.log(ratio) for ratio in self.treated.values()], axis=0)))

    @property
    def spillover(self) -> np.ndarray:
        """The effect on other groups as a share of the direct effect, both pooled."""
        others = np.exp(np.mean([np.log(ratio) for ratio in self.others.values()], axis=0))
        return np.asarray((1.0 - others) / np.maximum(1.0 - self.pooled, 0.02))


def measured_figures(ensemble: StoredEnsemble, *, runs: int, tell: Told = lambda _: None) -> MechanismFigures:
    """Run every draw ``runs`` times in every place, with and without the programme."""
    treated, others = {}, {}
    for place, words in PLACES.items():
        treated[place], others[place] = ratios(load_scenario(*words), ensemble, runs)
        tell(f"{place}: {len(ensemble)} draws, {runs} pairs of runs each")
    shares = {}
    for name, words in FUNNELS.items():
        shares[name] = _FUNNELS[name](load_scenario(*words), ensemble, runs)
        tell(f"{name}: done")
    completing = np.array([_completing(ensemble.overrides(draw)) for draw in range(len(ensemble))])
    return MechanismFigures(treated, others, shares["asking"], shares["entering"], completing)


def _run(arms: tuple[Scenario, ...], ensemble: StoredEnsemble, runs: int) -> tuple[InMemory, ...]:
    parameters = Parameters(ENSEMBLE, ensemble)
    keep = frozenset({"groups"})
    count = runs * len(ensemble)
    return run_again(arms, seed=SEED, runs=count, make=default_engine(), keep=keep, parameters=parameters)


def _by_draw(values: np.ndarray, ensemble: StoredEnsemble) -> np.ndarray:
    """Sums over the replicates of each draw: [replicates, ...] to [draws, ...]."""
    sums = np.zeros((len(ensemble), *values.shape[1:]))
    np.add.at(sums, Parameters(ENSEMBLE, ensemble).draws_of(len(values), SEED), values)
    return sums


def ratios(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Attacks with the programme over attacks without it, by listed and by other groups [draws]."""
    base, with_it = _run((scenario.replace("programme.enabled=false"), scenario), ensemble, runs)
    counts = listed_counts(base.table("groups"), with_it.table("groups"), runs * len(ensemble)).values
    without, under = (_by_draw(arm, ensemble) for arm in counts)
    listed, rest = LISTED.index(("listed", "attacks")), LISTED.index(("others", "attacks"))
    ratio = np.maximum(under, 0.5) / np.maximum(without, 0.5)
    return ratio[:, listed], ratio[:, rest]


def _outcomes(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> dict[str, np.ndarray]:
    (arm,) = _run((scenario,), ensemble, runs)
    sums = _by_draw(arm.outcomes[:, 0, :], ensemble)
    return {name: sums[:, place] for place, name in enumerate(OUTCOMES)}


def _asking(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> np.ndarray:
    """Requests beyond the usual ones per person visited [draws]."""
    with_it = _outcomes(scenario, ensemble, runs)
    usual = _outcomes(scenario.replace("programme.enabled=false"), ensemble, runs)
    visited = with_it["notifications"] + with_it["call_in_contacts"]
    return np.asarray((with_it["requests"] - usual["requests"]) / np.maximum(visited, 1.0))


def _entering(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> np.ndarray:
    """Admissions to support per member [draws]."""
    return np.asarray(_outcomes(scenario, ensemble, runs)["admissions"] / (runs * scenario.site.members))


_FUNNELS = {"asking": _asking, "entering": _entering}


def _completing(values: Mapping[str, float]) -> float:
    """Share of ended stays that complete, when nothing but dropping out competes (Gamma stay, constant hazard)."""
    shape, days = float(str(entry("exit.duration_shape").value)), float(str(entry("exit.duration_days").value))
    stayed = (1.0 + dropout_rate(values["exit.dropout_per_month"]) * days / shape) ** -shape
    return float(stayed * values["exit.completion"])


def misfit_of(measured: MechanismFigures) -> np.ndarray:
    """How well each candidate meets the targets beside the treated groups' ratio, 1 at the middle of all [draws]."""
    fit = TARGETS["asking"].weight(measured.asking) * TARGETS["entering"].weight(measured.entering)
    fit = fit * TARGETS["completing"].weight(measured.completing)
    shows = measured.pooled < HARDLY_ANY  # a share of an effect that is hardly there says nothing
    spread = np.where(shows, TARGETS["spillover"].weight(measured.spillover), FIT_OF_NO_EFFECT)
    return np.asarray(fit * spread)


def wanted_ratios(count: int) -> np.ndarray:
    """Treated groups' ratios at the middles of ``count`` equal parts of the target: normal on the log scale, with
    other widths below and above its median."""
    low, middle, high = (math.log(value) for value in TARGETS["treated"][:3])
    reach = NormalDist().inv_cdf(0.95)
    places = [NormalDist().inv_cdf((part + 0.5) / count) / reach for part in range(count)]
    return np.exp([middle + place * (high - middle if place > 0 else middle - low) for place in places])


def chosen_strengths(measured: MechanismFigures, count: int) -> np.ndarray:
    """``count`` different candidates: for each wanted ratio one of the nearest that are left, by how well it fits.

    Rare ratios choose first. Which of the nearest it is follows a golden-ratio sequence, so that the other
    parameters keep the spread that the targets leave them.
    """
    fit, places = misfit_of(measured), np.log(measured.pooled)
    wanted = np.log(wanted_ratios(count))
    left = np.ones(len(fit), bool)
    chosen = []
    for turn, part in enumerate(sorted(range(count), key=lambda part: -abs(wanted[part] - wanted[count // 2]))):
        near = [int(k) for k in np.argsort(np.abs(places - wanted[part]), kind="stable") if left[k]][:NEAREST]
        cumulative = np.cumsum(fit[near])
        one = near[int(np.searchsorted(cumulative, cumulative[-1] * ((turn + 0.5) * GOLDEN % 1.0)))]
        left[one] = False
        chosen.append(one)
    return np.sort(np.array(chosen))
