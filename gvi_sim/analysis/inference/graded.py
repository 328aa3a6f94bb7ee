"""The words for a direction: one grade, one interval and one form of each outcome, wherever a number is said."""

from __future__ import annotations

from ...language.catalogue import Words
from . import outcomes
from .estimates import Change, Row, Stated
from .verdict import Verdict

GRADES = ("cannot_tell", "rather", "likely", "very_likely")


def what(words: Words, name: str) -> str:
    """The outcome's name in a sentence."""
    return words(f"outcome.{name}")


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def direction(words: Words, name: str, value: float) -> str:
    """ "fewer", "more", "lower" or "higher", as the outcome is counted or measured."""
    if outcomes.is_counted(name):
        return words("word.fewer" if value < 0 else "word.more")
    return words("word.lower" if value < 0 else "word.higher")


def grade(words: Words, verdict: Verdict, name: str) -> str:
    """The verdict in words, of what is counted or measured: "very likely fewer", "likely lower"."""
    if verdict is Verdict.NO_DIFFERENCE:
        return words("grade.same")
    ways = direction(words, name, verdict.sign), direction(words, name, -verdict.sign)
    return words(f"grade.{GRADES[verdict.sureness]}", way=ways[0], other=ways[1])


def said(words: Words, row: Row) -> str:
    """What the model says of an outcome in one phrase, for titles: "very likely fewer shootings (−29%)"."""
    if row.verdict is Verdict.NO_DIFFERENCE:
        return words("said.same", what=what(words, row.name))
    if not row.is_settled:
        return words("said.cannot_tell", what=what(words, row.name), size=_size(words, row))
    return phrase(words, row.verdict, row.name, _size(words, row))


def phrase(words: Words, verdict: Verdict, name: str, size: str) -> str:
    """A direction with its size: "likely fewer shootings (−12)", "person-years detained likely lower (−3)"."""
    key = "said.counted" if outcomes.is_counted(name) else "said.measured"
    return words(key, grade=grade(words, verdict, name), what=what(words, name), size=size)


def _size(words: Words, row: Row) -> str:
    if row.change.is_known:
        return words.percent(row.change.value, percent_decimals(row.change), signed=True)
    return words.signed(row.difference.value)


def change_in_words(words: Words, row: Row) -> str:
    """ "29% fewer"; the absolute difference where business as usual has none."""
    relative = row.change
    shown = relative if relative.is_known else row.difference
    if relative.is_known:
        size = words.percent(abs(relative.value), percent_decimals(relative))
    else:
        size = words.number(abs(shown.value))
    return f"{size} {direction(words, row.name, shown.value)}"


def change_interval(words: Words, row: Row, *, named: bool = True) -> str:
    """ "95% interval 22% to 31% fewer", or with both directions where the interval holds no difference.

    Without ``named`` the words "95% interval" are left out, for the second interval of a sentence on.
    """
    estimate = row.change if row.change.is_known else row.difference
    low, high = _ends(words, estimate, is_share=row.change.is_known)
    if estimate.low < 0 < estimate.high:
        low = f"{low} {direction(words, row.name, estimate.low)}"
        high = f"{high} {direction(words, row.name, estimate.high)}"
    else:
        low, high = sorted_by_size(estimate, low, high)
        high = f"{high} {direction(words, row.name, estimate.value)}"
    return words("interval.same_way" if named else "interval.short", low=low, high=high)


def sorted_by_size(estimate: Stated, low: str, high: str) -> tuple[str, str]:
    """The two ends in words, the smaller in size first ("22% to 31% fewer")."""
    return (high, low) if abs(estimate.low) > abs(estimate.high) else (low, high)


def _ends(words: Words, estimate: Stated, *, is_share: bool) -> tuple[str, str]:
    if is_share:
        decimals = percent_decimals(estimate)
        return words.percent(abs(estimate.low), decimals), words.percent(abs(estimate.high), decimals)
    _, low, high = words.together(abs(estimate.value), abs(estimate.low), abs(estimate.high))
    return low, high


def percent_decimals(estimate: Stated) -> int:
    """None, or one where an end would read as nothing or the two ends alike."""
    known = [abs(end) for end in (estimate.low, estimate.high, estimate.value) if end != 0]
    return 0 if min(known, default=1.0) >= 0.01 and estimate.high - estimate.low >= 0.02 else 1


def bracket(words: Words, estimate: Stated) -> str:
    """ "12 to 33", with signs where they differ."""
    _, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return words("interval.short", low=low, high=high)


def estimate_text(words: Words, estimate: Stated, *, signed: bool = True) -> str:
    """ "+12 (8 to 16)"; a dash when there is no value."""
    if not estimate.is_known:
        return words.number(float("nan"))
    value, _, _ = words.together(estimate.value, estimate.low, estimate.high)
    if signed and estimate.value > 0 and value.strip("0.,"):
        value = "+" + value
    return f"{value} ({bracket(words, estimate)})"


def percent_text(words: Words, estimate: Stated) -> str:
    """ "−27% (−31% to −22%)"; a dash when there is no value."""
    if not estimate.is_known:
        return words.number(float("nan"))
    value = words.percent(estimate.value, percent_decimals(estimate), signed=True)
    return f"{value} ({percent_span(words, estimate)})"


def percent_span(words: Words, estimate: Stated) -> str:
    """ "−31% to −22%"."""
    decimals = percent_decimals(estimate)
    low, high = (words.percent(end, decimals, signed=True) for end in (estimate.low, estimate.high))
    return words("interval.short", low=low, high=high)


def verdict(words: Words, row: Row) -> str:
    """The grade of a row, for a table's last column."""
    return grade(words, row.verdict, row.name)


def averted_grade(words: Words, averted: Change) -> str:
    """The grade of a change that is told as shootings averted: "very likely more" where more are averted."""
    return grade(words, averted.verdict, "shootings")
