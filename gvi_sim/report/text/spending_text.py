"""What the programme costs against its budget, and per shooting averted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...analysis.decomposition.spending import Spending
    from ...analysis.inference.estimates import Stated
    from ...language.catalogue import Words
    from ..views.view import RunView

MSEK = 1e6


def spending_texts(words: Words, view: RunView) -> tuple[str, ...]:
    """The cost a year, held against the budget if one is stated, and the cost of an averted shooting."""
    found = view.spending
    if found is None:
        return ()
    averted = words("text.cost.not_told")
    if found.per_shooting is not None:
        averted = words("text.cost.averted", grade=found.grade, **_in_millions(words, found.per_shooting))
    return _year(words, found), averted


def budget_text(words: Words, view: RunView) -> str:
    """The cost a year against the budget, where one is stated; "" else."""
    found = view.spending
    return _year(words, found) if found is not None and found.budget > 0 else ""


def _year(words: Words, found: Spending) -> str:
    told = {"grade": found.grade, **_in_millions(words, found.a_year)}
    if found.budget <= 0:
        return words("text.cost.year", **told)
    gap = found.a_year.value - found.budget
    return words(
        "text.cost.over" if gap > 0 else "text.cost.under",
        share=words.number(100 * found.share, 0),
        budget=words.number(found.budget / MSEK),
        gap=words.number(abs(gap) / MSEK),
        **told,
    )


def _in_millions(words: Words, amount: Stated) -> dict[str, str]:
    return {name: words.number(value / MSEK) for name, value in vars(amount).items()}
