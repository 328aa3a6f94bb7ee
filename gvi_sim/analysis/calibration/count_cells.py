"""What a cell of counts says: a whole number as people write it, nothing that was recorded, or a refusal."""

from __future__ import annotations

import re
import unicodedata

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
    wanted = f"a whole number from 0 to {MOST_COUNT:,} belongs there"
    raise refused(where, f"has {column} = {text[:20]!r}; {wanted}{_remedy(plain)}")


def _remedy(text: str) -> str:
    if _EITHER.fullmatch(text):
        digits = re.sub("[.,]", "", text)
        return f". It can be {digits} or a fraction: write {digits} if that is meant"
    if text.lower() in ("nan", "-nan", "inf", "-", "–", "—", "."):
        return ". Leave the cell empty if it was not recorded, and write 0 if nothing happened"
    if re.fullmatch(r"[-+]?\d*[.,]\d+|\d+[.,]?\d*[eE%].*", text):
        return ". A fraction is a mean, a rate or a share, and no count: give the counts themselves"
    if re.fullmatch(r"[-–−]\d.*", text):
        return ". Fewer than none cannot happen: is it a correction or a difference? Give the corrected counts"
    return ". Write digits only"
