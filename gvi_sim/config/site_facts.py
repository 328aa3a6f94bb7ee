"""What a site must bring: the facts that the registry holds of no country and by no default."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from ..errors import GviError, Message, ScenarioError
from ..evidence import DEFAULT_PLACE, entry, places, sites, unit

__all__ = ["NO_VALUE", "mean_ties", "members_share", "too_many_ties", "unfinished"]

NO_VALUE = "no-value"
_EXAMPLES = {"site.population": 45000, "site.members": 60, "site.groups": 4, "site.attacks_per_year": 8.6}
_TIES = ("site.rivals_mean", "site.allies_mean")
_RIVALS_A_GROUP, _ALLIES_A_GROUP = 0.5, 0.2  # as entered for the sites of 3 to 7 groups


def _number(key: str, *where: str) -> float:
    return float(str(entry(key, *where).value))


def mean_ties(groups: int) -> tuple[float, float]:
    """Mean rivals and allies of a group: the registry's defaults, scaled down where few groups leave few others."""
    rivals, allies = (_number(key) for key in _TIES)
    rivals = min(rivals, _RIVALS_A_GROUP * groups, groups - 1.0)
    return rivals, min(allies, _ALLIES_A_GROUP * groups, groups - 1.0 - rivals)


def members_share(country: str) -> tuple[float, str]:
    """Members of groups as a share of inhabitants, over the registry's sites of a country together, and whose.

    Of a country without sites it is that of the country by default.
    """
    both = [name for name in sites() if all(name in places(f"site.{leaf}") for leaf in ("members", "population"))]
    by_country = {name: str(entry("site.country", name).value) for name in both}
    whose = country if country in by_country.values() else str(entry("site.country").value)
    here = [name for name in both if by_country[name] == whose]
    members, people = (fsum(_number(f"site.{leaf}", name) for name in here) for leaf in ("members", "population"))
    return members / people, whose


def too_many_ties(groups: object, where: Sequence[str]) -> tuple[str, ...]:
    """The mean ties that the registry has by default only, and that a site of so few groups has no room for."""
    by_default = [key for key in _TIES if entry(key, *where).place == DEFAULT_PLACE]
    return tuple(key for key in by_default if _number(key) > float(str(groups)) - 1)


def unfinished(site: str, missing: Sequence[str], wrong: Sequence[Message | GviError], groups: object) -> ScenarioError:
    """The refusal of a site: every fact that it lacks, with its unit and a line to copy, and every flaw of its file."""
    fitting = dict(zip(_TIES, mean_ties(int(str(groups or 4))), strict=True))
    lacks = [Message("no-value/one", name=key, unit=unit(key), example=(_EXAMPLES | fitting)[key]) for key in missing]
    words = " ".join(f"{key}=..." for key in missing)
    if site in sites():
        file = f"gvi_sim/evidence/registry/sites/{site}.yaml"
        remedy = Message("no-value/enter", file=file, words=words) if missing else Message("no-value/right", file=file)
    else:
        remedy = Message("no-value/give", words=words)
    rule = NO_VALUE if missing else "bad-site-file"
    return ScenarioError(
        "no-value", key=[*missing, "site"][0], rule=rule, site=site, remedy=remedy, wrong=[*wrong, *lacks]
    )
