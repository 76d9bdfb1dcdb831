"""The titles of lessons and plans that posts link to, for whoever may open them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.passages import Passage
from yanxiu.workshops.queries.plan_targets import plan_target


@dataclass(frozen=True)
class PassageCard:
    """A link as its reader sees it: 课例《…》 and the second, 教案《…》 and the section."""

    name: str
    title: str
    url: str
    second: int | None
    section: str


def cards_of(viewer: Viewer, named: Mapping[int, Sequence[Passage]]) -> dict[int, list[PassageCard]]:
    """Return the cards under each text by its id; nothing for what the viewer may not open. Two queries for each kind."""
    wanted: dict[str, set[int]] = {}
    for passage in (one for passages in named.values() for one in passages):
        wanted.setdefault(passage.kind, set()).add(passage.id)
    titles = {kind: _titles(viewer, kind, ids) for kind, ids in wanted.items()}
    return {
        key: [
            _card(passage, titles[passage.kind][passage.id])
            for passage in passages
            if passage.id in titles[passage.kind]
        ]
        for key, passages in named.items()
    }


def _titles(viewer: Viewer, kind: str, ids: set[int]) -> dict[int, str]:
    target = plan_target(kind)
    if target is None or target.titles is None:
        return {}
    seen = target.visible(viewer, ids)
    return target.titles(list(seen)) if seen else {}


def _card(passage: Passage, title: str) -> PassageCard:
    target = plan_target(passage.kind)
    section = target.parts.get(passage.section, "") if target else ""
    return PassageCard(target.name if target else "", title, passage.path, passage.second, section)
