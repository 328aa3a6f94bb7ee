"""Strengths of the programme's mechanisms, calibrated jointly to what is published (the packaged ensemble).

No study measures a mechanism by itself; what is published are effects on treated and tied groups, how they last, a
funnel into exit support, and completion. So many candidate draws are taken from the priors (``mechanism_priors``), each
is run where the figures come from, and draws are kept so that together they reproduce the targets:

* treated groups' first-year rate ratio, pooled over a Swedish and a US city: median 0.82, nine tenths between
  0.62 and 1. The published figures (EF-05, EF-08, EF-12, EF-17, EF-24, EF-38, EF-40) lie between 0.61 and
  0.77; weak designs exaggerate (EF-03), two evaluations found nothing (EF-18, EF-44), and controlled evaluations of
  whole cities end higher, so that no effect is inside;
* groups that are not listed: 0.4 to 0.8 of the direct effect (EF-13, EF-14, EF-24);
* of the effect in years 3 to 5 at certainty 1, at most a half is there at certainty 0 in nine draws of ten, and at most
  a third in the median draw: a message without deeds fades;
* a whole city's attacks fall by 0 to a quarter over five years, by an eighth in the median draw;
* of persons visited, 0.17 to 0.53 ask for help (SE-18); 0.55 to 0.67 of ended stays complete (EX-16, EX-17);
* 49 of 250 to 300 members of Malmö's groups entered support in 2.4 years, 16 to 20 % (SE-14). The draws' median
  lies there; their nine tenths, 13 to 23 %, leave room for the chance that is in a count of 49 as well.

What candidates do is measured in as many runs for the funnel as for attacks: with fewer, chance would choose those
that happened to enter often, and the draws that were kept would fall short of the target when they are run again.

That most of the effect is the groups' own restraint (OP-25, OP-26) is checked afterwards.
Nothing is random: candidates are points of a Sobol sequence and runs have addresses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
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
from gvi_sim.world.tables import OUTCOMES, SERIES

if TYPE_CHECKING:
    from gvi_sim.config import Scenario

SEED = 20_260_131
GOLDEN = 0.6180339887498949
NEAREST = 16
HARDLY_ANY, FIT_OF_NO_EFFECT = 0.9, 0.75
MOST_WITHOUT_DEEDS = 0.5
"""Of the effect of kept promises in years 3 to 5, so much at the most is there when none is kept."""
FADED, STEADY, RATHER = 0.7, (0.8, 1.3), 6.0
"""Some programmes faded while contact went on and some did not: draws whose third year has so little of the first
year's effect, or about as much, are taken rather than those whose effect grows."""


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
        "treated": Range(0.62, 0.82, 1.0, ("EF-05", "EF-08", "EF-12", "EF-17", "EF-18", "EF-38", "EF-40")),
        "spillover": Range(0.4, 0.6, 0.8, ("EF-13", "EF-14", "EF-24")),
        "five years": Range(0.0, 0.12, 0.25, ("EF-05", "EF-12", "EF-17", "EF-44", "N2-17")),
        "asking": Range(0.17, 0.33, 0.53, ("SE-18", "EX-01")),
        "entering": Range(0.13, 0.18, 0.23, ("SE-14", "EX-02"), median=(0.16, 0.20)),
        "completing": Range(0.55, 0.61, 0.67, ("EX-16", "EX-17")),
    }
)
_US = (
    "site=us_midsize", "programme=gvi", "calendar=flat", "start_date=2007-07-01",
    "programme.sanction.capacity=12", "programme.sanction_certainty=0.7",
)  # fmt: skip
# Where the figures come from. The US programme runs at the fidelity of the studies: enough capacity to keep promises.
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "goteborg": ("site=goteborg", "programme=gvi", "calendar=flat", "start_date=2023-05-16", "years=1"),
        "us_midsize": (*_US, "years=1"),
    }
)
FUNNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "asking": ("site=orebro", "programme=gvi", "start_date=2022-10-01", "years=0.5"),
        "entering": ("site=malmo", "programme=gvi", "start_date=2018-10-15", "years=2.4"),
    }
)
LASTING = (*_US, "years=5", "exit.offer_rate=0")
"""Where it is seen how the effect goes on, without offers of help, which work without the promise."""
CERTAINTIES = (0.0, 0.5, 1.0)
LATE = slice(2, 5)
Told = Callable[[str], None]


class MechanismFigures(NamedTuple):
    """What each draw does, float64 [draws]: ``treated`` and ``others`` by place, and the funnel's shares.

    ``by_year`` [certainties, draws, years]: all attacks with the programme over those without it, in ``LASTING``, by
    certainty of sanctions (``CERTAINTIES``).
    """

    treated: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    asking: np.ndarray
    entering: np.ndarray
    completing: np.ndarray
    by_year: np.ndarray

    @property
    def pooled(self) -> np.ndarray:
        """Treated groups' ratio, the geometric mean over places."""
        return np.asarray(np.exp(np.mean([np.log(ratio) for ratio in self.treated.values()], axis=0)))

    @property
    def spillover(self) -> np.ndarray:
        """The effect on other groups as a share of the direct effect, both pooled."""
        others = np.exp(np.mean([np.log(ratio) for ratio in self.others.values()], axis=0))
        return np.asarray((1.0 - others) / np.maximum(1.0 - self.pooled, 0.02))

    @property
    def late(self) -> np.ndarray:
        """Share of attacks averted in years 3 to 5 by certainty [certainties, draws]."""
        return np.asarray(1.0 - self.by_year[:, :, LATE].mean(axis=2))

    @property
    def five_years(self) -> np.ndarray:
        """Share of a city's attacks averted in five years, at the middle certainty."""
        return np.asarray(1.0 - self.by_year[1].mean(axis=1))

    @property
    def third_over_first(self) -> np.ndarray:
        """The effect of the third year over that of the first, at certainty 1."""
        first, third = 1.0 - self.by_year[-1][:, 0], 1.0 - self.by_year[-1][:, 2]
        return np.asarray(third / np.maximum(first, 1e-3))

    @property
    def without_deeds(self) -> np.ndarray:
        """What is averted in years 3 to 5 at certainty 0, over what is averted at certainty 1."""
        return np.asarray(self.late[0] / np.maximum(self.late[-1], 0.02))


