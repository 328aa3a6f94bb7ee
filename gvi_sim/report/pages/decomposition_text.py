"""Sections, tables and sentences of a closer look: the ledger, the programme's parts, before and after."""

from __future__ import annotations

from ...analysis.inference import graded
from ...analysis.inference.estimates import Change, Stated
from ...analysis.inference.verdict import Verdict
from ...language.catalogue import Words
from ..text import wording
from ..text.dose_text import DOSES, NEEDS
from ..views.view import BeforeAfter, Books, Part, Parts, PartsView, RunView
from . import table_text
from .sections import Report, Section, common, facts_of, level_reached, meta_of
from .table_text import ReportTable

MAIN = "shootings"
REST, TOTAL = "rest", "total"
TERMS = ("naive", "effect", "downstream", "trend", "regression")


def closer_sections(words: Words, view: RunView) -> list[Section]:
    """What a closer look adds to the report of a comparison; what could not be made is told with its reason."""
    found = []
    if (table := table_text.dose_table(words, view)) is not None:
        found.append(Section("doses", (words("text.doses"),), tables=(table,)))
    if view.books is not None:
        found.append(_books_section(words, view.books))
    if view.parts is not None:
        found.append(_parts_section(words, view.parts))
    if view.before_after is not None:
        found.append(_before_after_section(words, view.before_after))
    if not view.not_running:
        found += [
            Section(name, (words("closer.not_made", reason=words.translated("lines", reason).rstrip(".")),))
            for name, reason in view.not_made
            if name not in (DOSES, NEEDS)  # told in the answer
        ]
    return found


def parts_report(words: Words, view: PartsView) -> Report:
    """The report of an attribution."""
    origin = view.origin
    return Report(
        title=words("report.title.parts", site=origin.site),
        meta=meta_of(words, origin),
        answer=(*wording.idle(words, view), words("figure.says", answer=f"{parts_answer(words, view.parts)}."),
                *wording.whole_texts(words, view), wording.scope(words, view), *wording.begins(words, origin)),
        cards=(),
        warnings=tuple(wording.warnings(words, view)),
        sections=(_parts_section(words, view.parts, folded=False), *common(words, view)),
        command=origin.command,
        facts=(*facts_of(words, origin), *wording.pairing_facts(words, view)),
        level=level_reached(words, view.validation),
    )  # fmt: skip


# --- the ledger ------------------------------------------------------------------------------------------


def _books_section(words: Words, books: Books) -> Section:
    return Section(
        "ledger",
        (words("text.ledger", runs=words.number(books.runs, 0)), ledger_answer(words, books)),
        "ledger" if books.causes else "",
        words("ledger.alt"),
        (_books_table(words, books),),
        (_causes_table(words, books),),
    )


def ledger_answer(words: Words, books: Books) -> str:
    """How many averted shootings were stopped directly, and how many with the one before them."""
    averted = books.sums["averted"][MAIN]
    if averted.value == 0:
        return words("ledger.answer.none")
    nothing = {MAIN: Stated(0.0, 0.0, 0.0)}
    direct = books.ways.get("direct", nothing)[MAIN]
    return words(
        "ledger.answer",
        averted=words.number(averted.value),
        direct=words.percent(direct.value / averted.value),
        downstream=words.percent(1 - direct.value / averted.value),
        created=words.number(books.sums["created"][MAIN].value),
    )


def _books_table(words: Words, books: Books) -> ReportTable:
    names = tuple(books.sums["base"])
    lines = [("base", books.sums["base"], "")]
    lines.append(("averted", books.sums["averted"], "−"))
    lines += [(f"way.{way}", values, "") for way, values in books.ways.items()]
    lines += [("created", books.sums["created"], "+"), ("changed", books.sums["changed"], "+")]
    lines.append(("scenario", books.sums["scenario"], "="))
    rows = []
    for name, values, sign in lines:
        title = f"{sign} {words(f'ledger.line.{name}')}".strip()
        rows.append((title, *(graded.estimate_text(words, values[n], signed=False) for n in names)))
    header = ("", *(graded.capital(graded.what(words, name)) for name in names))
    return ReportTable(words("ledger.books"), header, tuple(rows))


def _causes_table(words: Words, books: Books) -> ReportTable:
    header = (words("ledger.cause"), words("cells.averted"), words("ledger.share"))
    rows = tuple(
        (cause_name(words, name), graded.estimate_text(words, mean, signed=False), words.percent(share))
        for name, mean, share in books.causes
    )
    return ReportTable(words("ledger.causes"), header, rows)


def cause_name(words: Words, name: str) -> str:
    """A gate, or what stands for one, as readers know it."""
    return words(f"gate.{name}")


# --- parts -----------------------------------------------------------------------------------------------


