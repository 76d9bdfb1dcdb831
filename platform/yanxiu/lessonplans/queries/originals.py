"""What a plan may be made out of that is no plan: lesson plans do not know the library, it tells, and `wiring` says who."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import NotFoundError


@dataclass(frozen=True)
class Original:
    """Something that can be taken over into a plan of one's own.

    What it says is either version `plan` (plan, number) of a plan here, or the Word file under `file_key`. `stamp` tells
    one state of the original from the next; `made` is the plan the viewer has made of this state already.
    """

    id: int
    stamp: int
    title: str
    card: Mapping[str, str]
    plan: tuple[int, int] | None = None
    file_key: str = ""
    made: int | None = None


OriginalFinder = Callable[[Viewer, int], Original | None]
"""Returns what the viewer may take over, None for what does not exist for them; raises ForbiddenError with the reason
where its license or its form does not allow it."""

_finders: list[OriginalFinder] = []


def register_original_finder(finder: OriginalFinder) -> None:
    """Say who knows; done once by `wiring`."""
    _finders[:] = [finder]


def open_original(viewer: Viewer, original_id: int) -> Original:
    """Return what the viewer may take over, or raise NotFoundError; ForbiddenError says why it is not allowed."""
    for finder in _finders:
        found = finder(viewer, original_id)
        if found is not None:
            return found
    raise NotFoundError
