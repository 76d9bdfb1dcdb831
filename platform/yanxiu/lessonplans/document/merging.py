"""Bringing later changes of a shared plan into a copy: three texts of each section, and what follows from them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import SectionChange, look_of, sections_of, title_of, words_of


class Standing(StrEnum):
    """How a section of the copy stands to the shared plan."""

    SAME = "same"
    MINE = "mine"
    NEWER = "newer"
    CONFLICT = "conflict"

    @property
    def label(self) -> str:
        return {"same": "与共案一致", "mine": "您改过", "newer": "共案有更新", "conflict": "两边都改了"}[self.value]


@dataclass(frozen=True)
class ThreeWay:
    """One section in three texts; None where a text lacks it."""

    key: str
    base: Node | None
    mine: Node | None
    theirs: Node | None

    @property
    def title(self) -> str:
        return title_of(self.mine or self.theirs or self.base)

    @property
    def standing(self) -> Standing:
        base, mine, theirs = look_of(self.base), look_of(self.mine), look_of(self.theirs)
        if mine == theirs:
            return Standing.SAME
        if theirs == base:
            return Standing.MINE
        return Standing.NEWER if mine == base else Standing.CONFLICT

    @property
    def mine_against_shared(self) -> SectionChange:
        """What the copy says otherwise than the shared plan."""
        return SectionChange(self.key, self.title, words_of(self.theirs), words_of(self.mine))

    @property
    def shared_since(self) -> SectionChange:
        """What changed in the shared plan since this section was taken from it."""
        return SectionChange(self.key, self.title, words_of(self.base), words_of(self.theirs))


def three_ways(bases: Mapping[str, Node], mine: Node, theirs: Node) -> list[ThreeWay]:
    """The sections of all texts, in the order of the copy; `bases` are the sections as they were taken over."""
    own, shared = sections_of(mine), sections_of(theirs)
    keys = [*own, *(key for key in shared if key not in own)]
    return [ThreeWay(key, bases.get(key), own.get(key), shared.get(key)) for key in keys]
