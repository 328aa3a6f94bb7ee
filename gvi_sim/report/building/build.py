"""From results to what a report shows: comparisons and sweeps as plain numbers in readable units."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.decomposition.spending import spending_of
from ...analysis.inference.estimates import row, rows_of
from ...analysis.pairs.effect_text import LONGEST_NAME, listed_rows
from ...analysis.pairs.pairing import both_sides
from ...config.leaves import flat_of
from ...config.sourced_value import shown
from ...experiment.design import as_word
from ...language.catalogue import printable
from ..views.distributions import fan, lorenz_view, monthly_counts, span_for, year_of
from ..views.parameter_table import resting, sources_of
from ..views.view import Array, Fan, Lorenz, NotRunning, Pairing, RunView
from ..views.years import YearRow
from .build_validation import validation_of
from .disclosure_control import check_size
from .origins import origin_of

if TYPE_CHECKING:
    from ...analysis.pairs.effect import Effect
    from ...config import Scenario
    from ...simulate import Runs

MAIN = "shootings"
MUST_SIGN = ("police", "municipality", "probation")


def run_view(effect: Effect, command: str = "") -> RunView:
    """Everything that the report of ``effect`` shows; ``command`` as somebody typed it, if anybody did."""
    scenario = effect.scenario.scenario
    check_size(scenario)
    rests = resting(scenario)
    return RunView(
        origin=origin_of(effect, (scenario,), command or run_command(effect)),
        rows=rows_of(effect.outcomes, "outcome"),
        by_year=_years(effect),
        by_mode=rows_of(effect.by_mode, "mode"),
        by_listed=listed_rows(effect, effect.by_listed),
        fans=fans_of(effect.base, effect.scenario),
        lorenz=lorenz_of(effect.base, effect.scenario),
        seen_fewer=seen_fewer(*(runs.outcomes[MAIN].to_numpy(np.float64) for runs in (effect.base, effect.scenario))),
        ranges=(_range(effect.base), _range(effect.scenario)),
        programme_start=programme_year(scenario, "start_date"),
        programme_stop=programme_year(scenario, "stop_date"),
        resting=rests,
        sources=sources_of(rests),
        not_running=idle_sites(scenario),
        warnings=own_warnings(effect.warnings),
        pairing=_pairing(effect),
        validation=validation_of(effect),
        doubt=effect.uncertainty(),
        both_sides=set_on_both_sides(scenario),
        spending=spending_of(effect),
    )


def set_on_both_sides(scenario: Scenario) -> tuple[str, ...]:
    """ "exit.places=20" for every key that was set and holds with and without the programme."""
    values: Mapping[str, Any] = flat_of(scenario)
    return tuple(
        f"{key}={shown(values[key])}" if isinstance(values[key], tuple | Mapping) else as_word(key, values[key])
        for key in both_sides(scenario)
    )


def _pairing(effect: Effect) -> Pairing:
    found = effect.certificate
    return Pairing(found.zero_dose_runs, found.variance_ratio, found.created_share)


def worst_pairing(certificates: Any) -> Pairing:
    """The worst of a table of certificates, one row a comparison."""
    ratios, created = (certificates[name].to_numpy(np.float64) for name in ("variance_ratio", "created_share"))
    return Pairing(
        int(certificates["zero_dose_runs"].min()),
        float(np.nanmax(ratios)) if np.isfinite(ratios).any() else float("nan"),
        float(np.nanmax(created)) if np.isfinite(created).any() else float("nan"),
        len(certificates),
    )


def _years(effect: Effect) -> tuple[YearRow, ...]:
    frame = effect.by_year
    frame = frame[frame["outcome"] == MAIN]
    return tuple(YearRow(int(r["year"]), r["starts"], row(MAIN, r)) for r in frame.to_dict("records"))


def fans_of(base: Runs, scenario: Runs) -> tuple[Fan, Fan]:
    """Fan charts of shootings in both arms, with the same months to a point."""
    counts = [monthly_counts(runs.series, MAIN) for runs in (base, scenario)]
    months = span_for(counts[0])
    first, second = (fan(count, base.scenario.start_date, months) for count in counts)
    return first, second


def lorenz_of(base: Runs, scenario: Runs) -> tuple[Lorenz, Lorenz]:
    """Lorenz curves of both arms."""
    first, second = (lorenz_view(runs.table("groups"), runs.outcomes) for runs in (base, scenario))
    return first, second


def seen_fewer(base: Array, scenario: Array) -> float:
    """Share of pairs of different runs in which ``scenario`` has the lower count; ties count half."""
    below = np.searchsorted(np.sort(base), scenario, side="right")
    at_most = np.searchsorted(np.sort(base), scenario, side="left")
    own = (scenario < base) + 0.5 * (scenario == base)
    others = len(base) - 0.5 * (below + at_most) - own
    return float(others.sum() / (len(base) * (len(base) - 1)))


def _range(runs: Runs) -> tuple[float, float]:
    low, high = np.quantile(runs.outcomes[MAIN].to_numpy(np.float64), (0.05, 0.95))
    return float(low), float(high)


def programme_year(scenario: Scenario, key: str) -> float | None:
    """The earliest start (or stop) of a programme that runs, as a year with decimals."""
    dates = [getattr(site.programme, key) for site in scenario.each_site() if site.programme_runs()[0]]
    known = [moment for moment in dates if moment is not None]
    return year_of(min(known)) if known else None


def idle_sites(scenario: Scenario) -> tuple[NotRunning, ...]:
    """Sites whose programme does not run, and why."""
    return tuple(_idle(site) for site in scenario.each_site() if not site.programme_runs()[0])


def _idle(site: Scenario) -> NotRunning:
    name = printable(site.site.name, LONGEST_NAME)
    missing = tuple(name for name in MUST_SIGN if not getattr(site.partners, name).signed)
    if not site.programme.enabled:
        return NotRunning(name, "off")
    if missing:
        return NotRunning(name, "partners", missing)
    return NotRunning(name, "coverage")


def own_warnings(warnings: Iterable[str]) -> tuple[str, ...]:
    """Warnings of the run but those of programmes that do not run: ``idle_sites`` tells them."""
    return tuple(text for text in warnings if ": the programme does not run" not in text)


def run_command(effect: Effect) -> str:
    """The command that gives this comparison again, from the scenario file in its folder."""
    path = str((effect.folder / "scenario.yaml") if effect.folder else "scenario.yaml")
    return command_line("run", [path], effect.replicates, effect.seed)


def command_line(name: str, words: Sequence[str], replicates: int, seed: int) -> str:
    """A command of gvi-sim as one line for a shell."""
    return shlex.join(["gvi-sim", name, *words, "--replicates", str(replicates), "--seed", str(seed)])
