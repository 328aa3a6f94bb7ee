"""A reproduction as it is declared: arms of one world, figures read off them, and what was published.

A folder of `experiments/` with a `published.yaml` is one:

* `question.md`: the question, what is estimated, and what was expected before the first run;
* `config.yaml`: `question`, `replicates`, `seed`, `base` (overrides) and `arms` (label to overrides on top),
  or `axes` of a sweep, whose cells are then the arms beside `usual`;
* `published.yaml`: figures by name: `about`, `estimand` and its options `with`, `unit`, the `published`
  value (null where words or nothing were published), the range to `accept` (null for an open end),
  `because` (why that range), `sources` (keys of the registry), `returns` (the scenario key, where the figure only
  gives back a number that was entered: it is checked and does not count), and `why` when the model fails it, in
  which `{figure}` is the name of a figure of the same file for readers and `{figure.value}` the model's number of it;
* `expected.json`: what the model gave (`recorded.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..analysis.estimand import Sums, estimand_named, needed_tables
from ..analysis.estimand.base import Arms
from ..config.sourced_value import shown
from ..config.untrusted_files import read_foreign
from ..errors import Message, ScenarioError, nearest_hint
from ..evidence import DEFAULT_PLACE, find, source
from ..evidence.strict_yaml import plain
from ..execution.planning.whole_numbers import checked_count
from .design_files import CONFIG, design_of, experiments_dir

PUBLISHED = "published.yaml"
USUAL = "usual"
_CONFIG = ("question", "replicates", "seed", "base", "arms")
_FIGURE = ("about", "estimand", "with", "unit", "published", "accept", "because", "sources", "returns", "why")
_OPTIONAL = ("returns", "why")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
VALUE = ".value"


@dataclass(frozen=True)
class Figure:
    """One figure: what is read off the model and what was published."""

    name: str
    about: str
    estimand: str
    options: Mapping[str, Any]
    unit: str
    published: float | None
    low: float | None
    high: float | None
    because: str
    sources: tuple[str, ...]
    returns: str
    why: str

    @property
    def is_checked(self) -> bool:
        """Whether there is a range that the model can fail; else the figure is only recorded."""
        return self.low is not None or self.high is not None

    @property
    def counts(self) -> bool:
        """Whether it says something of the model: it is checked, and no entered number that comes back."""
        return self.is_checked and not self.returns

    def sums(self, arms: Arms) -> Sums:
        """The estimand's sums on these arms."""
        return estimand_named(self.estimand, self.options, self.name).function(arms, **self.options)

    def arms_used(self, labels: Sequence[str]) -> set[str]:
        """Labels of the arms that the options name."""
        named: set[str] = set()
        for value in self.options.values():
            named |= {value} if isinstance(value, str) else set(value) if isinstance(value, list | tuple) else set()
        return named & set(labels)


