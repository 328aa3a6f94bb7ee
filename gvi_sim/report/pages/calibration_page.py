"""What the page of a calibration says: the answer, what was learnt and what was not, and whether the model fits."""

from __future__ import annotations

from ...analysis.calibration import answer as text
from ...analysis.calibration.found import CalibrationFound
from ...language.catalogue import Words
from ..views.view import CalibrationView
from .sections import Report, Section, common, facts_of, level_reached
from .table_text import ReportTable


def calibration_report(words: Words, view: CalibrationView) -> Report:
    """The report of a calibration, before any HTML."""
    origin, found = view.origin, view.found
    misfit = () if found.fit.fits else (text.fit_text(words, found.fit, found.statistics),)
    return Report(
        title=words("report.title.calibration", site=origin.site),
        meta=words(
            "report.meta.calibration",
            draws=words.number(origin.replicates, 0),
            years=words.years(*(round(span, 1) for span in origin.spans)),
            start=origin.start.isoformat(),
            seed=origin.seed,
            version=origin.version,
        ),
        answer=(
            words("calibrate.cannot"),
            text.clustering_text(words, found.by_name, fits=found.fit.fits),
            text.record_text(words, found),
            text.fit_text(words, found.fit, found.statistics),
        ),
        cards=(),
        warnings=(*misfit, *text.marked(words, found), *text.note_texts(words, found)),
        sections=(*_sections(words, found), *common(words, view)),
        command=origin.command,
        facts=facts_of(words, origin),
        level=level_reached(words, view.validation),
    )


def _sections(words: Words, found: CalibrationFound) -> list[Section]:
    silent = text.nothing(words, found) or [words("calibrate.page.all")]
    checked = (text.fit_text(words, found.fit, found.statistics), words("calibrate.page.checks"))
    return [
        Section(
            "learnt",
            (words("calibrate.page.learnt"),),
            "calibration",
            words("calibrate.page.alt"),
            (posterior_table(words, found),),
        ),
        Section("nothing", (*silent, words("calibrate.page.nothing"))),
        Section("checks", checked, tables=(checks_table(words, found),)),
    ]


def posterior_table(words: Words, found: CalibrationFound) -> ReportTable:
    """Each parameter before and after the data."""
    header = tuple(words(f"calibrate.table.{name}") for name in ("parameter", "before", "after", "told"))
    rows = tuple(
        (
            text.called_text(words, one.name),
            text.interval(words, one.prior),
            text.interval(words, one.posterior),
            words("calibrate.table.nothing" if one.is_nothing else "calibrate.table.something"),
        )
        for one in found.learnt
    )
    return ReportTable(words("calibrate.table.learnt"), header, rows, words_from=3)


def checks_table(words: Words, found: CalibrationFound) -> ReportTable:
    """Each statistic of the record beside those of records that the posterior predicts."""
    header = tuple(words(f"calibrate.table.{name}") for name in ("statistic", "record", "predicted", "told"))
    rows = []
    for column, check in zip(found.statistics, found.checks, strict=True):
        inside = check.low <= check.observed <= check.high
        rows.append(
            (
                column.text(words.lang),
                words.as_written(f"{check.observed:.2f}"),
                words("calibrate.to", **{k: words.as_written(f"{v:.2f}") for k, v in _ends(check.low, check.high)}),
                words("calibrate.table.inside" if inside else "calibrate.table.outside"),
            )
        )
    return ReportTable(words("calibrate.table.checks"), header, tuple(rows), words_from=3)


def _ends(low: float, high: float) -> tuple[tuple[str, float], tuple[str, float]]:
    return ("low", low), ("high", high)