def _parts_section(words: Words, parts: Parts, *, folded: bool = True) -> Section:
    runs = words.number(parts.runs, 0)
    texts: tuple[str, ...] = (words("text.parts", runs=runs), words("text.parts.but_for"))
    if not parts.are_shared_out:
        texts = (words("text.parts.lost", runs=runs),)
    others = tuple(parts_table(words, parts, name) for name in parts.by_outcome if name != MAIN)
    main = parts_table(words, parts, MAIN)
    if folded:
        return Section("parts", texts, "parts", words("parts.alt"), (main,), others)
    return Section("parts", texts, "parts", words("parts.alt"), (main, *others))


def parts_table(words: Words, parts: Parts, outcome: str) -> ReportTable:
    """Each part's share, where it has one, and what would be lost but for it, one row a part."""
    shares = (words("parts.share"),) if parts.are_shared_out else ()
    header = (words("parts.part"), *shares, words("parts.but_for"), words("table.verdict"))
    rows = []
    for part in parts.by_outcome[outcome]:
        is_whole = part.name in (REST, TOTAL)
        numbers = [] if part.share is None else [graded.estimate_text(words, part.share)]
        numbers.append("" if is_whole and numbers else graded.estimate_text(words, part.but_for))
        verdict = _verdict(words, part.main, outcome)
        if part.is_zero:
            numbers, verdict = ["0"] * len(numbers), words("parts.zero")
        rows.append((part_name(words, part.name), *numbers, verdict))
    caption = words("parts.table", what=outcome_name(words, outcome))
    return ReportTable(caption, header, tuple(rows), words_from=len(header) - 1)


def outcome_name(words: Words, outcome: str) -> str:
    """An outcome that is shared out, with its unit where it has one."""
    if outcome == "cost":
        return f"{words('outcome.cost')} ({words('cost.unit')})"
    return graded.what(words, _shown(outcome))


def part_name(words: Words, name: str) -> str:
    """A part's name for readers; the user's own where there is none."""
    return words(f"part.{name}") if words.has(f"part.{name}") else words.as_written(name)


def _verdict(words: Words, change: Change, outcome: str = MAIN) -> str:
    return graded.grade(words, change.verdict, _shown(outcome))


def _shown(outcome: str) -> str:
    """The name that readers know an outcome by that is shared out."""
    return {"person_years_detained": "detained_days"}.get(outcome, outcome)


def parts_answer(words: Words, parts: Parts, outcome: str = MAIN) -> str:
    """Which part carries most of the change in an outcome."""
    rows = parts.by_outcome[outcome]
    own = [part for part in rows if part.name not in (REST, TOTAL) and part.main.is_settled]
    total = rows[-1].main
    if all(part.main.verdict is Verdict.NO_DIFFERENCE for part in rows):
        return words("parts.answer.same", what=graded.what(words, _shown(outcome)))
    if not own or not total.is_settled:
        return words("parts.answer.none", what=graded.what(words, _shown(outcome)))
    most: Part = min(own, key=lambda part: part.main.value if total.value < 0 else -part.main.value)
    return words(
        "parts.answer" if parts.are_shared_out else "parts.answer.lost",
        part=part_name(words, most.name).lower(),
        said=graded.phrase(words, most.main.verdict, _shown(outcome), words.signed(most.main.value)),
        total=words.signed(total.value),
    )


# --- before and after ------------------------------------------------------------------------------------


def _before_after_section(words: Words, found: BeforeAfter) -> Section:
    return Section(
        "before_after",
        (
            words("text.before_after", years=words.years(found.years), runs=words.number(found.runs, 0)),
            before_after_answer(words, found),
        ),
        "before_after",
        words("before_after.alt"),
        (_before_after_table(words, found),),
    )


def before_after_answer(words: Words, found: BeforeAfter) -> str:
    """What the naive change is, and how much of it the programme made."""
    terms = found.terms
    made = terms["effect"].value + terms["downstream"].value
    values = {
        "before": words.number(terms["before"].value),
        "after": words.number(terms["after"].value),
        "naive": words.signed(terms["naive"].value),
        "made": words.signed(made),
        "regression": words.signed(terms["regression"].value),
        "trend": words.signed(terms["trend"].value),
    }
    return words("before_after.answer", **values)


def _before_after_table(words: Words, found: BeforeAfter) -> ReportTable:
    header = (words("before_after.term"), words("before_after.column"), words("table.verdict"))
    rows = []
    for name in ("before", "after", *TERMS):
        level = name in ("before", "after")
        text = graded.estimate_text(words, found.terms[name], signed=not level)
        rows.append((words(f"term.{name}"), text, "" if level else _verdict(words, found.terms[name])))
    return ReportTable(words("section.before_after"), header, tuple(rows), words_from=2)
