"""What a cell of counts says: a whole number as people write it, nothing that was recorded, or a refusal."""

from __future__ import annotations

import re
import unicodedata

from ...errors import Message
from .table_file import refused

MOST_COUNT = 100_000
EMPTY = "empty"
_WHOLE = re.compile(r"\d+(?:[.,]0{1,2}|[.,])?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+", re.ASCII)
_EITHER = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
_MASK = re.compile(
    r"(?:<|<=|≤|under|below|fewer than|less than|färre än|mindre än)=? ?\d{1,2}\*?|[01] ?[-–] ?\d{1,2}|\*+|\.\.+|x+"
    r"|s|c|na|n/a|n\.a\.?|null|none|missing|saknas|suppressed|sekretess|uppgift saknas|#n/a|#saknas!",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")


def count_in(text: str, where: str, column: str) -> int | str:
    """The count in a cell, or the sign that stands where none was recorded (``EMPTY`` for an empty cell).

    ScenarioError for what is neither.
    """
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if not plain:
        return EMPTY
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(" ", "")
    if _WHOLE.fullmatch(plain) and len(plain) < 12 and (count := int(re.split("[.,]", plain)[0])) <= MOST_COUNT:
        return count
    if _MASK.fullmatch(text.strip()) or _MASK.fullmatch(plain):
        return text.strip()[:20]
    raise refused("bad-file/count", where, column=column, text=text[:20], most=MOST_COUNT, remedy=_remedy(plain))


def _remedy(text: str) -> Message:
    if _EITHER.fullmatch(text):
        return Message("count/either", digits=re.sub("[.,]", "", text))
    if text.lower() in ("nan", "-nan", "inf", "-", "–", "—", "."):
        return Message("count/empty")
    if re.fullmatch(r"[-+]?\d*[.,]\d+|\d+[.,]?\d*[eE%].*", text):
        return Message("count/fraction")
    if re.fullmatch(r"[-–−]\d.*", text):
        return Message("count/negative")
    return Message("count/digits")
