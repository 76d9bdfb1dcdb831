"""What hits say: read from the features, and remembered for as long as the queue of search tells of no change.

Whatever changes what is found is queued in the transaction of the change, so what was read stays true while the queue
holds no other rows for it than it held then. Rows stay in the queue longer than anything is remembered here.
"""

from __future__ import annotations

import time
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from threading import Lock

from sqlalchemy import bindparam, func, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.search_queue import KEPT_S, IndexDocument, SearchOutbox, sources
from yanxiu.search.engines.interface import Key

LASTS_S = KEPT_S / 2
"""Also for what no queue tells of: an author who changed their name."""
MOST_CHARACTERS = 2_400_000
OF_ONE = 100_000
"""Longer texts are read each time."""
BESIDES = 1_000
"""What a document takes besides its text, in characters of two bytes."""
Version = tuple[int, ...]
"""How the queue speaks of one thing; () when it does not."""


class Remembered:
    """Documents by key, the one used longest ago goes first. Any thread may ask."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[Version, float, int, IndexDocument]] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, key: Key, version: Version) -> IndexDocument | None:
        """What was read, if it was read lately and this is still what the queue says."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != version or time.monotonic() > found[1]:
                return None
            self._kept.move_to_end(key)
            return found[3]

    def put(self, key: Key, version: Version, document: IndexDocument) -> None:
        """Remember what was read after the queue was asked."""
        size = len(document.title) + len(document.body) + len(document.attachment) + BESIDES
        if size > OF_ONE:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = version, time.monotonic() + LASTS_S, size, document
            self._characters += size
            while self._characters > MOST_CHARACTERS:
                self._drop(next(iter(self._kept)))

    def forget(self) -> None:
        """Everything, as when another database is there."""
        with self._lock:
            self._kept.clear()
            self._characters = 0

    def _drop(self, key: Key) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._characters -= found[2]


remembered = Remembered()
_rows = SearchOutbox.__table__.c
_VERSIONS = (
    select(_rows.kind, _rows.object_id, func.count(), func.max(_rows.id), func.max(_rows.created_at))
    .where(_rows.object_id.in_(bindparam("asked", expanding=True)))
    .group_by(_rows.kind, _rows.object_id)
)


def by_kind(keys: Iterable[Key]) -> dict[str, list[int]]:
    """The ids of each kind."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in keys:
        kinds[kind].append(object_id)
    return kinds


def visible_now(viewer: Viewer, keys: Collection[Key]) -> set[Key]:
    """Those that this person may see at this moment: a query for each kind."""
    asked = ((kind, ids, sources().get(kind)) for kind, ids in by_kind(keys).items())
    return {(kind, one) for kind, ids, source in asked if source for one in source.visible(viewer, ids)}


def documents_of(keys: Iterable[Key]) -> dict[Key, IndexDocument]:
    """What these things say now; what is gone is left out. One query when all of them are remembered."""
    asked = list(keys)
    versions = _versions(asked)
    found = {key: known for key in asked if (known := remembered.get(key, versions.get(key, ())))}
    for kind, ids in by_kind(key for key in asked if key not in found).items():
        source = sources().get(kind)
        for document in source.load(ids) if source else ():
            key = (kind, document.object_id)
            found[key] = document
            remembered.put(key, versions.get(key, ()), document)
    return found


def ask_of_each_kind(viewer: Viewer) -> None:
    """Ask once what hits of every kind are asked: to put the statements together takes longer than what comes of them."""
    for source in sources().values():
        some = [next(source.all_ids(), 0)]
        source.visible(viewer, some)
        list(source.load(some))


def _versions(keys: list[Key]) -> dict[Key, Version]:
    """Asked before anything is read, so that what comes in between makes what was read too old, and not too new."""
    if not keys:
        return {}
    rows = db.session.execute(_VERSIONS, {"asked": list({object_id for _, object_id in keys})})
    return {(row[0], row[1]): (row[2], row[3], int(row[4].timestamp() * 1e6)) for row in rows}
