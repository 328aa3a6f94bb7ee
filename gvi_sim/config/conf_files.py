"""The choices that ship: conf/ and what each file in it sets.

A file sets keys anywhere in the tree; null leaves a key to the registry. This reader is strict and knows no
Hydra: scenario files and `replace` go through it. `compose.py` has Hydra do the same for overrides.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from unicodedata import combining, normalize

from ..errors import ScenarioError, nearest_hint
from ..evidence import sites
from ..evidence.strict_yaml import plain, read_yaml
from .convert import convert
from .leaves import leaves
from .levers import parts
from .sourced_value import Given, shown

__all__ = [
    "CHOICES", "choose", "conf_dir", "file_sets", "flattened", "layers", "options", "settled_choices",
    "spelt", "spelt_key",
]  # fmt: skip

CHOICES = ("programme", "calendar", "structure", "site")  # the order in which conf/config.yaml names them
_GROUPS = (*CHOICES, "engine")
_OVERRIDE = "override /"
_UNDIVIDED = str.maketrans({"ø": "o", "æ": "ae", "ł": "l"})


@cache
def conf_dir() -> Path:
    """The folder of choices: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise ScenarioError("no-conf", package=package)


@cache
def options(group: str) -> tuple[str, ...]:
    """The names one may choose in a group (`site`, `programme`, `calendar`, `structure`, `engine`).

    A site needs no file of choices: its facts in the registry make it one.
    """
    names = {path.stem for path in (conf_dir() / group).glob("*.yaml")}
    return tuple(sorted(names | {*sites()} if group == "site" else names))


def choose(group: str, name: object, in_file: str = "") -> str:
    """A name that exists in a group; ScenarioError with the nearest one when it does not."""
    known = options(group)
    if isinstance(name, str) and spelt(name) in known:
        return spelt(name)
    raise ScenarioError(
        "no-such-choice",
        key=group,
        name=shown(name),
        in_file=in_file,
        hint=nearest_hint(spelt(str(name)), known),
        known=known,
    )


def spelt(name: str) -> str:
    """A name as files spell it: Göteborg and GÖTEBORG are goteborg, Upplands-Bro is upplands_bro."""
    letters = normalize("NFKD", name.strip().casefold().translate(_UNDIVIDED))
    return re.sub(r"[\s_-]+", "_", "".join(letter for letter in letters if not combining(letter)))


def spelt_key(key: str) -> str:
    """A key of the tree for the short form of one: `country` is the country whose values hold at the site."""
    return "site.country" if key.lower() == "country" else key


@cache
def default_choices() -> dict[str, str]:
    """The choice in each group when the user makes none."""
    return {group: name for group, name in _defaults(_content("config.yaml")) if group in _GROUPS}


def settled_choices(chosen: dict[str, str]) -> dict[str, str]:
    """Every group's choice: the user's, else the site's own calendar, else the default."""
    settled = default_choices() | chosen
    for group, name in _defaults(_content(f"site/{settled['site']}.yaml")):
        if group.startswith(_OVERRIDE):
            settled[group.removeprefix(_OVERRIDE)] = chosen.get(group.removeprefix(_OVERRIDE), name)
    return settled


@cache
def layers(*names: str) -> dict[str, Given]:
    """What the files chosen in ``CHOICES``, in that order, set by key; later groups win. Null keys are not in it."""
    found: dict[str, Given] = {}
    for group, name in zip(CHOICES, names, strict=True):
        found.update(file_sets(group, name))
    return found


@cache
def file_sets(group: str, name: str) -> dict[str, Given]:
    """What one file sets, by key. The choice of a site sets its key, and with ``only``, a list of parts, the levers of
    all other parts are off.
    """
    origin = f"conf/{group}/{name}.yaml"
    key_of_site = {"site.key": Given(name, f"site={name}")} if group == "site" else {}
    content = _content(f"{group}/{name}.yaml")
    only = content.get("only", [*parts()])
    if not isinstance(only, list) or (strange := [part for part in only if part not in parts()]):
        near = nearest_hint(str(strange[0]), parts()) if isinstance(only, list) else ""
        raise ScenarioError("bad-file/only", origin=origin, parts=parts(), hint=near)
    off = {key: value for part, values in parts().items() if part not in only for key, value in values.items()}
    return key_of_site | {
        key: Given(convert(key, Given(value, origin)), origin)
        for key, value in (off | flattened(content)).items()
        if value is not None and key in leaves()
    }


def flattened(content: object, prefix: str = "") -> dict[str, object]:
    """Mappings within mappings as dotted keys, down to the leaves of the tree."""
    if not isinstance(content, dict) or prefix[:-1] in leaves():
        return {prefix[:-1]: content}
    found: dict[str, object] = {}
    for name, value in content.items():
        found.update(flattened(value, f"{prefix}{name}."))
    return found


@cache
def _content(name: str) -> dict[str, object]:
    path = conf_dir() / name
    if name.startswith("site/") and not path.exists():
        return {}
    content = plain(read_yaml(path))
    return content if isinstance(content, dict) else {}


def _defaults(content: dict[str, object]) -> list[tuple[str, str]]:
    listed = content.get("defaults", [])
    rows = listed if isinstance(listed, list) else []
    return [(group, str(name)) for row in rows if isinstance(row, dict) for group, name in row.items()]
