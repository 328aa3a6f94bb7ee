"""An effect in plain words: what the model says, how sure it is, and when it cannot tell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..evidence import find
from ..simulate import told_window
from .intervals import Estimate
from .verdict import Verdict

if TYPE_CHECKING:
    from .effect import Effect
    from .uncertainty import Interval, Uncertainty

TOLD = {
    "shootings": "shootings",
    "detonations": "detonations",
    "persons_hit": "persons hit",
    "persons_killed": "persons killed",
    "person_years_detained": "person-years detained",
    "completed": "completed exits",
    "cost": "cost in MSEK",
}
IN_MILLIONS = frozenset({"cost"})
CAVEAT = (
    "The intervals cover chance in the simulation only, not doubt about the values behind it or the form of the model."
)
DRAWN_CAVEAT = (
    "Unless said, intervals are of the mean over the drawn values of the parameters, for chance in the simulation; "
    "the form of the model is in no interval."
)


def effect_summary(effect: Effect) -> str:
    """The summary of an effect: a heading, a line an outcome, listed groups, notes and the caveat."""
    scenario = effect.scenario.scenario
    lines = [
        f"{', '.join(effect.scenario.sites)}, {told_window(scenario)}; {effect.replicates} "
        f"pairs of runs, seed {effect.seed}. The model says, a run over the whole period:"
    ]
    lines += [f"  {told}: {in_words(_scaled(effect.row(name), name))}" for name, told in TOLD.items()]
    lines += [
        f"  shootings by {'listed groups' if row['groups'] == 'listed' else 'others'}: {in_words(_estimate(row))}"
        for row in effect.by_listed.to_dict("records")
        if row["outcome"] == "shootings"
    ]
    lines += [f"Note: {warning}" for warning in effect.warnings]
    doubt = effect.uncertainty()
    return "\n".join([*lines, *doubt_in_words(effect), CAVEAT if doubt is None else DRAWN_CAVEAT])


def doubt_in_words(effect: Effect) -> list[str]:
    """Where the doubt lies and what drives the answer, a line each; nothing for runs at the scenario's own values."""
    found = effect.uncertainty()
    if found is None:
        return []
    lines = [f"{len(found.drawn)} parameters were drawn, {found.draws} different draws in {found.runs} pairs of runs."]
    if found.parameters is None:
        lines.append(
            f"Chance and parameters: cannot tell them apart; that takes two runs or more of every draw (ask for "
            f"{2 * found.draws} pairs of runs)."
        )
    else:
        share = found.parameters
        lines.append(
            f"Of the differences between runs {1 - share.value:.0%} is chance and {share.value:.0%} (interval "
            f"{share.low:.0%} to {share.high:.0%}) the parameters."
        )
        lines.append(f"With both, {TOLD[found.outcome]} change by {_change(found.both)}.")
    return [*lines, drivers_in_words(effect, found)]


def drivers_in_words(effect: Effect, found: Uncertainty) -> str:
    """Which parameters drive the answer, with their shares and grades."""
    if not found.driving:
        return "Which parameters drive the answer: cannot tell from these runs."
    site = effect.scenario.scenario.site
    told, assumed = [], []
    for driver in found.driving:
        entry = find(driver.key, site.key, site.country)
        grade = "?" if entry is None else entry.grade
        assumed += [driver.key] if grade == "D" else []
        share = driver.share
        told.append(f"{driver.key} ({share.value:.0%}, {max(share.low, 0):.0%} to {share.high:.0%}; grade {grade})")
    rest = f" Assumptions without a measurement (grade D): {', '.join(assumed)}." if assumed else ""
    return f"What drives the answer, with its share of what the draws differ: {', '.join(told)}.{rest}"


def _change(ratio: Interval) -> str:
    return f"{ratio.value - 1:+.0%} (interval {ratio.low - 1:+.0%} to {ratio.high - 1:+.0%})"


def in_words(estimate: Estimate) -> str:
    """One estimate as a phrase: "48.2 instead of 60.1, 20 % fewer (interval 14 to 25 % fewer)"."""
    pair = f"{_number(estimate.scenario)} instead of {_number(estimate.base)}"
    if estimate.verdict == Verdict.NO_DIFFERENCE:
        return f"{_number(estimate.base)} in either, no run differs"
    change = f"change {_signed(estimate.difference)}, interval {_signed(estimate.low)} to {_signed(estimate.high)}"
    if estimate.verdict == Verdict.CANNOT_TELL:
        return f"cannot tell; {pair} ({change})"
    if not 0 < estimate.ratio_low:  # NaN too: nothing to take a share of
        return f"{pair} ({change})"
    span = f"interval {estimate.ratio_low - 1:+.0%} to {estimate.ratio_high - 1:+.0%}"
    return f"{estimate.verdict}; {pair}, {estimate.ratio - 1:+.0%} ({span})"


def _scaled(estimate: Estimate, name: str) -> Estimate:
    if name not in IN_MILLIONS:
        return estimate
    sums = ("base", "scenario", "difference", "low", "high", "precision_low", "precision_high", "se")
    return estimate._replace(**{field: getattr(estimate, field) / 1e6 for field in sums})


def _estimate(row: Mapping[Hashable, Any]) -> Estimate:
    return Estimate(*(row[field] for field in Estimate._fields))


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + _number(value)
