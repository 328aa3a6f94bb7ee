"""load_scenario: the front door of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import ScenarioError
from .changes import changes_of
from .recipe import Recipe, changed
from .scenario import Scenario, scenario_of
from .scenario_file import recipe_of_file

__all__ = ["file_word", "load_scenario"]

Source = str | Path | Mapping[str, object]


def load_scenario(*sources: Source) -> Scenario:
    """The scenario that overrides, or a scenario file and overrides on top of it, describe.

    `load_scenario("site=malmo", "programme.sanction_certainty=0.7")` composes conf/ with Hydra;
    `load_scenario("my.yaml", "years=5")` reads the file strictly, without Hydra; the `manifest.json` of a run
    stands for the scenario that ran. A later override wins. Keys
    nobody set have the registry's value for the site, its country, or the default.

    >>> import gvi_sim as gvi
    >>> gvi.load_scenario("site=malmo", "programme.sanction_certainty=0.7").programme.sanction_certainty
    0.7

    Raises ScenarioError for an unknown key, a value out of its range, keys that contradict each other,
    choices for a sweep (`a=0,0.5`) and unreadable files; the message says what to do.
    """
    files = [Path(source) for source in sources if not isinstance(source, Mapping) and _is_file(source)]
    changes = changes_of(source for source in sources if isinstance(source, Mapping) or not _is_file(source))
    if len(files) > 1:
        raise ScenarioError("two-files", first=files[0], second=files[1])
    if files:
        return scenario_of(changed(recipe_of_file(files[0]), changes))
    recipe = Recipe(changes.choices, changes.values, {}, changes.sites)
    if changes.sites is not None:
        return scenario_of(recipe)
    from .compose import composed

    return scenario_of(recipe, composed(*sorted(changes.choices.items())))


def file_word(file: str | None) -> list[str]:
    """A scenario file as a word among overrides, after it was read once; no words for None."""
    if file is None:
        return []
    if "=" in file:
        raise ScenarioError("bad-file/equals-sign", file=file)
    load_scenario(Path(file))
    return [file]


def _is_file(source: object) -> bool:
    if not isinstance(source, str):
        return isinstance(source, Path)
    return "=" not in source and (source.endswith((".yaml", ".yml", ".json")) or _exists(source))


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except OSError:  # too long for a path, for one
        return False
