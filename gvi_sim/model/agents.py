"""Groups, persons and partners: Mesa agents that are views of the model's arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import mesa
import numpy as np
from mesa.agent import AgentSet

from ..dynamics import external_actions
from ..errors import Message, ScenarioError
from ..kernel import draws
from ..world import codes as C

if TYPE_CHECKING:
    from ..config import Scenario
    from ..world.state import World


class City(Protocol):
    """What agents ask of their model (``GVIModel``)."""

    sites: tuple[str, ...]
    settle: Callable[[], None]
    act: Callable[..., None]
    next_occasion: Callable[[], int]
    group: Callable[[int], Group]
    day: float
    config: Scenario
    arrays: World
    touched_arrays: World
    groups: Agents
    persons: Agents


class Guarded:
    """What refuses a write to an attribute that only says something, and says what to write or call instead."""

    _INSTEAD: Message | str = ""

    def __setattr__(self, name: str, value: Any) -> None:
        own = getattr(type(self), name, None)
        if isinstance(own, property) and own.fset is None:
            raise ScenarioError("read-only", key=name, agent=type(self).__name__, value=value, instead=self._INSTEAD)
        super().__setattr__(name, value)


class Agents(AgentSet):
    """A set that is also indexed and sliced, as in Mesa 3.3; a later Mesa warns that its own will not be."""

    def __getitem__(self, item: int | slice) -> Any:
        return self.to_list()[item]

    def to_list(self) -> list[Any]:
        """The agents in order."""
        return list(self)


class View(Guarded, mesa.Agent):
    """An agent whose state is a row of the model's arrays."""

    model: City

    def remove(self) -> None:
        """ScenarioError: the engine goes on with whoever is taken out of Mesa's sets, so it would change nothing."""
        raise ScenarioError("remove", agent=self, instead=self._INSTEAD)

    def leave(self) -> None:
        """Take a view out of Mesa's sets: the engine says that who it shows has gone."""
        super().remove()


