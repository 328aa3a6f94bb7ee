"""What a plan will take, told before it runs; the impossible is refused.

Time follows from what a run is made of (work.py) and how long the engine takes for each (speed.py, measured),
and from the pilots that find the reference constants; memory from the rows a run leaves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ...errors import Message, ResourceError
from ...units import MONTHS_PER_YEAR
from ...world import state
from ...world.columns import dtype_of
from ...world.tables import SUMS, TABLES
from ..planning.batch import ENGINES_KEPT
from ..planning.machine import memory_bytes
from ..planning.plan import BATCH, Plan
from ..planning.years import OF_YEARS, YEARS
from ..workers.pool import usable_cpus
from .run_counts import Work, expected_attacks, is_found, of_pilot, of_run, uncounted_years
from .speed import SECONDS

if TYPE_CHECKING:
    from ...config import Scenario

LONGEST_SECONDS = 600.0
MEMORY_SHARE = 0.5
SECONDS_TO_BUILD = 0.02  # once an arm, and for every run where a lever of a user's own acts
BATCH_SECONDS = 0.25
WORTH_WORKERS = 4.0  # starting workers takes a second or two, so shorter work is done where it is
WITH_DRAWS = 1.5  # what the pilots for an ensemble's draws add to those at the scenario's own values
COPIES = 3.0  # a table while it is put together, and as the frame a user reads
FEWEST_ROWS = 2_000.0  # the builder makes room for at least so many persons
TIES_A_GROUP = 16.0


# The key to lower when this is what a run spends its time on.
BEHIND: Mapping[str, str] = MappingProxyType(
    {
        "attack": "site.attacks_per_year",
        "member_year": "site.members",
        "arrest": "justice.other_arrest_rate_per_year",
        "offer": "exit.usual_offer_rate_per_year",
        "spell": "membership.spell_years (longer spells)",
        "summons": "programme.call_in.summoned",
        "summons_and_member": "site.members, programme.call_in.summoned",
        "notification": "programme.notification.per_month",
        "notification_and_member": "site.members, programme.notification.per_month",
        "after_attack": "programme.notification.per_month",
        "audit": "programme.audit_every_days (longer)",
        "audit_and_member": "site.members, programme.audit_every_days (longer)",
    }
)


class Size(NamedTuple):
    """What one run of a scenario is made of."""

    sites: int
    groups: float
    members: float
    years: float
    burn_in: float
    attacks: float  # expected in the window


class Needs(NamedTuple):
    """What a plan needs: processor seconds, bytes of memory at its peak, those of its worlds alone, and the seconds
    of its pilots, which run before it (0 from then on: what they find is kept).
    """

    seconds: float
    memory: float
    worlds: float = 0.0
    pilots: float = 0.0

    def clock(self, workers: int) -> float:
        """Seconds on the clock with so many workers; pilots run before them, one after the other."""
        return self.seconds / min(workers, usable_cpus()) + self.pilots


def size(scenario: Scenario) -> Size:
    """Groups, members, years and expected attacks of one run, sites added up."""
    sites = scenario.each_site()
    return Size(
        sites=len(sites),
        groups=sum(site.site.groups for site in sites),
        members=sum(site.site.members for site in sites),
        years=scenario.years,
        burn_in=uncounted_years(scenario),
        attacks=math.fsum(expected_attacks(site) for site in sites),
    )


def run_seconds(scenario: Scenario) -> float:
    """Processor seconds one run is expected to take."""
    return of_run(scenario).times(SECONDS)


def pilot_seconds(scenario: Scenario) -> float:
    """Processor seconds it takes to find the reference constants, once for a business as usual."""
    return math.fsum(of_pilot(site).times(SECONDS) for site in scenario.each_site() if not is_found(site))


def run_bytes(scenario: Scenario, keep: frozenset[str], *, whole_series: bool) -> float:
    """Bytes one run leaves: outcomes, series and the kept tables."""
    it = size(scenario)
    sizes = {
        "attacks": it.attacks,
        "persons": persons_ever(scenario),
        "member_years": it.members * it.years,
        "arrests": it.members * it.years * scenario.justice.other_arrest_rate_per_year,
        "groups": it.groups,
        "sites": it.sites,
        "site_years": it.sites * it.years,
        "site_months": it.sites * it.years * MONTHS_PER_YEAR,
    }
    kept = {**TABLES, YEARS: OF_YEARS}
    tables = [kept[name] for name in keep] + [SUMS["outcomes"]] + [SUMS["series"]] * whole_series
    return math.fsum(table.expected_rows(sizes) * table.dtype.itemsize for table in tables)


def persons_ever(scenario: Scenario) -> float:
    """Persons of one run: members, and recruits for those who leave."""
    spells = (scenario.years + uncounted_years(scenario)) / scenario.membership.spell_years
    return size(scenario).members * (1 + (spells if scenario.membership.turnover else 0.0))


def world_bytes(scenario: Scenario) -> float:
    """Bytes of the arrays one run works in; those that are outgrown are doubled."""
    it = size(scenario)
    person, group, tie, slot, log = (
        dtype_of(columns).itemsize for columns in (state.PERSON, state.GROUP, state.TIE, state.SLOT, state.LOG)
    )
    # Only those to whom something happens get a row: arrests and offers count, and each attack takes a few.
    attacks = it.attacks * (1 + it.burn_in / it.years)
    rows = FEWEST_ROWS + 4 * attacks + 0.5 * persons_ever(scenario)
    return float(2 * rows * person + it.groups * (group + TIES_A_GROUP * tie) + it.members * slot + 2 * attacks * log)


def needs(plan: Plan, *, in_memory: bool, workers: int | None = None) -> Needs:
    """What ``plan`` takes; a plan that goes to a folder holds only a batch in memory at a time."""
    arms = list(dict(zip(plan.keys, plan.arms, strict=True)).values())
    scenarios = [arm.scenario for arm in arms]
    each_run = [run_seconds(arm.scenario) + (SECONDS_TO_BUILD if arm.levers else 0.0) for arm in arms]
    seconds = math.fsum(each * plan.replicates + SECONDS_TO_BUILD for each in each_run)
    count = choose_workers(workers, Needs(seconds, 0.0))
    each = [run_bytes(scenario, plan.keep, whole_series=plan.whole_series) for scenario in scenarios]
    at_once = min(plan.batch, plan.replicates) * count
    held = COPIES * (math.fsum(each) * plan.replicates if in_memory else max(each) * at_once)
    worlds = count * math.fsum(sorted(map(world_bytes, scenarios))[-ENGINES_KEPT:])
    pilots = max(map(pilot_seconds, scenarios)) * (1.0 if plan.parameters is None else WITH_DRAWS)
    return Needs(seconds, held + worlds, worlds, pilots)


def batch_size(scenario: Scenario) -> int:
    """Replicates to a batch, so that one of this scenario takes about a quarter of a second; at most 50."""
    return max(1, min(BATCH, round(BATCH_SECONDS / run_seconds(scenario))))


def choose_workers(workers: int | None, needed: Needs) -> int:
    """``workers``, or as many as there are processors when the work is worth starting them."""
    if workers is not None:
        return workers
    return usable_cpus() if needed.seconds > WORTH_WORKERS else 1


def check_needs(plan: Plan, needed: Needs, *, workers: int, force: bool) -> None:
    """ResourceError when ``plan`` would take over ten minutes or over half of the memory, unless ``force``."""
    seconds = needed.clock(workers)
    memory = memory_bytes() * MEMORY_SHARE
    if force or (seconds <= LONGEST_SECONDS and needed.memory <= memory):
        return
    it = size(plan.arms[0].scenario)
    raise ResourceError(
        "too-much",
        time=spoken_time(seconds),
        pilots=_of_pilots(needed),
        memory=spoken_bytes(needed.memory),
        runs=plan.total,
        years=it.years,
        burn_in=it.burn_in,
        members=it.members,
        attacks=it.attacks,
        most_time=spoken_time(LONGEST_SECONDS),
        most_memory=spoken_bytes(memory),
        advice=_advice(plan, seconds, needed, memory),
    )


def _of_pilots(needed: Needs) -> Message | str:
    if needed.pilots <= LONGEST_SECONDS:
        return ""
    return Message("too-much/pilots", time=spoken_time(needed.pilots))


def _advice(plan: Plan, seconds: float, needed: Needs, most_memory: float) -> Message:
    if needed.worlds > most_memory:
        return Message("too-much/worlds", busiest=_busiest(plan))
    if needed.pilots > LONGEST_SECONDS:
        return Message("too-much/busy", busiest=_busiest(plan))
    if seconds > LONGEST_SECONDS:
        fewer = max(1, int(plan.replicates * LONGEST_SECONDS / seconds))
        return Message("too-much/replicates", fewer=fewer, busiest=_busiest(plan))
    fewer = max(1, int(plan.replicates * most_memory / needed.memory))
    return Message("too-much/memory", fewer=fewer)


def _busiest(plan: Plan) -> str:
    """The key behind what the runs of the slowest scenario spend most of their time on."""
    slowest = max((of_run(arm.scenario) for arm in plan.arms), key=lambda counts: counts.times(SECONDS))
    spent = [count * each for count, each in zip(slowest, SECONDS, strict=True)]
    return BEHIND.get(Work._fields[spent.index(max(spent))], "site.members, site.attacks_per_year")


def spoken_time(seconds: float) -> Message:
    """A time as people say it: "40 seconds", "12 minutes", "3.2 hours", "2 days"."""
    for name, length in (("years", 31557600.0), ("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 1.5 * length:
            return Message("amount/time", count=seconds / length, unit=name)
    return Message("amount/time", count=seconds, unit="seconds")


def spoken_bytes(count: float) -> Message:
    """A size as people say it: "310 MB", "4.2 GB"."""
    for name, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= length:
            return Message("amount/bytes", count=count / length, unit=name)
    return Message("amount/bytes", count=count / 1e3, unit="kB")
