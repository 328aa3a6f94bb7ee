"""Where the doubt about an answer lies, for readers: chance, parameters, structure, and what drives the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...language.catalogue import Words

if TYPE_CHECKING:
    from ..inference.estimates import Stated
    from .uncertainty import Uncertainty

ASSUMED = "D"
NAMED = 4
"""So many parameters a sentence names at the most."""


def parameter_name(words: Words, key: str) -> str:
    """A parameter's name for readers; the key itself when the table of sentences has none for it."""
    return words(f"key.{key}") if words.has(f"key.{key}") else key


def uncertainty_texts(words: Words, doubt: Uncertainty) -> list[str]:
    """How much of the doubt is the parameters', and what drives the answer."""
    return [_split(words, doubt), drivers_text(words, doubt)]


def _split(words: Words, doubt: Uncertainty) -> str:
    share = doubt.parameters
    drawn, draws = words.number(len(doubt.drawn), 0), words.number(doubt.draws, 0)
    if share is None:
        return words("doubt.cannot_split", drawn=drawn, wanted=words.number(2 * doubt.draws, 0))
    told = words("doubt.split", drawn=drawn, draws=draws, **_share(words, share))
    if doubt.structure is None:
        return told
    key, forms = "doubt.forms" if doubt.forms > 1 else "doubt.forms.one", words.number(doubt.forms, 0)
    return f"{told} {words(key, forms=forms, **_share(words, doubt.structure))}"


def _share(words: Words, share: Stated) -> dict[str, str]:
    ends = words("interval.short", low=words.percent(share.low), high=words.percent(share.high))
    return {"share": words.percent(share.value), "interval": ends}


def drivers_text(words: Words, doubt: Uncertainty) -> str:
    """Which parameters drive the answer, those without a measurement by name; that it cannot be told otherwise."""
    if not doubt.driving:
        return words("doubt.drivers.cannot_tell")
    named = [
        f"{parameter_name(words, driver.key)} ({words.percent(driver.share.value)})" for driver in doubt.driving[:NAMED]
    ]
    told = words("doubt.drivers", names=words.joined(named))
    assumed = [parameter_name(words, driver.key) for driver in doubt.driving if driver.grade == ASSUMED]
    return f"{told} {words('doubt.assumed', names=words.joined(assumed))}" if assumed else told
