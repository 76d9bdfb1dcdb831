"""What an item of a term's plan may stand for. A workshop does not know what it contains, so each feature tells how to
find its own things; `wiring` lists them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import TermItem

READING = "reading"


Done = Callable[[Collection[int], Collection[int]], Collection[tuple[int, int]]]


@dataclass(frozen=True)
class PlanTarget:
    """A kind of thing a plan can name.

    `visible(viewer, ids)` gives the addresses of those the viewer may open, in a constant number of queries;
    `choices(viewer, workshop_id)` gives (id, title) of what can be put into this workshop's plan, newest first;
    `done(ids, user_ids)` gives (thing, person) of what people really did with them, `done_word` says what that is;
    `titles(ids)` names things that were found visible before, `parts` are the words for the places inside one that a
    link may lead to, by their keys.
    """

    kind: str
    name: str
    visible: Callable[[Viewer, Collection[int]], dict[int, str]]
    choices: Callable[[Viewer, int], Sequence[tuple[int, str]]]
    titles: Callable[[Sequence[int]], dict[int, str]] | None = None
    done: Done | None = None
    done_word: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


_targets: dict[str, PlanTarget] = {}


def register_plan_targets(targets: Iterable[PlanTarget]) -> None:
    """Say what there is, in the order of the form; done once by `wiring`."""
    _targets.clear()
    _targets.update({target.kind: target for target in targets})


def plan_target(kind: str) -> PlanTarget | None:
    """Return how things of a kind are found; None for a reading."""
    return _targets.get(kind)


def kind_names() -> dict[str, str]:
    """Return what an item can be, with the words for it."""
    return {target.kind: target.name for target in _targets.values()} | {READING: "阅读"}


def addresses_of(viewer: Viewer, items: Iterable[TermItem]) -> dict[int, str]:
    """Return the address of each item the viewer may open, by the item's id: one question for each kind."""
    wanted: dict[str, list[TermItem]] = defaultdict(list)
    found = {}
    for item in items:
        if item.url:
            found[item.id] = item.url
        elif item.target_id is not None:
            wanted[item.kind].append(item)
    for kind, of_kind in wanted.items():
        target = plan_target(kind)
        seen = target.visible(viewer, {item.target_id for item in of_kind if item.target_id}) if target else {}
        found |= {item.id: seen[item.target_id] for item in of_kind if item.target_id in seen}
    return found
