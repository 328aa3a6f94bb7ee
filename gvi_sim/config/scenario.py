"""Scenario: one frozen tree of values, with where each came from, and everything one does with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from json import dumps
from math import ceil

from ..errors import ScenarioError
from ..units import DAYS_PER_YEAR, day_of, days_after
from .attack_rates import ALIASES, LEVEL, SHARE, with_level
from .changes import Changes, changes_of, check_key
from .conf_files import CHOICES, layers, options, settled_choices
from .leaves import flat_of, leaves, nested, tree_of
from .recipe import Recipe, changed, part_of
from .resolve import first_start, is_looked_up, resolved
from .rules import check
from .site_facts import NO_VALUE
from .sourced_value import Given
from .tree import Shock, Stage, Values

__all__ = ["Scenario", "scenario_of"]

_NEEDED = ("police", "municipality", "probation")


@dataclass(frozen=True)
class Scenario(Values):
    """A complete, checked scenario. Frozen: `replace` gives a new one.

    Attributes read like the keys: `scenario.programme.sanction_certainty`. `parts` holds one complete
    scenario a site of a roll-out (empty without `sites`); the values of the scenario itself are then those
    of the site `site.key`. Equality compares values, not where they came from.
    """

    parts: tuple[Scenario, ...] = ()
    _origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    _recipe: Recipe = field(default_factory=Recipe, compare=False, repr=False)

    @property
    def sites(self) -> dict[str, dict[str, object]]:
        """A roll-out's sites in order, each with its overrides by key; empty for a single site."""
        return {name: _sites_plain(change) for name, change in (self._recipe.sites or {}).items()}

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys whose values the user set, in the order of the tree."""
        return tuple(key for key in leaves() if key in self._recipe.given)

    @property
    def read_as(self) -> dict[str, str]:
        """What was typed, by key, where the value is a reading of it: `0,5` for 0.5."""
        sites = {f"sites.{name}.": change.values for name, change in (self._recipe.sites or {}).items()}
        found = {"": self._recipe.given, **sites}
        typed = {f"{site}{key}": given.typed for site, keys in found.items() for key, given in keys.items()}
        return {key: text for key, text in typed.items() if text}

    @property
    def fixed(self) -> tuple[str, ...]:
        """The keys that hold as they stand: set by the user, a chosen file or a stored scenario, in any site."""
        if self.parts:
            return tuple(key for key in leaves() if any(key in part.fixed for part in self.parts))
        files = layers(*map(settled_choices(self._recipe.choices).__getitem__, CHOICES))
        where = (self.site.key, self.site.country)
        pinned = {key for key, given in self._recipe.pinned.items() if not is_looked_up(key, where, given.value)}
        return tuple(key for key in leaves() if key in self._recipe.given or key in files or key in pinned)

    @property
    def choices(self) -> dict[str, str]:
        """The choice in each group: programme, calendar, structure, site (none when a site of one's own leads)."""
        settled = settled_choices(self._recipe.choices)
        if self.parts and self.site.key not in options("site"):
            del settled["site"]
        return {group: settled[group] for group in CHOICES if group in settled}

    def origin(self, key: str) -> str:
        """Where a leaf's value came from: an override, a file and line, a choice, or the registry."""
        check_key(key)
        return self._origins[key]

    def each_site(self) -> tuple[Scenario, ...]:
        """One complete scenario a site: the parts of a roll-out, else this one."""
        return self.parts or (self,)

    @property
    def window(self) -> tuple[float, float]:
        """First and last day that are counted: `years` from `start_date` (day 0) on, whenever a programme began."""
        return 0.0, days_after(self.start_date, self.years)

    @property
    def burn_in_ends(self) -> float:
        """Day 0, or the earliest programme's start where that lies before it; what comes between is not counted.

        A start counts whether or not the programme is enabled, so that business as usual has the same past.
        """
        return min(0.0, *(float(day_of(s.programme.start_date, s.start_date)) for s in self.each_site()))

    @property
    def begins(self) -> float:
        """The first day that is simulated: `burn_in_years`, in whole days, before the burn-in ends."""
        return self.burn_in_ends - ceil(self.burn_in_years * DAYS_PER_YEAR)

    def programme_runs(self) -> tuple[bool, str]:
        """Whether GVI runs in this site, and the reason when it does not."""
        if not self.programme.enabled:
            return False, "the scenario has no programme (programme.enabled = false)"
        if self.programme.coverage == 0:
            return False, "the programme lists no group (programme.coverage = 0)"
        if unsigned := [name for name in _NEEDED if not getattr(self.partners, name).signed]:
            return False, (
                f"GVI cannot start until police, municipality and probation have signed; missing: {', '.join(unsigned)}"
            )
        return True, ""

    @property
    def runs_since(self) -> date | None:
        """When the first programme began, where one that runs began before `start_date`; None otherwise."""
        starts = [site.programme.start_date for site in self.each_site() if site.programme_runs()[0]]
        return min((start for start in starts if start < self.start_date), default=None)

    def replace(self, *overrides: str | Mapping[str, object]) -> Scenario:
        """A new scenario with overrides (`"years=5"`, `{"exit.places": 12}`) on top of this one.

        A new choice (`"site=malmo"`) looks up anew what nobody set; see `recipe.changed`. ScenarioError as
        for `load_scenario`.

        >>> import gvi_sim as gvi
        >>> gvi.load_scenario("site=huddinge").replace("site=malmo", {"exit.places": 12}).exit.places
        12
        """
        return scenario_of(changed(self._recipe, changes_of(overrides)))

    def to_dict(self) -> dict[str, object]:
        """Every value as nested plain mappings, lists, numbers and text, with choices and chosen keys."""
        given = {key: value.value for key, value in self._recipe.given.items()}  # a lead site may differ
        by_mode = {LEVEL, SHARE} if any(key in given for key in ALIASES) else set()  # a lead site's, worked out anew
        values = {key: value for key, value in flat_of(self).items() if key not in by_mode} | given
        top = nested({key: _plain(value) for key, value in values.items()})
        top["choices"] = self._stored_choices()
        top["chosen"] = [*self.chosen, *(key for key in ALIASES if key in given)]
        if self._recipe.sites is not None:
            top["sites"] = self.sites
        return top

    def _stored_choices(self) -> dict[str, str]:
        """The choices; in a roll-out without a calendar nobody chose, since each site brings its own."""
        choices = self.choices
        if self.parts and "calendar" not in self._recipe.choices:
            choices.pop("calendar", None)
        return choices

    @staticmethod
    def from_dict(content: Mapping[str, object]) -> Scenario:
        """The scenario that `to_dict` wrote, or any mapping of keys to values of the closed schema."""
        from .scenario_file import recipe_of_mapping

        return scenario_of(recipe_of_mapping(content))

    @staticmethod
    def from_yaml(raw: bytes | str, name: str = "scenario.yaml") -> Scenario:
        """The scenario in the text of a scenario file, read as strictly as a file; `name` is for messages."""
        from .scenario_file import recipe_of_upload

        return scenario_of(recipe_of_upload(raw.encode() if isinstance(raw, str) else raw, name))

    def to_yaml(self) -> str:
        """Every value as a scenario file; `load_scenario` on that file gives an equal scenario."""
        from .scenario_file import dump

        short = self.digest()[:12]
        header = f"# gvi_sim scenario {short}: every value; `chosen` lists the keys a person set.\n"
        return header + dump(self.to_dict())

    def digest(self) -> str:
        """SHA-256 (hex) of every value, in canonical JSON: equal scenarios, equal digests, on any machine."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        values = [{key: _plain(value) for key, value in flat_of(site).items()} for site in (self, *self.parts)]
        return sha256(dumps(values, sort_keys=True, allow_nan=False).encode()).hexdigest()

    def __repr__(self) -> str:
        names = ", ".join(part.site.name for part in self.each_site())
        span = f"{self.years:g} years from {self.start_date}"
        return f"<Scenario {names}: programme={self.choices['programme']}, {span}, {len(self.chosen)} keys set>"


def scenario_of(recipe: Recipe, sets: Mapping[str, Given] | None = None) -> Scenario:
    """Work out, check and freeze every value of a recipe; `sets` is what Hydra composed, when it did."""
    if recipe.sites is not None:
        return _roll_out(recipe)
    return _single(recipe, sets)


def _single(recipe: Recipe, sets: Mapping[str, Given] | None = None) -> Scenario:
    if sets is None:
        settled = settled_choices(recipe.choices)
        sets = layers(*(settled[group] for group in CHOICES))
    if any(key in recipe.given for key in ALIASES):
        recipe = replace(recipe, given=with_level(recipe.given, _without_level_by_mode(recipe, sets)))
    found = resolved(recipe, sets)
    made = Scenario(
        **tree_of({key: given.value for key, given in found.items()}),  # type: ignore[arg-type]
        _origins={key: given.origin for key, given in found.items()},
        _recipe=recipe,
    )
    check(made)
    return made


def _without_level_by_mode(recipe: Recipe, sets: Mapping[str, Given]) -> dict[str, Given]:
    """Every value that holds beside the level by mode; without a level where nobody knows one."""
    given = {key: value for key, value in recipe.given.items() if key not in ALIASES}
    try:
        return resolved(replace(recipe, given=given), sets)
    except ScenarioError as error:
        if error.rule != NO_VALUE:
            raise
    found = resolved(replace(recipe, given=given | {LEVEL: Given(0.0, "")}), sets)
    return {key: value for key, value in found.items() if key != LEVEL}


def _roll_out(recipe: Recipe) -> Scenario:
    names = tuple(recipe.sites or ())
    if not names:
        raise ScenarioError("sites-shape/none", key="sites")
    lead = recipe.choices.get("site", names[0])
    if lead not in names:
        raise ScenarioError("site-not-in-sites", key="sites", lead=lead, names=names)
    start = first_start(tuple(name for name in names if name in options("site")) or names)
    parts = tuple(_part(recipe, name, start) for name in names)
    first = parts[names.index(lead)]
    values = {field.name: getattr(first, field.name) for field in fields(Values)}
    choices = recipe.choices | ({"site": lead} if lead in options("site") else {})
    # What was given for `site.*` without a choice of site went to none, and may not go to the lead when read back.
    is_chosen = "site" in recipe.choices
    given = {key: value for key, value in recipe.given.items() if is_chosen or not key.startswith("site.")}
    recipe = replace(recipe, choices=choices, given=given)
    return Scenario(**values, parts=parts, _origins=first._origins, _recipe=recipe)


def _part(recipe: Recipe, name: str, start: Given) -> Scenario:
    try:
        return _single(part_of(recipe, name, start))
    except ScenarioError as error:
        raise ScenarioError("in-site", key=error.key, rule=error.rule, name=name, error=error) from None


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, Stage):
        return {"date": value.date.isoformat(), **{key: _plain(item) for key, item in value.values.items()}}
    if isinstance(value, Shock):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(Shock)}
    if isinstance(value, date):
        return value.isoformat()
    return "inf" if value == float("inf") else value


def _sites_plain(change: Changes) -> dict[str, object]:
    values = {key: _plain(given.value) for key, given in change.values.items()}
    return {**change.choices, **dict.fromkeys(sorted(change.nulls)), **values}
