"""From a scenario to the arrays that the kernel works on, and how those arrays grow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .. import draws
from ..config import Scenario
from ..errors import ResourceError
from ..units import DAYS_PER_YEAR
from . import codes as C
from . import network, population, state, tables
from .calendar import calendar_table, shock_rows
from .columns import Array, dtype_of, table
from .parameters import day_of, site_parameters
from .state import World

_SPARE = 256


@dataclass(frozen=True)
class Reference:
    """Candidates per attack at reference, of background attacks and of offspring."""

    background: float
    offspring: float


@dataclass(frozen=True)
class Plan:
    """What all replicates of a scenario share."""

    sites: tuple[Scenario, ...]
    par: Array
    calendar: Array
    shocks: Array
    given_ties: Array
    group_site: Array
    group_key: Array
    start: float
    window: tuple[float, float]
    keep: frozenset[str]

    @property
    def months(self) -> int:
        """Months of the window, the last one possibly cut short."""
        first, last = self.window
        return max(int(math.ceil((last - first) / tables.MONTH_DAYS - 1e-9)), 1)


def window_of(scenario: Scenario) -> tuple[float, float]:
    """First and last day of the comparison: from day 0, or from the first programme start before it.

    The programme's date counts whether or not it is enabled, so that both arms of a comparison agree.
    """
    starts = [day_of(s, s.programme.start_date) for s in scenario.each_site()]
    return min(0.0, *starts), scenario.years * DAYS_PER_YEAR


def _calendars(sites: tuple[Scenario, ...], first: float, last: float, par: Array) -> Array:
    made = [calendar_table(s, first, last) for s in sites]
    days = max(len(t) for t in made)
    stacked = np.empty((len(sites), days, C.CALENDAR_COLUMNS))
    for k, t in enumerate(made):
        stacked[k, : len(t)] = t
        stacked[k, len(t) :] = t[-1]
        par[k]["calendar_start"] = first
        par[k]["calendar_days"] = len(t)
    return stacked


def _place_groups(sites: tuple[Scenario, ...], par: Array) -> tuple[Array, Array]:
    site_of, keys, first = [], [], 0
    for k, s in enumerate(sites):
        n = s.site.groups
        par[k]["first_group"], par[k]["groups"], par[k]["side"] = first, n, math.sqrt(n)
        par[k]["tied_by_table"] = float(bool(s.site.ties))
        if not s.site.ties:
            ranges = network.solve_ranges(n, s.site.rivals_mean, s.site.allies_mean)
            for name, value in zip(("rival_chance", "rival_range", "ally_chance", "ally_range"), ranges, strict=True):
                par[k][name] = value
        site_of += [k] * n
        keys.append(draws.child_keys(int(par[k]["key"]), draws.TAG_GROUP, n))
        first += n
    return np.array(site_of, dtype=np.int64), np.concatenate(keys)


def make_plan(scenario: Scenario, references: tuple[Reference, ...], keep: frozenset[str] = frozenset()) -> Plan:
    """Everything that does not depend on the replicate."""
    sites = scenario.each_site()
    pairs = zip(sites, references, strict=True)
    par = np.concatenate([site_parameters(s, r.background, r.offspring) for s, r in pairs])
    window = window_of(scenario)
    start = window[0] - math.ceil(scenario.burn_in_years * DAYS_PER_YEAR)
    group_site, group_key = _place_groups(sites, par)
    calendar = _calendars(sites, math.floor(start), window[1], par)
    shocks = np.concatenate([shock_rows(s, k) for k, s in enumerate(sites)])
    given = network.ties_from_tables(sites)
    return Plan(
        sites, par.view(np.recarray), calendar, shocks.view(np.recarray), given, group_site, group_key, start,
        window, keep,
    )  # fmt: skip


def _most_at_once(plan: Plan) -> int:
    """Rows that one event may add to any log at the most: a pool's worth, a call-in, a burst, a cascade."""
    doses = plan.par["call_in_summoned"] + plan.par["burst"] + plan.par["notifications_per_month"]
    return int(_SPARE + 3 * _pool_places(plan) + 4 * float(doses.max()))


def _pool_places(plan: Plan) -> int:
    largest = float((plan.par["members"] / plan.par["groups"]).max())
    return int(largest + 8 * math.sqrt(largest) + 16)


