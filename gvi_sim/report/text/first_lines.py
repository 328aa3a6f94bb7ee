"""What a command says before it runs: how typed values were read, and the values of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...config.value_text import value_at, value_text

if TYPE_CHECKING:
    from ...config import Scenario
    from ...experiment.design import Axis
    from ...language.catalogue import Words


def first_lines(words: Words, scenario: Scenario, axes: Sequence[Axis] = ()) -> Iterator[str]:
    """A line an axis, then one for each value that is a reading of what was typed."""
    for axis in axes:
        values = words("terminal.axis.next").join(
            words.as_written(value_text(level) or "null") for level in axis.levels
        )
        yield words("terminal.axis", key=axis.key, count=len(axis.levels), values=values)
    for path, typed in scenario.read_as.items():
        site, key = _site_and_key(scenario, path)
        yield words("terminal.read_as", key=path, typed=typed, value=words.as_written(value_text(value_at(site, key))))
    for site in scenario.each_site():
        if by_mode := site.origin("calendar.series").partition(":")[0] if _by_mode(site) else "":
            share = words.as_written(f"{100 * site.attacks.detonation_share:.3g}")
            level = words.as_written(f"{site.site.attacks_per_year:.4g}")
            yield words("terminal.by_mode", site=site.site.name, typed=by_mode, level=level, share=share)


def _by_mode(site: Scenario) -> bool:
    return "s_per_year=" in site.origin("calendar.series")


def _site_and_key(scenario: Scenario, path: str) -> tuple[Scenario, str]:
    """The site and the key of a key that may be one site's of a roll-out."""
    if not path.startswith("sites."):
        return scenario, path
    _, name, key = path.split(".", 2)
    return next(part for part in scenario.parts if part.site.key == name), key