class Group(View):
    """A group, as a view of its row. Writable: ``salience``, ``legitimacy``."""

    _INSTEAD = Message("instead/group")

    def __init__(self, model: City, row: int) -> None:
        super().__init__(model)
        self.row = row

    def __repr__(self) -> str:
        return f"Group({self.row} in {self.site})"

    def _read(self, name: str) -> Any:
        return self.model.arrays.groups[name][self.row]

    @property
    def site(self) -> str:
        """Key of the group's site."""
        return self.model.sites[int(self._read("site"))]

    @property
    def size(self) -> int:
        """Reference size, persons."""
        return int(self._read("members"))

    @property
    def activity(self) -> float:
        """Activity relative to the mean group."""
        return float(self._read("activity"))

    @property
    def members(self) -> AgentSet:
        """Persons whose spell in the group covers the present, stand-ins included."""
        return self.model.persons.select(lambda person: person.group_row == self.row)

    @property
    def rivals(self) -> AgentSet:
        """Groups with which this one has a rivalry."""
        w = self.model.arrays
        edges = range(int(w.tie_start[self.row]), int(w.tie_start[self.row + 1]))
        rows = {int(w.ties["to"][e]) for e in edges if w.ties["rivalry"][e] > 0}
        return self.model.groups.select(lambda group: group.row in rows)

    @property
    def listed(self) -> bool:
        """Whether the group stands on the audit's list."""
        return bool(self._read("listed"))

    @property
    def sanctioned(self) -> bool:
        """Whether a group sanction runs against it."""
        return bool(self._read("sanction_end") > self.model.day)

    @property
    def perceived_certainty(self) -> float:
        """What the group believes about being sanctioned for an attack, 0 to 1."""
        return float(external_actions.call_perceived_certainty(self.model.arrays, self.row, self.model.day))

    @property
    def salience(self) -> float:
        """How present the message is, 0 to 1. Writable."""
        return float(external_actions.salience_and_legitimacy(self.model.arrays, self.row, self.model.day)[0])

    @salience.setter
    def salience(self, value: float) -> None:
        self._write("salience", value)

    @property
    def legitimacy(self) -> float:
        """Legitimacy of the partners in the group's eyes, 0 to 1. Writable."""
        return float(external_actions.salience_and_legitimacy(self.model.arrays, self.row, self.model.day)[1])

    @legitimacy.setter
    def legitimacy(self, value: float) -> None:
        self._write("legitimacy", value)

    def _write(self, name: str, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ScenarioError("outside-unit/group", name=name, value=value)
        groups = self.model.touched_arrays.groups
        groups[name][self.row] = value
        groups[f"{name}_day"][self.row] = self.model.day

    def hear_message(self, reach: float) -> None:
        """A message moves salience by ``reach`` (0 to 1) of the way to 1; tied groups hear a share of it."""
        if not 0.0 <= reach <= 1.0:
            raise ScenarioError("outside-unit/reach", reach=reach)
        external_actions.call_hear_message(self.model.touched_arrays, self.row, self.model.day, float(reach))


class Person(View):
    """A synthetic person, as a view of a row. Nothing is writable; ``detain`` and ``offer_support`` act."""

    _INSTEAD = Message("instead/person")

    def __init__(self, model: City, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.group_row = int(self._read("group"))

    def __repr__(self) -> str:
        return f"Person({self.row} of group {self.group_row})"

    def _read(self, name: str) -> Any:
        return self.model.arrays.persons[name][self.row]

    @property
    def group(self) -> Group:
        """The person's group."""
        return self.model.group(self.group_row)

    @property
    def status(self) -> str:
        """One of free, wounded, detained, in_support, exited, prevented, dead."""
        self.model.settle()
        return C.STATUSES[int(self._read("status"))]

    @property
    def age(self) -> float:
        """Age in years."""
        return float(self._read("age") + (self.model.day - self._read("join")) / 365.25)

    @property
    def joined_day(self) -> float:
        """Day on which the person joined the group."""
        return float(self._read("join"))

    @property
    def is_stand_in(self) -> bool:
        """Whether the person fills somebody's slot for a while."""
        return bool(self._read("kind") == C.STAND_IN)

    def detain(self, days: float) -> None:
        """Detain the person for ``days`` (> 0) from now; a longer detention that runs goes on."""
        if not 0.0 < days < math.inf:
            raise ScenarioError("days/detain", days=days)
        self.model.act(external_actions.call_detain, self.row, self._occasion(), self.model.day, float(days))

    def offer_support(self) -> None:
        """Offer support now; whether it is accepted follows the scenario."""
        self.model.act(external_actions.offer_support, self.row, self._occasion(), self.model.day)

    def _occasion(self) -> np.uint64:
        return np.uint64(draws.name_key(f"{self._read('key')} {self.model.day!r} {self.model.next_occasion()}"))


class Partner(View):
    """A partner in one site. Writable: ``commitment`` (its level before erosion)."""

    _INSTEAD = Message("instead/partner")
    name = ""

    def __init__(self, model: City, site: int) -> None:
        super().__init__(model)
        self.site_row = site

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.site})"

    @property
    def site(self) -> str:
        """Key of the site."""
        return self.model.sites[self.site_row]

    @property
    def signed(self) -> bool:
        """Whether the partner has signed."""
        part = self.model.config.each_site()[self.site_row]
        return bool(getattr(part.partners, self.name).signed)

    @property
    def commitment(self) -> float:
        """Commitment in [0, 1], before erosion. Writable."""
        return float(self.model.arrays.par[self.name][self.site_row])

    @commitment.setter
    def commitment(self, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ScenarioError("outside-unit/commitment", agent=type(self).__name__, value=value)
        self.model.touched_arrays.par[self.name][self.site_row] = value


class Police(Partner):
    """The police: keep the promise of group sanctions."""

    name = "police"


class Municipality(Partner):
    """The municipality: social services and exit team."""

    name = "municipality"


class Probation(Partner):
    """The Prison and Probation Service (Kriminalvården): brings people to call-ins."""

    name = "probation"


class Community(Partner):
    """The community's voice: carries the message."""

    name = "community"
