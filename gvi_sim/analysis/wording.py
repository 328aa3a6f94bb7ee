"""An effect in plain words: what the model says, how sure it is, and when it cannot tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..evidence import find
from ..language.catalogue import printable
from ..simulate import told_window
from .intervals import Estimate
from .verdict import Verdict

if TYPE_CHECKING:
    from ..config import Scenario
    from .effect import Effect
    from .uncertainty import Uncertainty

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
MEASURED = frozenset({"person_years_detained", "cost"})
LONGEST_NAME = 60
FEW_RUNS = 100  # below this it is said that intervals are wide
CAVEAT = (
    "Words and intervals cover chance in the simulation at these values only, not doubt about the values behind it or "
    "the form of the model."
)
DRAWN_CAVEAT = (
    "Intervals are of the effect as it is known, over the drawn values of the parameters; the form of the model is in "
    "no interval."
)


def place_name(*scenarios: Scenario) -> str:
    """The sites' names, or of more than three the first and how many there are beside it."""
    sites = (site for scenario in scenarios for site in scenario.each_site())
    names = list(dict.fromkeys(printable(site.site.name, LONGEST_NAME) for site in sites))
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} + {len(names) - 1}"


def notes(replicates: int, warnings: Iterable[str]) -> list[str]:
    """A line for every warning; of runs too few for intervals worth having first of all."""
    few = [f"only {replicates} runs: intervals are wide. 200 or more are advised."] if replicates < FEW_RUNS else []
    return [f"Note: {warning}" for warning in (*few, *warnings)]


def effect_summary(effect: Effect) -> str:
    """The summary of an effect: a heading, a line an outcome, listed groups, notes and the caveat."""
    scenario = effect.scenario.scenario
    lines = [
        f"{', '.join(effect.scenario.sites)}, {told_window(scenario)}; {effect.replicates} "
        f"pairs of runs, seed {effect.seed}. The model says, a run over the whole period:"
    ]
    lines += [
        f"  {told}: {in_words(_scaled(effect.row(name), name), counted=name not in MEASURED)}"
        for name, told in TOLD.items()
    ]
    lines += [
        f"  shootings by {'listed groups' if row['groups'] == 'listed' else 'others'}: {in_words(_estimate(row))}"
        for row in effect.by_listed.to_dict("records")
        if row["outcome"] == "shootings"
    ]
    lines += notes(effect.replicates, effect.warnings)
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


def in_words(estimate: Estimate, *, counted: bool = True) -> str:
    """One estimate as a phrase: "48.2 instead of 60.1, −20% (−31% to −12%), likely fewer"; what is not ``counted`` is
    lower or higher.
    """
    pair = f"{_number(estimate.scenario)} instead of {_number(estimate.base)}"
    if estimate.verdict == Verdict.NO_DIFFERENCE:
        return f"{_number(estimate.base)} in either, {estimate.verdict}"
    if estimate.ratio == estimate.ratio:
        ends = (f"{end - 1:+.0%}" for end in (estimate.ratio, estimate.ratio_low, estimate.ratio_high))
    else:  # nothing to take a share of
        ends = (_signed(end) for end in (estimate.difference, estimate.low, estimate.high))
    change, low, high = (end.replace("-", "\u2212") for end in ends)
    return f"{pair}, {change} ({low} to {high}), {estimate.verdict if counted else estimate.verdict.measured}"


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