def new_world(plan: Plan) -> World:
    """Empty arrays of a size that most runs never outgrow."""
    groups = len(plan.group_site)
    members = int(plan.par["members"].sum())
    reserve = _most_at_once(plan)
    pool = _pool_places(plan)
    rows = reserve + 4096
    sites = len(plan.sites)
    # At the start every group has an event on the heap, and one more for each shock.
    events = (2 + len(plan.shocks)) * groups + rows
    w = World(
        par=plan.par,
        calendar=plan.calendar,
        shocks=plan.shocks,
        state=table(state.STATE, 1),
        sites=table(state.SITE, sites),
        groups=table(state.GROUP, groups),
        tie_start=np.zeros(groups + 1, dtype=np.int64),
        ties=table(state.TIE, 16 * groups),
        walk_leave=np.zeros((groups, pool)),
        pool=np.zeros((groups, pool), dtype=dtype_of(state.POOL)).view(np.recarray),
        persons=table(state.PERSON, 4 * members + rows),
        heap=table(state.HEAP, events),
        events=table(state.EVENT, events),
        log=table(state.LOG, rows),
        victims=table(state.VICTIM, rows),
        spells=table(state.SPELL, rows if "spells" in plan.keep else 1),
        stays=table(state.STAY, rows),
        sanctions=table(state.SANCTION, rows),
        doses=table(state.DOSE, rows if "doses" in plan.keep else 1),
        tally=np.zeros((sites, plan.months + 2, tables.TALLY_COLUMNS)),
        picks=table(state.PICK, max(int(plan.par["call_in_summoned"].max()), 1)),
    )
    w.state[0].reserve = reserve
    w.state[0].keep_spells = int("spells" in plan.keep)
    w.state[0].keep_doses = int("doses" in plan.keep)
    return w


_BUFFERS = {
    C.EVENTS_FULL: ("events", "heap"),
    C.LOG_FULL: ("log",),
    C.PERSONS_FULL: ("persons",),
    C.VICTIMS_FULL: ("victims",),
    C.SPELLS_FULL: ("spells",),
    C.STAYS_FULL: ("stays",),
    C.SANCTIONS_FULL: ("sanctions",),
    C.DOSES_FULL: ("doses",),
}


MOST_BYTES = 4 * 2**30
"""No single table grows beyond this; a supercritical run would take all the memory there is."""


def _doubled(array: Array, axis: int) -> Array:
    shape = list(array.shape)
    shape[axis] = 2 * shape[axis] + 16
    if math.prod(shape) * array.itemsize > MOST_BYTES:
        raise ResourceError(
            f"A table of one run would grow beyond {MOST_BYTES / 2**30:g} GB ({shape[axis]:,} rows). The number of "
            "attacks explodes or the horizon is too long: lower the kappas (their sum n must be below 1), "
            "site.attacks_per_year, site.members or years."
        )
    bigger = np.zeros(shape, dtype=array.dtype)
    bigger[tuple(slice(0, n) for n in array.shape)] = array
    return bigger.view(np.recarray) if isinstance(array, np.recarray) else bigger


def grow(w: World, code: int) -> World:
    """The same world with the buffer that ``advance`` named twice as large; nothing in it changes."""
    if code == C.POOL_FULL:
        w.state[0].reserve += 3 * w.pool.shape[1]
        return w.replace(walk_leave=_doubled(w.walk_leave, 1), pool=_doubled(w.pool, 1))
    if code == C.TALLY_FULL:
        return w.replace(tally=_doubled(w.tally, 1))
    return w.replace(**{name: _doubled(getattr(w, name), 0) for name in _BUFFERS[code]})


def _reset(w: World, plan: Plan) -> None:
    kept = {name: w.state[name][0] for name in ("reserve", "keep_spells", "keep_doses")}
    for array in (w.state, w.sites, w.groups):
        array[:] = np.zeros(1, dtype=array.dtype)[0]
    for name, value in kept.items():
        w.state[name] = value
    w.tally[:] = 0.0
    w.groups["site"] = plan.group_site
    w.groups["key"] = plan.group_key


def populate(w: World, plan: Plan, run: int) -> World:
    """Draw the groups of one replicate, their ties and rates; returns the world, possibly with larger tables."""
    _reset(w, plan)
    key = np.uint64(run)
    population.draw_groups(w, key)
    needed = network.generate_ties(w, key, plan.given_ties)
    while needed > len(w.ties):
        w = w.replace(ties=table(state.TIE, int(needed) + 16))
        needed = network.generate_ties(w, key, plan.given_ties)
    network.normalise_ties(w)
    population.set_rates(w)
    return _make_room(w)


def _make_room(w: World) -> World:
    largest = int(w.groups["members"].max())
    while w.pool.shape[1] < largest + 8 * math.isqrt(largest) + 16:
        w = grow(w, C.POOL_FULL)
    return w
