"""Whose Yjs writer numbers are. A device invents its number, so whoever may only suggest could write under another's: what
that one writes next would count as known already, and be lost.
"""

from __future__ import annotations

from yanxiu.lessonplans.collab.room import Room
from yanxiu.lessonplans.collab.store import DocumentStore

MOST = 20_000


class Writers:
    """Remembers who came with a number, and whose a number is that has written."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._came: dict[tuple[int, int], int] = {}
        self._proven: dict[tuple[int, int], int] = {}

    def entered(self, plan_id: int, client: int, user_id: int) -> None:
        """Somebody has a plan open under this number; whoever came with it first keeps it."""
        _bounded(self._came).setdefault((plan_id, client), user_id)

    def wrote(self, plan_id: int, client: int, user_id: int) -> None:
        """Something by this number was taken from this person."""
        _bounded(self._proven)[plan_id, client] = user_id

    def owns(self, room: Room, user_id: int, client: int, has_written: bool) -> bool:
        """Whether a number is this person's: by the log if anything was written under it, else if nobody else came with it."""
        key = (room.plan_id, client)
        if has_written:
            known = self._proven.get(key) or self._store.first_writer(*key)
            if known is not None:
                self.wrote(*key, known)
            return known == user_id
        here, elsewhere = room.owner_of_client(client), room.elsewhere.get(client)
        state = elsewhere.presence.state if elsewhere is not None else None
        others = {here.visitor.user_id} if here is not None else set()
        others |= {self._came.get(key, user_id), (state or {}).get("user", {}).get("id", user_id)}
        return others == {user_id}


def _bounded(known: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    if len(known) >= MOST:
        del known[next(iter(known))]
    return known
