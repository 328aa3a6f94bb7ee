"""Levers are declared once: half a declaration says all that it lacks, a second list fails, a recipe is enough."""

from __future__ import annotations

import re
from pathlib import Path

from gvi_sim.analysis.decomposition.attribution import MOST_PARTS
from gvi_sim.config import programme_only
from gvi_sim.config.conf_files import flattened
from gvi_sim.config.levers import levers, levers_in, parts
from gvi_sim.config.programme_only import AT_REST
from gvi_sim.errors import EvidenceError
from gvi_sim.evidence.strict_yaml import plain, read_yaml
from gvi_sim.world import kernel_parameters

# Who may name which lever, and why. A new lever stands in none of these: what it needs is derived.
ALLOWED = {
    "gvi_sim/config/levers.yaml": {*levers()},
    # other names or turned values of the kernel, from before names followed from keys
    "gvi_sim/world/kernel_parameters.py": {
        "programme.sanction.delay_days", "programme.sanction.duration_days", "programme.sanction.capacity",
        "programme.sanction.extra_arrests_per_member_year", "programme.call_in.every_days",
        "programme.call_in.summoned", "programme.notification.per_month", "programme.coverage",
    },
    # the programme's two questions, certainty and offers at their ends; whether anything is promised; what it takes
    "gvi_sim/analysis/decomposition/effect_by_dose.py": {
        "programme.sanction_certainty", "programme.call_in.every_days", "programme.notification.per_month",
    },
    "gvi_sim/analysis/decomposition/requirements.py": {"programme.sanction.capacity"},
    # no group listed
    "gvi_sim/config/scenario.py": {"programme.coverage"},
    # figures of published studies: what the programme there was, and what differs between countries
    "benchmarks/makers/mechanisms.py": {"programme.sanction.capacity", "programme.sanction_certainty"},
    "gvi_sim/evidence/browse.py": {"programme.call_in.summoned", "programme.call_in.every_days",
                                   "programme.notification.per_month"},
    # what a dose costs, and what makes a run slow
    "gvi_sim/execution/amounts/unit_costs.py": {"programme.sanction.capacity", "programme.sanction_certainty",
                                        "programme.mediation_reach"},
    "gvi_sim/execution/amounts/resource_estimate.py": {"programme.call_in.summoned",
                                                        "programme.notification.per_month"},
    "gvi_sim/world/after_attacks.py": {"programme.coverage", "programme.notification.per_month"},
    # half of a part, which no declaration can say
    "conf/programme/call_ins_only.yaml": {"programme.notification.per_month"},
    "conf/programme/sanctions_only.yaml": {"programme.call_in.every_days"},
}  # fmt: skip
EXAMPLES = {"programme.sanction_certainty", "exit.offer_rate", "programme.prevention", "programme.mediation_reach"}
"""What help texts, messages and notes type as an example."""


def named(path: Path) -> set[str]:
    """The levers that a file names: dotted in text, or as keys of nested mappings."""
    text = path.read_text("utf-8")
    found = {key for key in levers() if re.search(rf"(?<![\w])(?<!\w\.\w){re.escape(key)}(?![\w])", text)}
    if path.suffix == ".yaml" and path.parts[-3] == "conf":
        found |= levers().keys() & flattened(plain(read_yaml(path))).keys()
    return found


def test_no_lever_is_registered_by_hand_in_a_second_list(root: Path) -> None:
    """A file that names a lever is the declaration, the registry, or has its reason above."""
    complaints = []
    for path in sorted(path for room in ("gvi_sim", "conf") for path in (root / room).rglob("*.*")):
        if path.suffix not in (".py", ".yaml", ".j2") or {"ensembles", "registry"} & {*path.parts}:
            continue
        name = path.relative_to(root).as_posix()
        if extra := named(path) - ALLOWED.get(name, set()) - EXAMPLES:
            complaints.append(f"{name} names {', '.join(sorted(extra))}")
    dead = [name for name, keys in ALLOWED.items() if not keys & named(root / name)]
    assert complaints == [] == dead


