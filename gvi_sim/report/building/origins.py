"""Where a result comes from, in names: the sites, packages, years and beginnings of what was run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ... import evidence
from ...analysis.pairs.effect_text import LONGEST_NAME, place_name
from ...language.catalogue import printable
from ..views.view import Beginning, Origin

if TYPE_CHECKING:
    from ...config import Scenario

BEGINS = "programme.start_date"
SEVERAL = "several"
SITE_FACTS = ("site.population", "site.groups", "site.members", "site.attacks_per_year")


def origin_of(result: Any, scenarios: Sequence[Scenario], command: str) -> Origin:
    """Where a result comes from, from its manifest; ``scenarios``: one of every kind that was run."""
    manifest = result.manifest
    first = scenarios[0]
    facts = [
        ("reproduce.seed", str(result.seed)),
        ("reproduce.parameters", parameters_text(manifest)),
        ("reproduce.version", str(manifest["version"])),
        ("reproduce.commit", str(manifest["commit"] or "–")),
        ("reproduce.scenario", first.digest()),
        ("reproduce.events", str(manifest["event_hash"] or "–")),
        ("reproduce.created", str(manifest["created"])),
    ]
    return Origin(
        site=place_name(*scenarios),
        start=first.start_date,
        spans=tuple(sorted({float(scenario.years) for scenario in scenarios})),
        replicates=int(result.replicates),
        seed=int(result.seed),
        version=str(manifest["version"]),
        command=command,
        facts=tuple(facts),
        libraries=tuple(sorted((str(k), str(v)) for k, v in manifest["libraries"].items())),
        levers=tuple(_lever_text(lever) for lever in manifest["levers"]),
        drawn=len((manifest.get("ensemble") or {"keys": ()})["keys"]),
        package=package_of(scenarios),
        beginnings=beginnings(scenarios),
        abroad=abroad(scenarios),
        own_facts=tuple(key for key in SITE_FACTS if key in first.chosen and "site.name" not in first.chosen),
    )


def _lever_text(lever: Mapping[str, Any]) -> str:
    """A lever of a user's own as a report names it: with the start of its file's SHA-256, where it has one."""
    name = printable(str(lever["name"]), LONGEST_NAME)
    return f"{name} (SHA-256 {lever['sha256'][:12]})" if lever["sha256"] else name


def package_of(scenarios: Sequence[Scenario]) -> str:
    """The choice of programme that was run, ``several`` where there is more than one."""
    packages = {scenario.choices["programme"] for scenario in scenarios}
    return packages.pop() if len(packages) == 1 else SEVERAL


def beginnings(scenarios: Sequence[Scenario]) -> tuple[Beginning, ...]:
    """When the programme begins in each site, in these runs and as the registry knows it."""
    sites = {site.site.key: site for scenario in scenarios for site in scenario.each_site()}
    return tuple(_beginning(site) for site in sites.values())


def abroad(scenarios: Sequence[Scenario]) -> tuple[tuple[str, str, str], ...]:
    """The sites with values of another country than their own: name, country, whose values ("": the default's)."""
    found: dict[tuple[str, str, str], None] = {}
    for site in (part.site for scenario in scenarios for part in scenario.each_site()):
        entry = evidence.entry("site.country", site.key)
        own = str(entry.value) if entry.place == site.key else site.country
        taken = site.country if site.country in evidence.countries() else ""
        if taken != own and (entry.place == site.key or not taken):
            found[printable(site.name, LONGEST_NAME), own, taken] = None
    return tuple(found)


def _beginning(scenario: Scenario) -> Beginning:
    site = scenario.site
    entry = evidence.find(BEGINS, site.key)
    return Beginning(
        site=printable(site.name, LONGEST_NAME),
        place="" if entry is None else entry.place,
        day=scenario.programme.start_date if scenario.programme_runs()[0] else None,
        sources=() if entry is None else tuple(map(_reference, entry.sources)),
        grade="" if entry is None else entry.grade,
        known="" if entry is None else str(entry.value),
        timeline=scenario.timeline if scenario.programme_runs()[0] else (),
    )


def _reference(key: str) -> str:
    return key if key == evidence.ASSUMPTION else evidence.source(key).reference()


def parameters_text(manifest: Mapping[str, Any]) -> str:
    """What a run took its parameters from: "point", or an ensemble with the start of its hash."""
    ensemble = manifest.get("ensemble")
    word = printable(str(manifest["parameters"]), LONGEST_NAME)
    return word if ensemble is None else f"{word} ({ensemble['sha256'][:12]})"
