"""The answer of a calibration in the reader's language: what ``Calibration.summary`` says in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.calibration.priors import SHOCK, N
from ..analysis.calibration.statistics import columns
from ..analysis.calibration.verdicts import spoken, telling
from .words import Words

if TYPE_CHECKING:
    from ..analysis.calibration import Calibration
    from ..analysis.calibration.statistics import Statistic

Three = tuple[float, float, float]


def calibration_answer(words: Words, found: Calibration) -> str:
    """The record, what was learnt and what was not, whether attacks set off attacks, and whether the model fits."""
    lines = [_record(words, found), *_learnt(words, found), clustering(words, found), _fit(words, found)]
    if found.counts.small_cells:
        lines.append(words("calibrate.marked", cells=found.counts.small_cells))
    return "\n".join([*lines, *(words("calibrate.note", text=text) for text in notes(words, found))])


def notes(words: Words, found: Calibration) -> list[str]:
    """What was done to the record, and where the posterior is cut off."""
    counts, told = found.counts, []
    if counts.unrecorded:
        units = {"units": counts.frame.units, "unit": _unit(words, weekly=counts.frame.weekly)}
        told.append(words("calibrate.unrecorded", gone=counts.unrecorded, **units))
    if counts.outliers:
        wild = ", ".join(words("calibrate.outlier", attacks=total, day=day) for total, day in counts.outliers)
        told.append(words("calibrate.outliers", outliers=wild))
    if found.edge is not None:
        low, high = (f"{end:.0f}" for end in found.edge)
        told.append(words("calibrate.edge", low=low, high=high))
    return told


def clustering(words: Words, found: Calibration) -> str:
    """Whether attacks set off attacks, or that the data cannot tell."""
    by_name, fields = found.by_name, {"span": "", "shared": ""}
    for key, name in (("span", N), ("shared", SHOCK)):
        if name in by_name:
            low, middle, high = (words.as_written(f"{value:.2f}") for value in by_name[name].posterior)
            fields[key] = words(f"calibrate.{key}", low=low, middle=middle, high=high)
    return words(f"calibrate.telling.{telling(by_name).value}", **fields)


def statistic(words: Words, of: Statistic) -> str:
    """A statistic of records by its name."""
    span = of.span
    if " to " in span:
        low, high = span.split(" to ")
        span = words("calibrate.to", low=low, high=high)
    return words(f"calibrate.statistic.{of.kind}", span=span, unit=words(f"calibrate.unit.{of.unit}"))


def _unit(words: Words, *, weekly: bool) -> str:
    return words("calibrate.unit.weeks" if weekly else "calibrate.unit.months")


def _record(words: Words, found: Calibration) -> str:
    counts, register = found.counts, found.setting.register
    recorded = ""
    if register.recording < 1:
        recorded = words("calibrate.recorded", share=words.percent(register.recording))
    frame, areas = counts.frame, len(counts.areas)
    unit = _unit(words, weekly=frame.weekly)
    several = {"areas": areas} if areas > 1 else {}
    return words(
        "calibrate.record",
        site=found.setting.base.site.name,
        attacks=int(counts.counts.sum()),
        kind=words(f"calibrate.kind.{register.kind}"),
        frame=words("calibrate.frame" if areas > 1 else "calibrate.frame.one", units=frame.units, unit=unit, **several),
        start=counts.start,
        recorded=recorded,
    )


def _learnt(words: Words, found: Calibration) -> list[str]:
    lines = [words("calibrate.says")]
    for one in (one for one in found.learnt if not one.is_nothing):
        after, before = (_interval(words, values) for values in (one.posterior, one.prior))
        lines.append(words("calibrate.learnt", name=_called(words, one.name), after=after, before=before))
    silent = ", ".join(_called(words, one.name) for one in found.learnt if one.is_nothing)
    return [*lines, *([words("calibrate.nothing", names=silent)] if silent else [])]


def _called(words: Words, name: str) -> str:
    key = f"calibrate.name.{name}"
    if not words.has(key):
        return name
    return words(key) if name == N else f"{words(key)} ({name})"


def _interval(words: Words, values: Three) -> str:
    low, middle, high = (words.as_written(spoken(value)) for value in values)
    return f"{middle} [{low}{';' if words.lang == 'sv' else ','} {high}]"


def _fit(words: Words, found: Calibration) -> str:
    fit = found.fit
    if fit.fits:
        return words("calibrate.fits", p=words.as_written(f"{fit.p:.2f}"))
    told = {str(column): statistic(words, column) for column in columns(found.counts.frame)}
    farthest = "; ".join(told[name] for name in fit.farthest)
    return words("calibrate.misfit", p=words.as_written(f"{fit.p:.3f}"), farthest=farthest)
