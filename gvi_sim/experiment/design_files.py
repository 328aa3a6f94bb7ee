"""Designs from files: ``experiments/<name>/config.yaml``; and from the words of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from ..config.conf_files import CHOICES, choose
from ..config.manifest_file import is_manifest, read_manifest_file
from ..config.overrides import expand, last_key, parse_override
from ..config.typed_values import unquoted
from ..config.untrusted_files import read_foreign
from ..errors import ScenarioError, nearest_hint
from ..evidence.strict_yaml import plain
from ..execution.planning.machine import PACKAGE
from ..execution.planning.whole_numbers import checked_replicates
from .design import Axis, Design, Level, as_word, level_text

CONFIG = "config.yaml"
LEVELS = (bool, int, float, str, date, type(None))
KEYS = ("name", "question", "base", "axes", "replicates", "years", "seed")
"""`seed` is what a reproduction is run with; a sweep draws its own unless told."""


def experiments_dir() -> Path:
    """The folder of experiments: beside the package in a source tree, within it when installed."""
    tree = PACKAGE.parent / "experiments"
    return tree if tree.is_dir() else PACKAGE / "experiments"


def experiment_names() -> tuple[str, ...]:
    """Names of the experiments that ship and can be swept (their config.yaml has axes), sorted."""
    configs = experiments_dir().glob(f"*/{CONFIG}")
    return tuple(sorted(path.parent.name for path in configs if "\naxes:" in path.read_text(encoding="utf-8")))


def load_design(name_or_path: str | Path) -> Design:
    """The design of a shipped experiment, of a folder with a config.yaml, or of such a file itself.

    ScenarioError names the nearest experiment for a name that does not exist, and the key for what is
    wrong in a file.
    """
    path = Path(name_or_path)
    if is_manifest(path):  # of a sweep: its cells share the scenario in it
        manifest = read_manifest_file(path)
        design = design_of(manifest["design"])
        return replace(design, base=(str(path),), years=None, replicates=int(manifest["replicates"]))
    if _is_folder(path):
        path = path / CONFIG
    elif path.suffix not in (".yaml", ".yml"):
        path = experiments_dir() / _known(str(name_or_path)) / CONFIG
    content = plain(read_foreign(path))
    if not isinstance(content, dict):
        raise ScenarioError("experiment-shape", path=path, known=KEYS)
    return design_of(content, name=path.parent.name, in_file=f" ({path})")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name no file system takes
        return False


def _known(name: str) -> str:
    names = experiment_names()
    if name not in names:
        raise ScenarioError(
            "unknown-experiment", key="experiment", name=name, hint=nearest_hint(name, names), known=names
        )
    return name


def design_of(content: Mapping[str, Any], *, name: str = "sweep", in_file: str = "") -> Design:
    """The design a mapping describes, with keys ``KEYS``; ``axes`` maps keys to lists of levels."""
    for key in content:
        if key not in KEYS:
            raise ScenarioError(
                "unknown-key/experiment", key=str(key), in_file=in_file, hint=nearest_hint(str(key), KEYS)
            )
    axes = content.get("axes")
    if not isinstance(axes, Mapping) or not axes:
        raise ScenarioError("axes", key="axes", in_file=in_file)
    return Design(
        name=str(content.get("name", name)),
        axes=tuple(Axis(str(key), _levels(str(key), levels, in_file)) for key, levels in axes.items()),
        base=_words(content.get("base", ()), in_file),
        replicates=checked_replicates(content.get("replicates", 200)),
        years=_years(content.get("years"), in_file),
        question=str(content.get("question") or ""),
    )


def _levels(key: str, levels: object, in_file: str) -> tuple[Level, ...]:
    if not isinstance(levels, Sequence) or isinstance(levels, str):
        raise ScenarioError("axes/list", key=key, in_file=in_file, levels=levels)
    for level in levels:
        if not isinstance(level, LEVELS):
            raise ScenarioError("axes/level", key=key, in_file=in_file, level=level)
    return tuple(map(_storable, levels))


def _storable(level: Level) -> Level:
    """Infinity is a word: no table of levels and no manifest holds it as a number."""
    return level_text(level) if isinstance(level, float) and not isfinite(level) else level


def _words(base: object, in_file: str) -> tuple[str, ...]:
    if isinstance(base, Mapping):
        return tuple(as_word(str(key), value) for key, value in base.items())
    if (
        isinstance(base, Sequence)
        and not isinstance(base, str)
        and all(isinstance(word, str) and (not in_file or "=" in word) for word in base)
    ):  # a file may not name other files
        return tuple(base)
    raise ScenarioError("base", key="base", in_file=in_file)


def _years(years: object, in_file: str) -> float | None:
    if years is None or (isinstance(years, (int, float)) and not isinstance(years, bool)):
        return None if years is None else float(years)
    raise ScenarioError("years", key="years", in_file=in_file, years=years)


def design_from(words: Sequence[str], *, name: str = "sweep", replicates: int = 200) -> Design:
    """The design of overrides such as ``a=0,0.5`` (an axis) and ``b=1`` (base).

    The word ``experiment=NAME`` starts from that experiment; other words then come on top of its base, and
    a word with choices replaces the axis of its key or adds one.
    """
    plain_words, axes, start = [], {}, None
    for word in words:
        value = word.partition("=")[2].strip()
        alternatives = [found for (found,) in expand((word,))]
        key = alternatives[0].partition("=")[0].strip()
        if key == "experiment" or _is_swept(word):
            start = load_design(value or word)
        elif len(alternatives) > 1:
            axes[key] = Axis(key, tuple(_level(found) for found in alternatives))
        else:
            plain_words.append(word)
    if start is not None:
        return _on_top(start, plain_words, axes)
    if not axes:
        raise ScenarioError("no-axis", known=experiment_names())
    return Design(name=name, axes=tuple(axes.values()), base=tuple(plain_words), replicates=replicates)


def _is_swept(word: str) -> bool:
    return is_manifest(word) and read_manifest_file(Path(word)).get("kind") == "sweep"


def _on_top(start: Design, words: list[str], axes: dict[str, Axis]) -> Design:
    fixed = {word.partition("=")[0].strip() for word in words}
    kept = [axes.pop(axis.key, axis) for axis in start.axes if axis.key not in fixed]
    years = None if "years" in fixed else start.years
    return replace(start, base=(*start.base, *words), axes=(*kept, *axes.values()), years=years)


def _level(word: str) -> Level:
    """A choice as the level of an axis: a number, word or date as it is read, else the text itself."""
    key, _, text = word.partition("=")
    if last_key(key) in CHOICES:
        return choose(last_key(key), unquoted(text))
    level = parse_override(word)[1].value
    return _storable(level) if isinstance(level, LEVELS) else text