def test_the_rule_sees_a_second_list(tmp_path: Path) -> None:
    path = tmp_path / "gvi_sim" / "analysis" / "list.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        'LEVERS = ("programme.call_in.summoned", "exit.offer_rate")\nTERM = "programme.notification.delay_days"'
    )
    assert named(path) == {"programme.call_in.summoned", "exit.offer_rate"}


def test_what_follows_from_a_declaration() -> None:
    assert {key: AT_REST[key] for key in levers()} == {key: lever.doses[0] for key, lever in levers().items()}
    assert {key for values in parts().values() for key in values} < {*levers()} and len(parts()) <= MOST_PARTS
    text = Path(programme_only.__file__).read_text("utf-8")
    assert [key for key in levers() if f'"{key}"' in text] == []


def test_no_two_numbers_share_a_name_in_the_kernel() -> None:
    own = [key.rpartition(".")[2] for key in kernel_parameters.own_keys()]
    names = [*own, *kernel_parameters._RENAMED, *kernel_parameters._TURNED, *kernel_parameters._OF_SEVERAL]
    assert len({*names}) == len(names) == len(kernel_parameters.PARAMETERS)


WHOLE = """parts:
  contacts: {en: "a", sv: "b"}
levers:
  programme.prevention:
    name: {en: "a", sv: "b"}
    part: contacts
    off: 0
    doses: [0.25, 0.5, 0.75, 1]
    outcome: shootings
    direction: "-"
    added: [prevented]
    through: prevented
"""
BROKEN = {
    ("programme.prevention:", "programme.preventoin:"): ["Nearest: programme.prevention.", "no entry in evidence"],
    ('direction: "-"', "direction: down"): ["direction = 'down'"],
    ("doses: [0.25, 0.5, 0.75, 1]", "doses: [1]"): ["5 different numbers"],
    ("doses: [0.25, 0.5, 0.75, 1]", "doses: many"): ["must be numbers"],
    ("0.75, 1]", "0.75, 7]"): ["outside [0, 1]"],
    ("    added: [prevented]", "    adds: [prevented]"): ["adds is no field. Nearest: added.", "no eligible or added"],
    ('direction: "-"', "direction: not monotone"): ["needs a because"],
    ("part: contacts", "part: contact"): ["Nearest: contacts."],
    ("    off: 0\n", ""): ["has no off"],
    ("    off: 0\n", "    shapes: [exit.offer_rate]\n"): ["shapes = ['exit.offer_rate'] is none"],
    ('name: {en: "a", sv: "b"}', 'name: {en: "a"}'): ["name must be a text in en and in sv"],
    ('contacts: {en: "a", sv: "b"}', "contacts: Contacts"): ["part contacts: its name must be"],
    ("    part: contacts", "    part: all"): ["no lever takes the part contacts away"],
    ("levers:", "lever:"): ["must declare parts and levers"],
    (WHOLE[WHOLE.index("    name") :], "    off: 0\n"): [
        "has no name, part, doses, outcome, direction, through",
        "no eligible",
    ],
}


def test_half_a_declaration_says_all_that_it_lacks(tmp_path: Path) -> None:
    path, complaints = tmp_path / "levers.yaml", []
    path.write_text(WHOLE)
    assert levers_in(path)[1]["programme.prevention"].doses == (0, 0.25, 0.5, 0.75, 1)
    for (old, new), wanted in BROKEN.items():
        assert old in WHOLE
        path.write_text(WHOLE.replace(old, new, 1))
        try:
            levers_in(path)
            complaints.append(f"{new!r} was taken")
        except EvidenceError as told:
            complaints += [f"{new!r}: {text!r} is not in {told}" for text in wanted if text not in str(told)]
    assert complaints == []
