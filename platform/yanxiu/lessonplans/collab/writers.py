"""Whose Yjs writer numbers are. A device invents its number, so whoever may only suggest could write under another's: what
that one writes next would count as known already, and be lost.

So numbers from 2^52 on are set aside, a stretch for each person, and whoever may only suggest begins none elsewhere: that
can be told by the number itself, at every process and before anything is stored. Other pages take numbers below 2^32.
"""

from __future__ import annotations

from yanxiu.lessonplans.collab.store import DocumentStore

MOST = 20_000
SET_ASIDE = 2**52
EACH = 2**21
"""So many numbers a person has, one for each time a page is opened (`static/src/editor/own-number.js`)."""


def person_of(client: int) -> int | None:
    """For whom a number is set aside; None if for nobody."""
    return (client - SET_ASIDE) // EACH if client >= SET_ASIDE else None


class Writers:
    """Remembers whose a number is that has written."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._proven: dict[tuple[int, int], int] = {}

    def owns(self, plan_id: int, user_id: int, client: int, has_written: bool) -> bool:
        """Whether somebody who may only suggest may write under a number: it is set aside for them, or by the log what was
        written under it is theirs, from when they were allowed more.
        """
        person = person_of(client)
        if person is not None:
            return person == user_id
        return has_written and self._first(plan_id, client) == user_id

    def _first(self, plan_id: int, client: int) -> int | None:
        known = self._proven.get((plan_id, client)) or self._store.first_writer(plan_id, client)
        if known is not None:
            if len(self._proven) >= MOST:
                del self._proven[next(iter(self._proven))]
            self._proven[plan_id, client] = known
        return known
