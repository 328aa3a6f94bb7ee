"""From a scenario to the arrays that the kernel works on, and how those arrays grow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..config import Scenario
from ..config.other_values import with_values
from ..config.timeline import stages
from ..errors import ResourceError
from ..kernel import draws
from ..units import month_edges, months_within
from . import codes as C
from . import network, state, tables
from .calendar import calendar_table, month_starts, shock_rows
from .columns import Array, empty_table
from .kernel_parameters import FRAME, kernel_day, site_parameters
from .state import World, plain_numbers

_SPARE = 256


@dataclass(frozen=True)
class Reference:
    """Candidates per attack at reference, of background attacks and of offspring."""

    background: float
    offspring: float


@dataclass(frozen=True)
class ArrayPlan:
    """What all replicates of a scenario share."""

    sites: tuple[Scenario, ...]
    par: Array
    stages: Array
    calendar: Array
    first_month: int
    month_starts: Array
    shocks: Array
    given_ties: Array
    group_site: Array
    group_key: Array
    start: float
    window: tuple[float, float]
    keep: frozenset[str]

    @property
    def recorded(self) -> frozenset[str]:
        """The tables whose rows are recorded as they happen."""
        return tables.kept_with(self.keep)

    def largest(self, name: str) -> float:
        """The largest value that a parameter has in any site at any time."""
        numbers = [float(self.par[name].max())]
        if len(self.stages):
            column = (self.par.dtype.names or ()).index(name)
            numbers.append(float(np.nanmax(self.stages[:, C.STAGE_HEAD + column])))
        return max(numbers)

    @property
    def months(self) -> int:
        """Months of the window, the last one possibly cut short."""
        return months_within(self.sites[0].start_date, self.window[1])


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


def _lay_out_groups(sites: tuple[Scenario, ...], par: Array) -> tuple[Array, Array]:
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


def stage_rows(sites: tuple[Scenario, ...], references: tuple[Reference, ...], par: Array) -> Array:
    """The rows of ``World.stages``: every site as it begins, then its values from each date of its timeline on."""
    running = [s if s.programme_runs()[0] else None for s in sites]
    later = [(k, stage) for k, s in enumerate(running) if s is not None for stage in stages(s)]
    if not later:
        return np.empty((0, C.STAGE_HEAD + plain_numbers(par).shape[1]))
    before = plain_numbers(par).copy()
    before[:, 0] = math.nan  # an address, which no stage changes
    rows = [np.concatenate([(k, math.nan), numbers]) for k, numbers in enumerate(before)]
    for k, (day, values) in later:
        made = site_parameters(with_values(sites[k], values), references[k].background, references[k].offspring)
        made[FRAME] = par[k][FRAME]
        numbers = plain_numbers(made)[0]
        changed = np.where(numbers == before[k], math.nan, numbers)
        changed[0] = math.nan
        rows.append(np.concatenate([(k, kernel_day(sites[k], day)), changed]))
        before[k] = numbers
    return np.array(rows)


def make_plan(scenario: Scenario, references: tuple[Reference, ...], keep: frozenset[str] = frozenset()) -> ArrayPlan:
    """Everything that does not depend on the replicate."""
    sites = scenario.each_site()
    pairs = zip(sites, references, strict=True)
    par = np.concatenate([site_parameters(s, r.background, r.offspring) for s, r in pairs])
    group_site, group_key = _lay_out_groups(sites, par)
    calendar = _calendars(sites, math.floor(scenario.begins), scenario.window[1], par)
    stages = stage_rows(sites, references, par)
    shocks = np.concatenate([shock_rows(s, k) for k, s in enumerate(sites)])
    given = network.ties_from_tables(sites)
    first_month, starts = month_starts(scenario.start_date, scenario.begins, scenario.window[1])
    return ArrayPlan(
        sites, par.view(np.recarray), stages, calendar, first_month, starts, shocks.view(np.recarray), given,
        group_site, group_key, scenario.begins, scenario.window, keep,
    )  # fmt: skip


def _most_at_once(plan: ArrayPlan) -> int:
    """Rows that one event may add to any log at the most, its group's members apart: a call-in, an attack, an audit."""
    doses = math.fsum(plan.largest(name) for name in ("call_in_summoned", "routine_per_month"))
    return int(_SPARE + len(plan.group_site) + 4 * doses)


def _tables(plan: ArrayPlan, rows: int) -> dict[str, Array]:
    """The tables of ``state.RECORDS``, of a size that most runs never outgrow."""
    groups, members = len(plan.group_site), int(plan.par["members"].sum())
    # At the start every group has three events on the heap, and one more for each shock.
    events = (3 + len(plan.shocks)) * groups + len(plan.stages) + rows
    sizes = {
        "settings": 1, "state": 1, "sites": len(plan.sites), "groups": groups, "ties": 16 * groups, "slots": members,
        "persons": rows, "heap": events, "events": events, "log": rows,
        **{name: rows if name in plan.recorded else 1 for name in tables.LOGGED},
    }  # fmt: skip
    return {name: empty_table(columns, sizes[name]) for name, columns in state.RECORDS.items()}