def measured_figures(ensemble: StoredEnsemble, *, runs: int, tell: Told = lambda _: None) -> MechanismFigures:
    """Run every draw ``runs`` times in every place, with and without the programme; two places at a time."""
    jobs = [(name, ensemble, runs) for name in ("lasting", *PLACES, *FUNNELS)]
    found = {}
    with ProcessPoolExecutor(2) as pool:
        for (name, *_), figure in zip(jobs, pool.map(_measured, *zip(*jobs, strict=True)), strict=True):
            found[name] = figure
            tell(f"{name}: {len(ensemble)} draws, {runs} runs each")
    treated, others = ({place: found[place][k] for place in PLACES} for k in (0, 1))
    completing = np.array([_completing(ensemble.overrides(draw)) for draw in range(len(ensemble))])
    return MechanismFigures(treated, others, found["asking"], found["entering"], completing, found["lasting"])


def _measured(name: str, ensemble: StoredEnsemble, runs: int) -> np.ndarray:
    if name == "lasting":
        return by_certainty(load_scenario(*LASTING), ensemble, runs)
    if name in PLACES:
        return np.array(ratios(load_scenario(*PLACES[name]), ensemble, runs))
    return _FUNNELS[name](load_scenario(*FUNNELS[name]), ensemble, runs)


def _run(arms: Iterable[Scenario], ensemble: StoredEnsemble, runs: int, *keep: str) -> tuple[InMemory, ...]:
    parameters = Parameters(ENSEMBLE, ensemble)
    count = runs * len(ensemble)
    return run_again(arms, seed=SEED, runs=count, make=default_engine(), keep=frozenset(keep), parameters=parameters)


def _by_draw(values: np.ndarray, ensemble: StoredEnsemble) -> np.ndarray:
    """Sums over the replicates of each draw: [replicates, ...] to [draws, ...]."""
    sums = np.zeros((len(ensemble), *values.shape[1:]))
    np.add.at(sums, Parameters(ENSEMBLE, ensemble).draws_of(len(values), SEED), values)
    return sums


def by_certainty(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> np.ndarray:
    """All attacks with the programme over those without it, by certainty of sanctions and year."""
    base = scenario.replace("programme.enabled=false")
    arms = (base, *(scenario.replace({"programme.sanction_certainty": certainty}) for certainty in CERTAINTIES))
    attacks = [_yearly(arm, ensemble) for arm in _run(arms, ensemble, runs)]
    return np.array([each / np.maximum(attacks[0], 1.0) for each in attacks[1:]])


def _yearly(arm: InMemory, ensemble: StoredEnsemble) -> np.ndarray:
    """Attacks by draw and year of the window."""
    modes = [SERIES.index(mode) for mode in ("shootings", "detonations")]
    months = arm.series[:, 0][:, :, modes].sum(axis=2)
    years = months[:, : months.shape[1] // 12 * 12].reshape(len(months), -1, 12).sum(axis=2)
    return _by_draw(years, ensemble)


def ratios(scenario: Scenario, ensemble: StoredEnsemble, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Attacks with the programme over attacks without it, by listed and by other groups [draws]."""
    base, with_it = _run((scenario.replace("programme.enabled=false"), scenario), ensemble, runs, "groups")
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


def _completing(values: Mapping[str, float | str]) -> float:
    """Share of ended stays that complete, when nothing but dropping out competes (Gamma stay, constant hazard)."""
    shape, days = float(str(entry("exit.duration_shape").value)), float(str(entry("exit.duration_days").value))
    stayed = (1.0 + dropout_rate(float(values["exit.dropout_per_month"])) * days / shape) ** -shape
    return float(stayed * float(values["exit.completion"]))


def misfit_of(measured: MechanismFigures) -> np.ndarray:
    """How well each candidate meets the targets beside the treated groups' ratio, 1 at the middle of all [draws]."""
    fit = TARGETS["asking"].weight(measured.asking) * TARGETS["entering"].weight(measured.entering)
    fit = fit * TARGETS["completing"].weight(measured.completing)
    fit = fit * TARGETS["five years"].weight(measured.five_years)
    shows = measured.pooled < HARDLY_ANY  # a share of an effect that is hardly there says nothing
    spread = np.where(shows, TARGETS["spillover"].weight(measured.spillover), FIT_OF_NO_EFFECT)
    silent = np.maximum(measured.without_deeds - MOST_WITHOUT_DEEDS / 2.0, 0.0) / (MOST_WITHOUT_DEEDS / 3.0)
    third = measured.third_over_first
    seen = (third <= FADED) | ((third >= STEADY[0]) & (third <= STEADY[1]))
    return np.asarray(fit * spread * np.where(shows, np.where(seen, RATHER, 1.0) * np.exp(-0.5 * silent**2), 1.0))


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
