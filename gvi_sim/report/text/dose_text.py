"""The main answer beside the plan: what certainty and offers do, what is promised and kept, what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.decomposition.effect_by_dose import ALWAYS, CERTAINTY, NEVER, OFFERS
from ...analysis.decomposition.requirements import CAPACITY, KEPT, LONGEST_WAIT
from ...analysis.inference.graded import percent_span, said

if TYPE_CHECKING:
    from ...analysis.inference.estimates import Row
    from ...language.catalogue import Words
    from ..views.dose_view import ByDose, DoseView, Need
    from ..views.view import PartsView, RunView

DOSES, NEEDS = "doses", "needs"


def dose_texts(words: Words, view: RunView | PartsView) -> list[str]:
    """What certainty and offers do at 0 and at 1, how much does not depend on promises kept, and how many are kept."""
    found = view.by_dose
    if found is None:
        reasons = [words.translated("lines", reason) for name, reason in view.not_made if name == DOSES]
        return [words("certainty.not_made", reason=reason) for reason in reasons]
    told = []
    runs = words.number(found.runs, 0)
    if CERTAINTY in found.ends:
        told.append(words("certainty.ends", **_ends(words, found.ends[CERTAINTY]), runs=runs))
        if found.left == found.left:
            key = "most" if found.left > 0.5 else "some" if found.left > 0 else "none"
            told[0] += f" {words(f'certainty.left.{key}', share=words.percent(max(found.left, 0.0)))}"
    else:
        told.append(words("certainty.not_made", reason=words("certainty.nothing_promised")))
    if OFFERS in found.ends:
        told.append(words("offers.ends", **_ends(words, found.ends[OFFERS]), runs=runs))
    own = found.own
    forms = form_texts(words, found)
    if own.owed > 0:
        owed, share = words.number(own.owed, 0 if own.owed >= 10 else 1), words.percent(own.kept / own.owed)
        kept = words("promises.kept", owed=owed, share=share, years=words.years(*view.origin.spans))
        return [*told, " ".join([kept, *forms])]
    return [*told, *forms]


def form_texts(words: Words, found: ByDose) -> list[str]:
    """What the programme does under either form of what nobody knows and matters most; nothing where none was drawn."""
    if not found.forms:
        return []
    name = max(found.forms, key=lambda name: _apart(found.forms[name]))
    both = (f"{words(f'structure.{name}.{form}')}: {_change(words, dose)}" for form, dose in found.forms[name].items())
    return [words("structures.told", forms="; ".join(both))]


def _apart(forms: dict[str, DoseView]) -> float:
    known = [dose.row.change.value for dose in forms.values() if dose.row.change.is_known]
    return max(known) - min(known) if known else 0.0


def _change(words: Words, dose: DoseView) -> str:
    return (
        words.percent(dose.row.change.value, signed=True) if dose.row.change.is_known else words("structures.unknown")
    )


def _ends(words: Words, ends: dict[str, DoseView]) -> dict[str, str]:
    return {end: _end(words, ends[end].row) for end in (NEVER, ALWAYS)}


def _end(words: Words, row: Row) -> str:
    told = said(words, row)
    return f"{told[:-1]}; {percent_span(words, row.change)})" if told.endswith(")") and row.change.is_known else told


def need_texts(words: Words, view: RunView) -> list[str]:
    """The smallest capacity and the fewest places that reach what is asked, and what they cost."""
    reasons = [words.translated("lines", reason) for name, reason in view.not_made if name == NEEDS]
    if reasons and not view.not_running:
        return [words("need.not_made", reason=reason.rstrip(".")) for reason in reasons]
    return [_need(words, found) for found in view.needs]


def _need(words: Words, found: Need) -> str:
    name = "capacity" if found.lever == CAPACITY else "places"
    shares = name == "capacity"
    told = {
        key: words.percent(value) if shares else words.number(value, 0)
        for key, value in (("asked", found.asked), ("reached", found.reached), ("own_reached", found.own_reached))
    }
    told |= {key: words.number(value, 0) for key, value in (("own", found.own), ("most", found.most))}
    told |= {"of_certainty": words.percent(KEPT), "days": words.number(LONGEST_WAIT, 0)}
    if found.dose is None:
        return words(f"need.{name}.unreachable", **told)
    text = words(f"need.{name}.reached", dose=words.number(found.dose, 0), **told)
    if found.cost > 0 and found.dose != found.own:
        costs = {key: words.number(getattr(found, key)) for key in ("cost", "own_cost")}
        text += f" {words('need.cost', **costs)}"
    return text