def new_world(plan: ArrayPlan) -> World:
    """Empty arrays of a size that most runs never outgrow."""
    groups, sites = len(plan.group_site), len(plan.sites)
    at_once = _most_at_once(plan)
    rows = at_once + 3 * int(math.ceil(float((plan.par["members"] / plan.par["groups"]).max()))) + 1024
    w = World(
        par=plan.par if len(plan.stages) == 0 else plan.par.copy(),
        stages=plan.stages,
        calendar=plan.calendar,
        months=plan.month_starts,
        tally_days=np.array(month_edges(plan.sites[0].start_date, plan.months + 2)),
        swings=np.zeros((sites, len(plan.month_starts) - 1)),
        shocks=plan.shocks,
        given_ties=plan.given_ties,
        tie_start=np.zeros(groups + 1, dtype=np.int64),
        cells=np.zeros(groups + 1, dtype=np.int64),
        tally=np.zeros((sites, plan.months + 2, tables.TALLY_COLUMNS)),
        outcomes=np.zeros((sites, len(tables.OUTCOMES))),
        attacks=np.zeros(rows if "attacks" in plan.keep else 1, dtype=tables.ATTACK).view(np.recarray),
        hashed=np.zeros(rows, dtype=tables.HASHED).view(np.recarray),
        **_tables(plan, rows),
    )
    w.settings[0].at_once = at_once
    w.settings[0].first_month = plan.first_month
    for name in tables.TABLES:
        w.settings[f"keep_{name}"] = name in plan.recorded
    return w


_BUFFERS = {
    C.EVENTS_FULL: ("events", "heap"),
    C.TIES_FULL: ("ties",),
    C.LOG_FULL: ("log",),
    C.PERSONS_FULL: ("persons",),
    **{C.RECORDS_FULL + number: (name,) for number, name in enumerate(tables.LOGGED)},
}


MOST_BYTES = 4 * 2**30
"""No single table grows beyond this; a supercritical run would take all the memory there is."""


FEWEST_TO_EXPLODE, MOST_TO_ONE = 5_000, 10
"""Attacks explode when there are more than so many, and so many to one that comes by itself."""


def _doubled(array: Array, axis: int) -> Array:
    shape = list(array.shape)
    shape[axis] = 2 * shape[axis] + 16
    if math.prod(shape) * array.itemsize > MOST_BYTES:
        raise ResourceError("table-explodes", most=MOST_BYTES / 2**30, rows=shape[axis])
    bigger = np.zeros(shape, dtype=array.dtype)
    bigger[tuple(slice(0, n) for n in array.shape)] = array
    return bigger.view(np.recarray) if isinstance(array, np.recarray) else bigger


def _refuse_explosion(w: World) -> None:
    """ResourceError when attacks set off one or more each and are far more by now than would come by themselves."""
    par, state = w.par, w.state[0]
    offspring = par["mean_factor"] * (par["kappa_retaliation"] + par["kappa_repeat"] + par["kappa_spread"])
    days = float(state["window_end"] - state["begun"])
    most = FEWEST_TO_EXPLODE + MOST_TO_ONE * days * float(par["attacks_per_day"].sum())
    if offspring.max() >= 1.0 and state["log_size"] > most:
        raise ResourceError(
            "attacks-explode",
            offspring=float(offspring.max()),
            tried=state["log_size"],
            day=float(state["now"]),
            days=float(state["window_end"]),
        )


def grow(w: World, code: int) -> World:
    """The same world with the buffer that ``advance`` named twice as large; nothing in it changes.

    ResourceError where it would grow without end.
    """
    _refuse_explosion(w)
    if code == C.TALLY_FULL:
        return w.replace(tally=_doubled(w.tally, 1))
    return w.replace(**{name: _doubled(getattr(w, name), 0) for name in _BUFFERS[code]})


def room_to_publish(w: World) -> World:
    """The same world with room for every candidate in what is published of a run."""
    rows = int(w.state["log_size"][0])
    wanted = {"hashed": rows, "attacks": rows if w.settings["keep_attacks"][0] else 0}
    small = {name: getattr(w, name) for name, n in wanted.items() if len(getattr(w, name)) < n}
    if not small:
        return w
    fresh = {name: np.zeros(len(w.log), dtype=array.dtype).view(np.recarray) for name, array in small.items()}
    return w.replace(**fresh)


def clear(w: World, plan: ArrayPlan) -> None:
    """Make the arrays ready for another run."""
    w.clear()
    w.groups["site"] = plan.group_site
    w.groups["key"] = plan.group_key
