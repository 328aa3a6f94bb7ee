"""Rules between keys: each refusal names both sides and has a rule name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ScenarioError
from .ages import widest_spread
from .leaves import flat_of
from .table_leaves import scaled_by
from .tree import DatedFactors, Values

__all__ = ["RULES", "check"]

RULES = (
    "stop-before-start",
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
    "age-order",
    "age-bounds",
    "age-spread",
)

_ROUNDING = 1e-9  # shares that sum to 1 on paper

Broken = Iterator[tuple[str, str]]


def check(values: Values) -> None:
    """Raise ScenarioError for the first rule that the values break; nothing when they agree."""
    for rules in (_dates, _site, _ties, _attacks, _calendar, _series, _justice, _ages):
        for rule, message in rules(values):
            raise ScenarioError(message, rule=rule)


def _dates(v: Values) -> Broken:
    start, stop = v.programme.start_date, v.programme.stop_date
    if stop is not None and stop <= start:
        yield (
            "stop-before-start",
            f"programme.stop_date = {stop} does not lie after programme.start_date = {start}; move one of them.",
        )


def _site(v: Values) -> Broken:
    site = v.site
    if site.groups > site.members:
        yield (
            "groups-above-members",
            f"site.groups = {site.groups} exceeds site.members = {site.members}; a group has at least one"
            " member (members is the site's total).",
        )
    for name, mean in (("rivals", site.rivals_mean), ("allies", site.allies_mean)):
        if mean > site.groups - 1 and not site.ties:
            yield (
                f"{name}-above-groups",
                f"site.{name}_mean = {mean:g} exceeds the {site.groups - 1} other groups that site.groups ="
                f" {site.groups} leaves; lower one or raise the other.",
            )


def _ties(v: Values) -> Broken:
    seen: set[frozenset[int]] = set()
    for row in v.site.ties:
        a, b = row[:2]
        if frozenset((a, b)) in seen:
            yield (
                "ties-twice",
                f"site.ties has the row {list(row)}, and an earlier one for the same two groups.",
            )
        seen.add(frozenset((a, b)))
        if row[2] + row[3] <= 0.0:
            yield (
                "ties-empty",
                f"site.ties has the row {list(row)}: a tie needs a rivalry or an alliance above 0; leave the row out.",
            )
        if max(a, b) >= v.site.groups:
            yield (
                "ties-index",
                f"site.ties has the row {list(row)}, and site.groups = {v.site.groups} means groups 0 to"
                f" {v.site.groups - 1}.",
            )
        if a == b:
            yield "ties-self", f"site.ties has the row {list(row)}: a group has no tie with itself."


def _attacks(v: Values) -> Broken:
    a, n = v.attacks, _offspring(v)
    if a.kappa_repeat >= 1:
        yield (
            "repeat-supercritical",
            f"attacks.kappa_repeat = {a.kappa_repeat:g} is 1 or more: repeats alone would never die out;"
            " choose less than 1.",
        )
    if n >= 1 and not a.allow_supercritical:
        yield (
            "supercritical",
            "attacks.kappa_retaliation + attacks.kappa_repeat + attacks.kappa_spread ="
            f" {a.kappa_retaliation:g} + {a.kappa_repeat:g} + {a.kappa_spread:g}: n = {n:.6g} is 1 or more,"
            " so violence has no stable level; lower one or set attacks.allow_supercritical=true.",
        )


def _offspring(v: Values) -> float:
    return v.attacks.kappa_retaliation + v.attacks.kappa_repeat + v.attacks.kappa_spread


def _calendar(v: Values) -> Broken:
    calendar, n = v.calendar, _offspring(v)
    highest = _largest(calendar.trend) * max(calendar.season, default=1.0)
    if highest > calendar.cap:
        yield (
            "calendar-above-cap",
            f"calendar.trend times calendar.season reaches {highest:.6g} and exceeds calendar.cap ="
            f" {calendar.cap:g}; raise the cap (it costs time only).",
        )
    if calendar.offspring and n * highest >= 1:
        yield (
            "calendar-supercritical",
            f"calendar.offspring = true with n = {n:.6g} and a calendar that reaches {highest:.6g}: their"
            " product is 1 or more; lower the kappas or the calendar, or set calendar.offspring=false.",
        )


def _series(v: Values) -> Broken:
    flat = flat_of(v)
    for series_key, rows in v.calendar.series.items():
        for key in scaled_by(series_key):
            value, factor = flat[key], _largest(rows)
            if isinstance(value, float) and value * factor > 1:
                yield (
                    "series-above-one",
                    f"calendar.series.{series_key} reaches {factor:g}, and {key} = {value:g} times that is"
                    f" {value * factor:.4g}, above 1; lower one of them.",
                )


def _largest(rows: DatedFactors) -> float:
    return max((factor for _, factor in rows), default=1.0)


def _justice(v: Values) -> Broken:
    j, delay = v.justice, v.justice.delay
    if delay.first_share + delay.middle_share > 1 + _ROUNDING:
        yield (
            "delay-shares",
            f"justice.delay.first_share = {delay.first_share:g} and justice.delay.middle_share ="
            f" {delay.middle_share:g} sum to more than 1.",
        )
    if delay.middle_days <= delay.first_days:
        yield (
            "delay-order",
            f"justice.delay.middle_days = {delay.middle_days:g} must be above justice.delay.first_days ="
            f" {delay.first_days:g}.",
        )
    for name, value in (("attribution", j.attribution), ("attribution_contracted", j.attribution_contracted)):
        if value + j.attribution_error > 1 + _ROUNDING:
            yield (
                f"{name.replace('_', '-')}-above-one",
                f"justice.{name} = {value:g} and justice.attribution_error = {j.attribution_error:g} sum to"
                " more than 1: an attack is seen as one group's or another's.",
            )


def _ages(v: Values) -> Broken:
    m = v.membership
    if not m.age_min < m.age_join_max < m.age_max:
        yield (
            "age-bounds",
            f"membership.age_min = {m.age_min:g}, membership.age_join_max = {m.age_join_max:g} and membership.age_max ="
            f" {m.age_max:g} must rise in this order: nobody joins before the first or after the second, or stays"
            " beyond the third.",
        )
        return
    youngest = m.age_min + (m.spell_years if m.turnover else 0.0)
    if m.age_mean <= youngest:
        yield (
            "age-order",
            f"membership.age_mean = {m.age_mean:g} must be above {youngest:g}: nobody joins before"
            f" membership.age_min = {m.age_min:g}, and members present joined membership.spell_years ="
            f" {m.spell_years:g} ago on average.",
        )
        return
    above, room = m.age_mean - youngest, m.age_join_max - m.age_min
    if above >= room:
        yield (
            "age-order",
            f"membership.age_mean = {m.age_mean:g} must be below {m.age_join_max + youngest - m.age_min:g}: nobody"
            f" joins after membership.age_join_max = {m.age_join_max:g}, and members present joined"
            f" {youngest - m.age_min:g} years ago on average.",
        )
    elif m.age_sd > (widest := widest_spread(above, room)):
        yield (
            "age-spread",
            f"membership.age_sd = {m.age_sd:g} must be at most {widest:.3g}: ages at joining between {m.age_min:g} and"
            f" {m.age_join_max:g} (membership.age_join_max) with a mean of {above + m.age_min:g} spread no wider.",
        )
