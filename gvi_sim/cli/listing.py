"""What there is to choose from, as lines of text: sites, programmes, experiments, keys, levers, parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from .. import evidence
from ..config import Scenario, conf_dir, leaves, options
from ..config.levers import DIRECTIONS
from ..config.levers import levers as declared
from ..config.value_text import value_at, value_text
from ..errors import ScenarioError
from ..execution.planning.arm import Arm
from ..experiment.design_files import experiment_names, load_design

if TYPE_CHECKING:
    from ..execution.parameter_source import Choice
    from ..experiment.design import Design
    from ..language.catalogue import Words


_WAYS = dict(zip(DIRECTIONS, ("less", "more", "same", "not_monotone"), strict=True))


def site_lines(words: Words) -> Iterator[str]:
    """Every site with its name and inhabitants; one whose facts are not complete is marked."""
    for key in options("site"):
        try:
            site = Scenario.from_dict({"site": key}).site
            told = words("list.site", name=site.name, population=words.number(site.population, 0))
        except ScenarioError:
            told = words("list.unfinished", key=key)
        yield f"  site={key:<16} {told}"


def choice_lines(words: Words, group: str) -> Iterator[str]:
    """Every choice of a group with the line its file begins with."""
    for key in options(group):
        lines = (conf_dir() / group / f"{key}.yaml").read_text(encoding="utf-8").splitlines()
        about = (line.removeprefix("# ") for line in lines if line.startswith("# ") and "@package" not in line)
        yield f"  {group}={key:<16} {words.translated('choices', next(about, ''), key)}"


def experiment_lines(words: Words) -> Iterator[str]:
    """Every experiment with its question."""
    for name in experiment_names():
        yield f"  experiment={name:<20} {words.translated('questions', load_design(name).question, name)}"


def key_lines(words: Words) -> Iterator[str]:
    """Every key of the scenario with its unit and what it may be."""
    for key, domain in leaves().items():
        yield f"  {key:<44} {words.unit(key, evidence.unit(key))} [{words.translated('values', domain.name)}]"


def declared_lever_lines(words: Words) -> Iterator[str]:
    """Every lever of the programme with its doses, off value, unit, part and declared direction."""
    for key, it in declared().items():
        doses = "; ".join(words.as_written(f"{dose:g}") for dose in it.doses)
        off = "" if it.off is None else words("list.off", value=words.as_written(f"{it.off:g}"))
        way = words(f"list.way.{_WAYS[it.direction]}", what=words(f"outcome.{it.outcome}"))
        yield f"  {key:<50} {doses}{off} [{words.unit(key, evidence.unit(key))}]; {words(f'part.{it.part}')}; {way}"


LISTS: dict[str, Callable[[Words], Iterator[str]]] = {
    "sites": site_lines,
    "programmes": partial(choice_lines, group="programme"),
    "structures": partial(choice_lines, group="structure"),
    "experiments": experiment_lines,
    "keys": key_lines,
    "levers": declared_lever_lines,
}


def overview(words: Words) -> Iterator[str]:
    """Sites, programmes and experiments, and where the keys are."""
    for what, lines in LISTS.items():
        yield f"{words(f'list.{what}')}:"
        is_long = what in ("keys", "levers")
        yield from [f"  {words('list.many', count=len([*lines(words)]), what=what)}"] if is_long else lines(words)


def parameter_lines(words: Words) -> Iterator[str]:
    """Every parameter of the registry on a line; of one place where there is no default."""
    for key in evidence.keys():
        yield _entry_line(words, evidence.find(key) or evidence.entry(key, *evidence.places(key)))


def entry_lines(words: Words, entries: Iterable[evidence.Entry]) -> Iterator[str]:
    """Entries on a line each, and how many there are."""
    lines = [_entry_line(words, found) for found in entries]
    yield from lines
    yield words("evidence.entries", count=len(lines))


def _entry_line(words: Words, found: evidence.Entry) -> str:
    place = "" if found.place == evidence.DEFAULT_PLACE else f" ({found.place})"
    value = words.as_written(value_text(found.value) or "null")
    if isinstance(found.value, tuple | dict) and found.value:
        value = words("evidence.table", count=len(found.value))
    told = f"{value} {words.unit(found.key, found.unit)}{place}"
    sources = ", ".join(words("rests.assumption") if key == evidence.ASSUMPTION else key for key in found.sources)
    return f"{found.grade}  {found.key:<44}  {told:<52}  {sources}"


def scenario_lines(words: Words, scenario: Scenario, parameters: Choice) -> Iterator[str]:
    """Every value of a scenario with where it came from, or what runs with ``parameters`` draw instead, by site."""
    from ..execution.parameter_source import chosen_parameters

    drawn = chosen_parameters(parameters, [Arm("", scenario)])
    ranges = {} if drawn is None else dict(zip(drawn.keys, drawn.ensemble.draws.T, strict=True))
    for site in scenario.each_site():
        if scenario.parts:
            yield f"# {site.site.name}"
        for key in leaves():
            value = f"{key} = {value_text(value_at(site, key)) or 'null'}"
            draws = ranges.get(key)
            told = [words.translated("lines", site.origin(key)).replace("(assumption", f"({words('rests.assumption')}")]
            if draws is not None:
                low, high = (words.as_written(f"{end:.3g}") for end in (draws.min(), draws.max()))
                told.append(words("list.drawn", low=low, high=high))
            yield f"{value:<56}  # {'; '.join(told)}"


def design_lines(words: Words, design: Design, parameters: Choice) -> Iterator[str]:
    """The axes of a design and the scenario that its cells share."""
    from ..experiment.arms import base_scenario

    yield "# " + words("list.cells", name=design.name, cells=len(design.cells), replicates=design.replicates)
    for axis in design.axes:
        yield f"# {axis.key} = {', '.join(str(level) for level in axis.levels)}"
    yield from scenario_lines(words, base_scenario(design), parameters)
