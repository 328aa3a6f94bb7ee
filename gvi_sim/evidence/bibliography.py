"""The sources behind the entries: sources.bib and what the sites' own files add, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import EvidenceError, nearest_hint
from ..language.catalogue import Words
from .site_files import OWN_SOURCES, site_files

__all__ = ["STATUSES", "TITLES", "Source", "flaws_of_own", "source", "sources"]

STATUSES = {
    "seen": "seen in the responsible body's or the authors' own text",
    "secondary": "seen in press or a clearing house",
    "computed": "computed from public records",
    "derived": "arithmetic on other rows",
    "recalled": "recalled, not checked",
    "unseen": "located, its figures not seen",
}
TITLES = ("given", "recalled", "described")

_NEEDED = ("author", "title", "year", "note", "status", "titled")
_FILE = Path(__file__).with_name("sources.bib")
_RECORD = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[^,\s]+),\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """One source: its key (a row of the evidence tables), who, what, when, where, and what it says."""

    key: str
    author: str
    title: str
    year: str
    where: str
    note: str
    """What the row says, and how it was seen: in the source itself, in press, recalled, or derived."""
    status: str
    """How the figure was seen (STATUSES)."""
    titled: str
    """Whether the title stands in the evidence tables, is recalled, or describes the row (TITLES)."""

    @property
    def is_recalled(self) -> bool:
        """Whether the figure itself was recalled and not seen: nothing that rests on it alone is above grade C."""
        return self.status in ("recalled", "unseen")

    def reference(self, lang: str = "en") -> str:
        """One line: authors (year). Title. Where; a title that was not seen is marked."""
        authors = self.author.replace(" and ", "; ")
        stop = "" if self.title.endswith("?") else "."
        seen = "" if self.titled == TITLES[0] else Words(lang)(f"evidence.title.{self.titled}")
        return f"{authors} ({self.year}). {self.title}{stop}{seen} {self.where}"


@cache
def sources() -> dict[str, Source]:
    """Every source by key."""
    found: dict[str, Source] = {}
    for match in _RECORD.finditer(_FILE.read_text("utf-8")):
        fields = {name: _read(text) for name, text in _FIELD.findall(match["body"])}
        if match["key"] in found:
            raise EvidenceError("source-twice", key=match["key"])
        found[match["key"]] = _source(match["key"], fields)
    for content in site_files().values():
        for key, own in _own(content).items():
            if isinstance(own, Source):
                found.setdefault(key, own)
    return found


def source(key: str) -> Source:
    """One source. EvidenceError with the nearest key when there is none."""
    if key not in sources():
        raise EvidenceError("unknown-source", key=key, hint=nearest_hint(key, sources()))
    return sources()[key]


def flaws_of_own(content: object) -> list[EvidenceError]:
    """What is wrong with the sources in a site's file."""
    return [found for found in _own(content).values() if isinstance(found, EvidenceError)]


def _own(content: object) -> dict[str, Source | EvidenceError]:
    records = content.get(OWN_SOURCES, {}) if isinstance(content, dict) else {}
    if not isinstance(records, dict):
        return {"": EvidenceError("own-sources", own=OWN_SOURCES, needed=_NEEDED)}
    return {str(key): _own_source(str(key), record) for key, record in records.items()}


def _own_source(key: str, record: object) -> Source | EvidenceError:
    fields = {name: str(text) for name, text in record.items()} if isinstance(record, dict) else {}
    try:
        return _source(key, {"titled": "given"} | fields, OWN_SOURCES)
    except EvidenceError as error:
        return error


def _read(text: str) -> str:
    return " ".join(text.replace("\\%", "%").strip("{}").split())


def _source(key: str, fields: dict[str, str], file: str = "sources.bib") -> Source:
    if missing := [name for name in _NEEDED if not fields.get(name)]:
        raise EvidenceError("source-lacks", file=file, source=key, missing=missing)
    for name, known in (("status", STATUSES), ("titled", TITLES)):
        if fields[name] not in known:
            raise EvidenceError("source-field", file=file, source=key, name=name, value=fields[name], known=known)
    doi = [f"doi:{fields['doi']}"] if "doi" in fields else []
    where = [fields[name] for name in ("journal", "publisher", "url") if name in fields]
    return Source(
        key, fields["author"], fields["title"], fields["year"], ", ".join(where + doi), fields["note"],
        fields["status"], fields["titled"],
    )  # fmt: skip
