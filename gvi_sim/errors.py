"""Every exception of gvi_sim, and the one helper that names the nearest key.

::

    GviError                 everything raised on purpose; `exit_code` is what the command line returns
    ├── ScenarioError        the scenario is not one that can be run: an unknown key, a value out of its
    │                        range, two keys that contradict each other, a file that cannot be read (exit 2)
    ├── EvidenceError        the registry was asked for something it does not hold, or is broken (exit 2)
    ├── ResourceError        the run would need more time, memory or room than there is (exit 2)
    ├── PairingError         two scenarios that cannot be compared event by event (exit 2)
    ├── StoreError           a result folder is missing, damaged, locked or full (exit 1)
    └── EngineError          the simulation broke one of its own rules: a fault of ours (exit 1)

A message says what, the value, why, and what to do; it names the nearest key for a misspelt one.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from .language.messages import Message

__all__ = [
    "EngineError",
    "EvidenceError",
    "GviError",
    "Message",
    "PairingError",
    "ResourceError",
    "ScenarioError",
    "StoreError",
    "nearest",
    "nearest_hint",
]

MOST_LETTERS = 200


class GviError(Exception):
    """What gvi_sim raises on purpose. Catch this to catch them all.

    ``id`` names the sentence in ``language/errors.yaml`` and ``fields`` what goes into it. ``rule`` is the rule that
    was broken (``unknown-key``, ``out-of-range``, ``stop-before-start``, ...), the ``id`` up to its slash unless given,
    and ``key`` the key at fault, for programs that act on them; people read ``str(error)`` or ``text("sv")``.
    """

    exit_code: int = 1

    def __init__(self, id: str, /, *, key: str | None = None, rule: str | None = None, **fields: object) -> None:
        super().__init__(id)  # with the attributes, all that pickle needs
        self.key, self.rule = key, rule or id.partition("/")[0]
        self.message = Message(id, key=key, **fields)

    def __str__(self) -> str:
        return self.message.text()

    def text(self, lang: str = "en") -> str:
        """The message in ``en`` or ``sv``."""
        return self.message.text(lang)


class ScenarioError(GviError):
    """The scenario is not one that can be run: the user's mistake, with what to do about it."""

    exit_code = 2


class EvidenceError(GviError):
    """The registry was asked for something it does not hold, or an entry of it is broken."""

    exit_code = 2


class ResourceError(GviError):
    """The run as asked for would need more time, memory or room than there is."""

    exit_code = 2


class PairingError(GviError):
    """Two scenarios that cannot be compared event by event, with the reason."""

    exit_code = 2


class StoreError(GviError):
    """A result folder is missing, damaged, locked or full."""


class EngineError(GviError):
    """The simulation broke one of its own rules: a fault of ours, please report it."""


def nearest(word: str, choices: Iterable[str], count: int = 1) -> list[str]:
    """The `count` choices most like `word`, best first; empty when none is near.

    Letters in common decide (difflib's ratio), then the difference in length, then the alphabet. A name
    without its groups is found too: `sanction_certainty` finds `programme.sanction_certainty`.
    """
    if len(word) > MOST_LETTERS:  # no misspelling, and comparing it would take long
        return []
    scored = [(-_likeness(word.lower(), c.lower()), abs(len(c) - len(word)), c) for c in choices]
    return [choice for score, _, choice in sorted(scored)[:count] if -score >= 0.6]


def nearest_hint(word: str, choices: Iterable[str]) -> Message | str:
    """` Nearest: x.` for a message, or an empty string when nothing is near."""
    found = nearest(word, choices)
    return Message("nearest", name=found[0]) if found else ""


def _likeness(word: str, choice: str) -> float:
    whole = _ratio(word, choice)
    if word.rsplit(".", 1)[-1] == choice.rsplit(".", 1)[-1]:  # the right name in another group
        return 0.9 + 0.1 * whole
    parts, depth = choice.split("."), word.count(".") + 1
    return max(whole, 0.99 * _ratio(word, ".".join(parts[-depth:])))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def visible(text: str) -> str:
    """A message that may quote a file of somebody else: what would steer the terminal is spelt out."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\u00a0\u202f" else letter.encode("unicode_escape").decode()
        for letter in text
    )
