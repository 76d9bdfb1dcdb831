"""What search may know, and the queue through which it hears of a change.

Services never index. A feature's subscriber calls `enqueue_index` in the transaction of the change; the one
indexer process reads the rows, asks the feature's `IndexSource` for the documents as they are *now*, and
commits them. A document that a source no longer returns is deleted from the index.

Access is written on every document as a set of *principals* (`acl`). A person's own principals are computed
from the database at each request, so leaving a workshop or a school takes effect at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Select, String
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime, db

PUBLIC = "pub"
"""Principal of everybody, signed in or not."""
KEPT_S = 600
"""How long a row of the queue stays at least, so that whoever remembers what a thing says hears that it changed."""
SIGNED_IN = "any"
"""Principal of everybody with an account, in whatever county."""


def acl_user(user_id: int) -> str:
    """The one person: authors, invited co-writers."""
    return f"u{user_id}"


def acl_school(organization_id: int) -> str:
    """Everybody whose home school this is."""
    return f"s{organization_id}"


def acl_county(organization_id: int) -> str:
    """Everybody whose home school lies in this county."""
    return f"c{organization_id}"


def acl_workshop(workshop_id: int) -> str:
    """The active members of a workshop, its leaders included."""
    return f"w{workshop_id}"


def acl_team(workshop_id: int) -> str:
    """Those who lead, help to lead or guide a workshop: for what its members do not see yet."""
    return f"team{workshop_id}"


def acl_hosts(workshop_id: int) -> str:
    """Those who organize the activities of a workshop, as long as it goes on."""
    return f"hosts{workshop_id}"


def acl_roles(roles: Iterable[str], organization_path: str) -> frozenset[str]:
    """Whoever holds one of `roles` at or above the organization of `path` ("/1/4/9/"); mirrors `Viewer.holds`."""
    above = [part for part in organization_path.split("/") if part]
    return frozenset(f"r{role}@{part}" for role in roles for part in above)


@dataclass(frozen=True)
class IndexDocument:
    """One findable thing. `url` is where a hit leads (a timed comment: the lesson with `?t=<seconds>`).

    `body` and `attachment` are plain text (`core.html.text_of`), at most 200,000 characters are used of each.
    `place` is what the result shows under the title to tell where it is: a workshop's or a lesson's name.
    `seconds`: where `attachment` is what is said in a video, the second at which each of its lines is; a hit there
    opens the page at `?t=<seconds>`.
    Facet fields are the words shown to people (小学, 语文, 五年级, 统编版, 上册); empty means unknown.
    `grading` is the level a review gave (校级, 县级, 精品), `origin` where it came from (教案, 课例, 工作坊, 上传).
    `theme` and `literacy` are of the curriculum standard (课标); of the latter several, with 、 between them.
    """

    kind: str
    object_id: int
    title: str
    url: str
    acl: frozenset[str]
    body: str = ""
    attachment: str = ""
    seconds: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    place: str = ""
    subject: str = ""
    stage: str = ""
    grade: str = ""
    edition: str = ""
    volume: str = ""
    type: str = ""
    school: str = ""
    author: str = ""
    year: str = ""
    theme: str = ""
    literacy: str = ""
    grading: str = ""
    origin: str = ""
    date: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexSource:
    """How search reads one kind of thing from the feature that owns it.

    `load` is used for indexing (batches of ≤ 200) and to show a page of hits, so it must need a constant number
    of queries whatever the number of ids; ids that are gone, withdrawn or drafts are simply left out.
    `visible` is the re-check of a page of hits: the ids of `ids` this viewer may see *now*, in one query.
    `all_ids` yields every id in key order, streaming.
    `below` selects the ids of what belongs to the organizations at or below a path: their documents say who stands
    above and what the place is called.
    `in_parts`: what one document says follows several rights, so that who still sees the thing may not read all of what
    the index has of it. It is not found from a narrowing on until the index has taken that in.
    """

    kind: str
    label: str
    load: Callable[[Sequence[int]], Iterable[IndexDocument]]
    all_ids: Callable[[], Iterator[int]]
    visible: Callable[[Any, Sequence[int]], set[int]]
    below: Callable[[str], Select[int]] | None = None
    in_parts: bool = False


PrincipalSource = Callable[[Any], Iterable[str]]
"""Further principals of a viewer (workshops: `acl_workshop(id)` of each active membership), in one query."""


class SearchOutbox(Model):
    """A change that the index has still to hear of, or has heard of recently.

    `generation` is the index generation that took the row in, None while it waits. Rows are kept for KEPT_S and two
    generations: if the newest turns out torn after a power cut, its rows simply wait again.
    """

    __tablename__ = "search_outbox"
    __table_args__ = (
        Index("ix_search_outbox_waiting", "generation", "urgent", "id"),
        Index("ix_search_outbox_object", "object_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    urgent: Mapped[bool] = mapped_column(default=False)
    generation: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def enqueue_index(kind: str, object_id: int, *, deleted: bool = False, narrowed: bool = False) -> None:
    """Tell search that an object changed; call it in the transaction of the change.

    `deleted` and `narrowed` (fewer people may see it than before) go in before everything else.
    """
    enqueue_index_many(kind, (object_id,), urgent=deleted or narrowed)


def enqueue_index_many(kind: str, object_ids: Iterable[int], *, urgent: bool = False) -> None:
    """The same for many objects at once, as when a workshop's visibility changes."""
    db.session.add_all(SearchOutbox(kind=kind, object_id=object_id, urgent=urgent) for object_id in object_ids)


_sources: dict[str, IndexSource] = {}
_principal_sources: list[PrincipalSource] = []


def register_sources(sources: Iterable[IndexSource], principals: Iterable[PrincipalSource] = ()) -> None:
    """Make the features' sources known; called once by `wiring`."""
    _sources.clear()
    _sources.update({source.kind: source for source in sources})
    _principal_sources[:] = principals


def sources() -> Mapping[str, IndexSource]:
    """Return all sources by kind, in the order of the features."""
    return _sources


def principal_sources() -> Sequence[PrincipalSource]:
    """Return what adds to a viewer's principals."""
    return _principal_sources
