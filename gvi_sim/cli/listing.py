"""What there is to choose from, as lines of text: sites, programmes, experiments, keys, levers, parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from .. import evidence
from ..config import Scenario, conf_dir, leaves, options
from ..config.levers import levers as declared
from ..errors import ScenarioError
from ..execution.parameter_source import Choice, chosen_parameters
from ..execution.parameters import POINT
from ..execution.plan import Arm
from ..experiment import experiment_names, load_design
from ..report.parameter_table import shown, value_at

if TYPE_CHECKING:
    from ..experiment import Design


def site_lines() -> Iterator[str]:
    """Every site with its name and inhabitants; one whose facts are not complete is marked."""
    for key in options("site"):
        try:
            site = Scenario.from_dict({"site": key}).site
            yield f"  site={key:<16} {site.name}, {site.population} inhabitants"
        except ScenarioError:
            yield f"  site={key:<16} unfinished: `gvi-sim run site={key}` says what is missing"


def programme_lines() -> Iterator[str]:
    """Every programme with the line its file begins with."""
    for key in options("programme"):
        lines = (conf_dir() / "programme" / f"{key}.yaml").read_text(encoding="utf-8").splitlines()
        about = (line.removeprefix("# ") for line in lines if line.startswith("# ") and "@package" not in line)
        yield f"  programme={key:<16} {next(about, '')}"


def structure_lines() -> Iterator[str]:
    """Every structure with the line its file begins with."""
    for key in options("structure"):
        lines = (conf_dir() / "structure" / f"{key}.yaml").read_text(encoding="utf-8").splitlines()
        about = (line.removeprefix("# ") for line in lines if line.startswith("# ") and "@package" not in line)
        yield f"  structure={key:<16} {next(about, '')}"


def experiment_lines() -> Iterator[str]:
    """Every experiment with its question."""
    for name in experiment_names():
        yield f"  experiment={name:<20} {load_design(name).question}"


def key_lines() -> Iterator[str]:
    """Every key of the scenario with its unit and what it may be."""
    for key, domain in leaves().items():
        yield f"  {key:<44} {evidence.unit(key)} [{domain.name}]"


def declared_lever_lines() -> Iterator[str]:
    """Every lever of the programme with its part, unit, off value, doses and declared direction."""
    for key, it in declared().items():
        doses = ", ".join(f"{dose:g}" for dose in it.doses)
        off = "" if it.off is None else f"; off {it.off:g}"
        yield f"  {key:<50} {it.part:<10} {it.direction:<12}  {doses}{off} [{evidence.unit(key)}]"


LISTS: dict[str, Callable[[], Iterator[str]]] = {
    "sites": site_lines,
    "programmes": programme_lines,
    "structures": structure_lines,
    "experiments": experiment_lines,
    "keys": key_lines,
    "levers": declared_lever_lines,
}


def overview() -> Iterator[str]:
    """Sites, programmes and experiments, and where the keys are."""
    for what in ("sites", "programmes", "structures", "experiments"):
        yield f"{what}:"
        yield from LISTS[what]()
    yield "keys:"
    yield f"  {len(leaves())} of them: gvi-sim list keys"
    yield "levers:"
    yield f"  {len(declared())} of them: gvi-sim list levers"


def parameter_lines() -> Iterator[str]:
    """Every parameter of the registry on a line; of one place where there is no default."""
    for key in evidence.keys():
        yield _entry_line(evidence.find(key) or evidence.entry(key, *evidence.places(key)))


def entry_lines(entries: Iterable[evidence.Entry]) -> Iterator[str]:
    """Entries on a line each, and how many there are."""
    lines = [_entry_line(found) for found in entries]
    yield from lines
    yield f"{len(lines)} entries"


def _entry_line(found: evidence.Entry) -> str:
    place = "" if found.place == evidence.DEFAULT_PLACE else f" ({found.place})"
    table = f"a table of {len(found.value)}" if isinstance(found.value, tuple | dict) and found.value else ""
    value = f"{table or shown(found.value) or 'null'} {found.unit}{place}"
    return f"{found.grade}  {found.key:<44}  {value:<52}  {', '.join(found.sources)}"


def scenario_lines(scenario: Scenario, parameters: Choice = POINT) -> Iterator[str]:
    """Every value of a scenario with where it came from, or what runs with ``parameters`` draw instead, by site."""
    drawn = chosen_parameters(parameters, [Arm("", scenario)])
    ranges = {} if drawn is None else dict(zip(drawn.keys, drawn.ensemble.draws.T, strict=True))
    for site in scenario.each_site():
        if scenario.parts:
            yield f"# {site.site.name}"
        for key in leaves():
            value = f"{key} = {shown(value_at(site, key)) or 'null'}"
            draws = ranges.get(key)
            told = "" if draws is None else f"; drawn in runs, {draws.min():.3g} to {draws.max():.3g}"
            yield f"{value:<56}  # {site.origin(key)}{told}"


def design_lines(design: Design, parameters: Choice = POINT) -> Iterator[str]:
    """The axes of a design and the scenario that its cells share."""
    from ..experiment.arms import base_scenario

    yield f"# {design.name}: {len(design.cells)} cells by {design.replicates} replicates"
    for axis in design.axes:
        yield f"# {axis.key} = {', '.join(str(level) for level in axis.levels)}"
    yield from scenario_lines(base_scenario(design), parameters)
