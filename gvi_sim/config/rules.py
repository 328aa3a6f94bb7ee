"""Rules between keys: each refusal names both sides and has a rule name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ScenarioError
from .ages import widest_spread
from .leaves import flat_of
from .table_leaves import scaled_by
from .timeline import broken_timeline
from .tree import DatedFactors, Values

__all__ = ["RULES", "check"]

RULES = (
    "stop-before-start",
    "timeline-before-start",
    "timeline-after-stop",
    "extra-below-places",
    "groups-above-members",
    "rivals-above-groups",
    "allies-above-groups",
    "ties-index",
    "ties-self",
    "ties-twice",
    "ties-empty",
    "repeat-supercritical",
    "supercritical",
    "calendar-above-cap",
    "calendar-supercritical",
    "series-above-one",
    "delay-shares",
    "delay-order",
    "attribution-above-one",
    "attribution-contracted-above-one",
    "by-mode-above-one",
    "age-order",
    "age-bounds",
    "age-spread",
    "hired-age-order",
    "hired-age-spread",
)

_ROUNDING = 1e-9  # shares that sum to 1 on paper

Broken = Iterator[ScenarioError]


def check(values: Values) -> None:
    """Raise ScenarioError for the first rule that the values break; nothing when they agree."""
    for rules in (
        _dates,
        broken_timeline,
        _exit,
        _site,
        _ties,
        _attacks,
        _calendar,
        _series,
        _justice,
        _by_mode,
        _ages,
        _hired,
    ):
        for broken in rules(values):
            raise broken


def _dates(v: Values) -> Broken:
    start, stop = v.programme.start_date, v.programme.stop_date
    if stop is not None and stop <= start:
        yield ScenarioError("stop-before-start", stop=stop, start=start)


def _exit(v: Values) -> Broken:
    key = "programme.extra_places"
    dated = [int(str(stage.values[key])) for stage in v.timeline if key in stage.values]
    for extra in (v.programme.extra_places, *dated):
        if extra < -v.exit.places:
            yield ScenarioError("extra-below-places", extra=extra, places=v.exit.places)


def _site(v: Values) -> Broken:
    site = v.site
    if site.groups > site.members:
        yield ScenarioError("groups-above-members", groups=site.groups, members=site.members)
    for name, mean in (("rivals", site.rivals_mean), ("allies", site.allies_mean)):
        if mean > site.groups - 1 and not site.ties:
            yield ScenarioError(
                "ties-above-groups",
                rule=f"{name}-above-groups",
                name=name,
                mean=mean,
                others=site.groups - 1,
                groups=site.groups,
            )


def _ties(v: Values) -> Broken:
    seen: set[frozenset[int]] = set()
    for row in v.site.ties:
        a, b = row[:2]
        if frozenset((a, b)) in seen:
            yield ScenarioError("ties-twice", row=list(row))
        seen.add(frozenset((a, b)))
        if row[2] + row[3] <= 0.0:
            yield ScenarioError("ties-empty", row=list(row))
        if max(a, b) >= v.site.groups:
            yield ScenarioError("ties-index", row=list(row), groups=v.site.groups, last=v.site.groups - 1)
        if a == b:
            yield ScenarioError("ties-self", row=list(row))


def _attacks(v: Values) -> Broken:
    a, n = v.attacks, _offspring(v)
    if a.kappa_repeat >= 1:
        yield ScenarioError("repeat-supercritical", repeat=a.kappa_repeat)
    if n >= 1 and not a.allow_supercritical:
        yield ScenarioError(
            "supercritical", retaliation=a.kappa_retaliation, repeat=a.kappa_repeat, spread=a.kappa_spread, n=n
        )


def _offspring(v: Values) -> float:
    return v.attacks.kappa_retaliation + v.attacks.kappa_repeat + v.attacks.kappa_spread


def _calendar(v: Values) -> Broken:
    calendar, n = v.calendar, _offspring(v)
    highest = _largest(calendar.trend) * max(calendar.season, default=1.0)
    if highest > calendar.cap:
        yield ScenarioError("calendar-above-cap", highest=highest, cap=calendar.cap)
    if calendar.offspring and n * highest >= 1:
        yield ScenarioError("calendar-supercritical", n=n, highest=highest)


def _series(v: Values) -> Broken:
    flat = flat_of(v)
    for series_key, rows in v.calendar.series.items():
        for key in scaled_by(series_key):
            value, factor = flat[key], _largest(rows)
            if isinstance(value, float) and value * factor > 1:
                yield ScenarioError(
                    "series-above-one", series=series_key, factor=factor, name=key, value=value, product=value * factor
                )


def _largest(rows: DatedFactors) -> float:
    return max((factor for _, factor in rows), default=1.0)


def _justice(v: Values) -> Broken:
    j, delay = v.justice, v.justice.delay
    if delay.first_share + delay.middle_share > 1 + _ROUNDING:
        yield ScenarioError("delay-shares", first=delay.first_share, middle=delay.middle_share)
    if delay.middle_days <= delay.first_days:
        yield ScenarioError("delay-order", middle=delay.middle_days, first=delay.first_days)
    for name, value in (("attribution", j.attribution), ("attribution_contracted", j.attribution_contracted)):
        if value + j.attribution_error > 1 + _ROUNDING:
            yield ScenarioError(
                "attribution-above-one/sum",
                rule=f"{name.replace('_', '-')}-above-one",
                name=name,
                value=value,
                error=j.attribution_error,
            )


_BY_MODE = {
    "attacks.contracted_factor_detonation": "attacks.contracted_share",
    "justice.clearance_factor_detonation": "justice.clearance",
    "justice.attribution_factor_detonation": "justice.attribution",
}
"""Factors for detonations, and the keys of ``calendar.series`` whose values they multiply."""


def _by_mode(v: Values) -> Broken:
    flat = flat_of(v)
    for factor_key, series in _BY_MODE.items():
        factor, dated = float(str(flat[factor_key])), _largest(v.calendar.series.get(series, ()))
        error = v.justice.attribution_error if series == "justice.attribution" else 0.0
        for key in scaled_by(series):
            value = float(str(flat[key]))
            product = value * dated * max(factor, 1.0)
            if product + error > 1 + _ROUNDING:
                yield ScenarioError(
                    "by-mode-above-one", name=key, value=value, product=product, series=series, dated=dated,
                    factor_key=factor_key, factor=factor, most=1 - error,
                )  # fmt: skip


def _ages(v: Values) -> Broken:
    m = v.membership
    if not m.age_min < m.age_join_max < m.age_max:
        yield ScenarioError("age-bounds", lowest=m.age_min, join=m.age_join_max, highest=m.age_max)
        return
    youngest = m.age_min + (m.spell_years if m.turnover else 0.0)
    if m.age_mean <= youngest:
        yield ScenarioError("age-order", mean=m.age_mean, youngest=youngest, lowest=m.age_min, spell=m.spell_years)
        return
    above, room = m.age_mean - youngest, m.age_join_max - m.age_min
    if above >= room:
        yield ScenarioError(
            "age-order/above",
            mean=m.age_mean,
            oldest=m.age_join_max + youngest - m.age_min,
            join=m.age_join_max,
            years=youngest - m.age_min,
        )
    elif m.age_sd > (widest := widest_spread(above, room)):
        yield ScenarioError(
            "age-spread", sd=m.age_sd, widest=widest, lowest=m.age_min, join=m.age_join_max, mean=above + m.age_min
        )


def _hired(v: Values) -> Broken:
    mean, sd = v.attacks.hired_age_mean, v.attacks.hired_age_sd
    lowest, highest = v.membership.age_min, v.membership.age_join_max
    if not lowest < mean < highest:
        yield ScenarioError("hired-age-order", mean=mean, lowest=lowest, highest=highest)
    elif sd > (widest := widest_spread(mean - lowest, highest - lowest)):
        yield ScenarioError("hired-age-spread", sd=sd, widest=widest, lowest=lowest, highest=highest, mean=mean)