@dataclass(frozen=True)
class Reproduction:
    """One experiment against its published figures."""

    name: str
    folder: Path
    question: str
    replicates: int
    seed: int
    base: tuple[str, ...]
    arms: Mapping[str, tuple[str, ...]]
    figures: tuple[Figure, ...]

    @cached_property
    def arms_needed(self) -> tuple[str, ...]:
        """Labels of the arms that some figure reads, in the order in which they are declared."""
        used = {label for figure in self.figures for label in figure.arms_used(tuple(self.arms))}
        return tuple(label for label in self.arms if label in used)

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Tables that the figures read."""
        return needed_tables(tuple(figure.estimand for figure in self.figures))


def reproduction_names() -> tuple[str, ...]:
    """Names of the reproductions that ship, sorted."""
    return tuple(sorted(path.parent.name for path in experiments_dir().glob(f"*/{PUBLISHED}")))


def load_reproduction(name_or_path: str | Path) -> Reproduction:
    """A shipped reproduction by name, or one in a folder of one's own.

    ScenarioError names file and key of what is wrong, and the nearest name for one that does not exist;
    EvidenceError a source or parameter that the registry does not have.
    """
    folder = Path(name_or_path)
    if not (folder / PUBLISHED).is_file():
        folder = experiments_dir() / _known(str(name_or_path))
    config, where = _mapping(folder / CONFIG), f"{folder.name}/{CONFIG}"
    arms = _arms_of_design(config, where) if "axes" in config else _arms(config, where)
    figures = tuple(
        _figure(name, raw, f"{folder.name}/{PUBLISHED}: {name}") for name, raw in _mapping(folder / PUBLISHED).items()
    )
    made = Reproduction(
        name=folder.name,
        folder=folder,
        question=str(config.get("question") or ""),
        replicates=checked_count("replicates", config.get("replicates", 100), 2, Message("count/error")),
        seed=checked_count("seed", config.get("seed", 1), 0),
        base=() if "axes" in config else _words(config.get("base", ()), f"{where}: base"),
        arms=MappingProxyType(arms),
        figures=figures,
    )
    for figure in figures:
        _check_arms(made, figure)
        _check_places(made, figure)
    return made


def _known(name: str) -> str:
    names = reproduction_names()
    if name not in names:
        raise ScenarioError(
            "unknown-reproduction", name=name, hint=nearest_hint(name, names), config=CONFIG, published=PUBLISHED
        )
    return name


def _mapping(path: Path) -> dict[str, Any]:
    content = plain(read_foreign(path))
    if not isinstance(content, dict):
        raise ScenarioError("experiment-shape/mapping", path=path)
    return content


def _arms(config: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    _only(config, _CONFIG, where)
    arms = config.get("arms")
    if not isinstance(arms, Mapping) or not arms:
        raise ScenarioError("arms", key="arms", where=where)
    return {str(label): _words(words, f"{where}: arms.{label}") for label, words in arms.items()}


def _arms_of_design(config: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    design = design_of(config, in_file=f" ({where})")
    cells = {cell.label: (*design.words, *cell.overrides) for cell in design.cells}
    return {USUAL: (*design.words, "programme=none")} | cells


def _words(words: object, where: str) -> tuple[str, ...]:
    if isinstance(words, Sequence) and not isinstance(words, str):
        found = tuple(str(word) for word in words)
        if all("=" in word for word in found):
            return found
    raise ScenarioError("experiment-words", where=where)


def _only(found: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in found:
        if key not in known:
            raise ScenarioError(
                "unknown-key/reproduction", key=str(key), where=where, hint=nearest_hint(str(key), known)
            )


def _figure(name: str, raw: object, where: str) -> Figure:
    if not isinstance(raw, Mapping):
        raise ScenarioError("figure/mapping", key=name, where=where, known=_FIGURE)
    _only(raw, _FIGURE, where)
    if missing := [key for key in _FIGURE if key not in raw and key not in _OPTIONAL]:
        raise ScenarioError("figure/lacks", key=name, where=where, missing=missing[0])
    options = {str(key): value for key, value in dict(raw["with"]).items()}
    estimand_named(str(raw["estimand"]), options, where)
    low, high = _range(raw["accept"], where)
    for key in raw["sources"]:
        source(str(key))
    returns = str(raw.get("returns") or "")
    if returns:
        find(returns, DEFAULT_PLACE)
    if (low is not None or high is not None) and not raw["sources"]:
        raise ScenarioError("figure/no-source", key=name, where=where)
    return Figure(
        name=name,
        about=_text(raw["about"]),
        estimand=str(raw["estimand"]),
        options=MappingProxyType(options),
        unit=str(raw["unit"]),
        published=_number(raw["published"], where),
        low=low,
        high=high,
        because=_text(raw["because"]),
        sources=tuple(str(key) for key in raw["sources"]),
        returns=returns,
        why=_text(raw.get("why") or ""),
    )


def _text(raw: object) -> str:
    return " ".join(str(raw).split())


def _range(raw: object, where: str) -> tuple[float | None, float | None]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != 2:
        raise ScenarioError("accept", key="accept", where=where)
    low, high = (_number(end, where) for end in raw)
    if low is not None and high is not None and not low < high:
        raise ScenarioError("accept/order", key="accept", where=where, low=low, high=high)
    return low, high


def _number(raw: object, where: str) -> float | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ScenarioError("experiment-number", where=where, raw=raw)
    return float(raw)


def _check_places(made: Reproduction, figure: Figure) -> None:
    names = [one.name for one in made.figures]
    known = {*names, *(name + VALUE for name in names)}
    for name in PLACEHOLDER.findall(figure.why):
        if name not in known:
            raise ScenarioError(
                "unknown-placeholder",
                key="why",
                name=made.name,
                file=PUBLISHED,
                figure=figure.name,
                placeholder=shown("{" + name + "}"),
                hint=nearest_hint(name.removesuffix(VALUE), names),
                value=VALUE,
                known=names,
            )


def _check_arms(made: Reproduction, figure: Figure) -> None:
    for option in ("arm", "base", "scenario"):
        label = figure.options.get(option)
        if label is not None and label not in made.arms:
            raise ScenarioError(
                "unknown-arm",
                key=option,
                name=made.name,
                file=PUBLISHED,
                figure=figure.name,
                label=label,
                config=CONFIG,
                hint=nearest_hint(str(label), made.arms),
            )
