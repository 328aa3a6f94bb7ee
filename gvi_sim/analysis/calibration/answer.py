"""The answer of a calibration, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...language.catalogue import Words
from .priors import SHOCK, SWING, N
from .verdicts import ModelFit, spoken, telling

if TYPE_CHECKING:
    from ..records.statistics import Statistic
    from .contradicted import Contradicted
    from .found import CalibrationFound
    from .verdicts import Learnt

Three = tuple[float, float, float]


def calibration_answer(words: Words, found: CalibrationFound) -> str:
    """The record, what was learnt and what was not, whether attacks set off attacks, and whether the model fits."""
    lines = [words("calibrate.cannot"), record_text(words, found), *_learnt(words, found)]
    lines += [clustering_text(words, found.by_name, fits=found.fit.fits), fit_text(words, found.fit, found.statistics)]
    lines += marked(words, found)
    return "\n".join([*lines, *(words("calibrate.note", text=text) for text in note_texts(words, found))])


def marked(words: Words, found: CalibrationFound) -> list[str]:
    """That small cells were confirmed, if there were any."""
    return [words("calibrate.marked", cells=found.small_cells)] if found.small_cells else []


def note_texts(words: Words, found: CalibrationFound) -> list[str]:
    """What was done to the record, and where the posterior is cut off."""
    told = [notice.told(words.lang) for notice in found.notices]
    for one in (one for one in found.learnt if one.at_edge):
        low, high = (words.as_written(spoken(end)) for end in (one.posterior[0], one.posterior[2]))
        told.append(words("calibrate.edge", name=called_text(words, one.name), low=low, high=high))
    return [*told, *_contradicted_texts(words, found.contradicted, len(found.learnt))]


def _contradicted_texts(words: Words, contradicted: Contradicted, count: int) -> list[str]:
    """Values of the scenario that the record speaks against, and what the programme does under either."""
    if not contradicted.values:
        return []
    each = [
        f"{called_text(words, name)}: {words.as_written(spoken(value))}" for name, value in contradicted.values.items()
    ]
    told = words("calibrate.contradicted", values="; ".join(each), count=words.number(count, 0))
    if contradicted.own is None or contradicted.found is None:
        return [f"{told} {words('calibrate.contradicted.not_run')}"]
    own, found = (_change(words, effect) for effect in (contradicted.own, contradicted.found))
    return [f"{told} {words('calibrate.contradicted.effect', own=own, found=found)}"]


def _change(words: Words, ratio: Three) -> str:
    middle, low, high = (words.percent(one - 1.0, signed=True) for one in ratio)
    return words("calibrate.change", middle=middle, low=low, high=high)


def clustering_text(words: Words, by_name: Mapping[str, Learnt], *, fits: bool = True) -> str:
    """Whether attacks set off attacks, or that the data cannot tell."""
    told = {}
    for key, name in (("span", N), ("shared", SHOCK), ("swings", SWING)):
        if name in by_name:
            low, middle, high = (words.as_written(f"{value:.2f}") for value in by_name[name].posterior)
            told[key] = words(f"calibrate.{key}", low=low, middle=middle, high=high)
    allowed = words.joined([words(f"calibrate.allowed.{key}") for key in told if key != "span"])
    fields = {"span": told.pop("span", ""), "shared": words.joined(list(told.values()))}
    fields["allowed"] = f"{allowed[:1].upper()}{allowed[1:]}"
    return words(f"calibrate.telling.{telling(by_name, fits=fits).value}", **fields)


def record_text(words: Words, found: CalibrationFound) -> str:
    """What the record is, in one sentence."""
    recorded = words("calibrate.recorded", share=words.percent(found.recording)) if found.recording < 1 else ""
    several = {"areas": found.areas} if found.areas > 1 else {}
    frame = "calibrate.frame" if found.areas > 1 else "calibrate.frame.one"
    return words(
        "calibrate.record",
        site=found.site,
        attacks=found.attacks,
        kind=words(f"calibrate.kind.{found.kind}"),
        frame=words(frame, units=found.units, unit=words(f"calibrate.unit.{found.unit}s"), **several),
        start=found.start,
        recorded=recorded,
    )


def _learnt(words: Words, found: CalibrationFound) -> list[str]:
    lines = [words("calibrate.says")]
    for one in (one for one in found.learnt if not one.is_nothing):
        after, before = (interval(words, values) for values in (one.posterior, one.prior))
        lines.append(words("calibrate.learnt", name=called_text(words, one.name), after=after, before=before))
    return [*lines, *nothing(words, found)]


def nothing(words: Words, found: CalibrationFound) -> list[str]:
    """What the data say nothing about, if there is any such."""
    silent = ", ".join(called_text(words, one.name) for one in found.learnt if one.is_nothing)
    return [words("calibrate.nothing", names=silent)] if silent else []


def called_text(words: Words, name: str) -> str:
    """A parameter in words, with its key."""
    key = f"calibrate.name.{name}"
    if not words.has(key):
        return name
    return words(key) if name == N else f"{words(key)} ({name})"


def interval(words: Words, values: Three) -> str:
    """A median with its 90 % interval."""
    low, middle, high = (words.as_written(spoken(value)) for value in values)
    return f"{middle} [{low}{';' if words.lang == 'sv' else ','} {high}]"


def fit_text(words: Words, verdict: ModelFit, statistics: Iterable[Statistic]) -> str:
    """Whether the model fits, or what lies farthest off."""
    if verdict.fits:
        return words("calibrate.fits", p=words.as_written(f"{verdict.p:.2f}"))
    told = {str(column): column.text(words.lang) for column in statistics}
    farthest = "; ".join(told.get(name, name) for name in verdict.farthest)
    return words("calibrate.misfit", p=words.as_written(f"{verdict.p:.3f}"), farthest=farthest)
