"""A document through time: its beginning, its packed stretches, and the log rows that are not packed yet."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.lessonplans.authorship import Claim, adopted, credits_after_restoring, with_authors
from yanxiu.lessonplans.authorship import authors_in as authors_in_history
from yanxiu.lessonplans.collab.history import BrokenHistoryError, Entry, History, authors_in, unpack
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.restoring import replacements
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import PlanCredit, PlanHistory, PlanSnapshot, PlanUpdate, Revision, RevisionShare
from yanxiu.lessonplans.queries.documents import snapshot_seq


def history_of(plan_id: int) -> History | None:
    """Return all that is kept of how the document came to be; BrokenHistoryError if something of it is damaged.

    The log is read before the stretches: what a compaction takes out of it in between stands in a stretch by then.
    """
    snapshot = db.session.get(PlanSnapshot, plan_id)
    if snapshot is None:
        return None
    log = _unpacked_log(plan_id)
    stretches = db.session.scalars(
        select(PlanHistory)
        .where(PlanHistory.plan_id == plan_id)
        .order_by(PlanHistory.is_beginning.desc(), PlanHistory.last_seq)
    ).all()
    if not stretches:
        return History(snapshot.state, snapshot.seq, snapshot.updated_at, log)
    first, *rest = stretches
    if not first.is_beginning:
        raise BrokenHistoryError("the beginning of the document is missing")
    try:
        beginning = zlib.decompress(first.data)
    except zlib.error as error:
        raise BrokenHistoryError("the beginning of the document cannot be read") from error
    packed = tuple(entry for stretch in rest for entry in unpack(stretch.data))
    behind = tuple(entry for entry in log if entry.first > stretches[-1].last_seq)
    return History(beginning, first.last_seq, first.last_at, packed + behind)


def _unpacked_log(plan_id: int) -> tuple[Entry, ...]:
    rows = db.session.execute(
        select(PlanUpdate.seq, PlanUpdate.created_at, PlanUpdate.user_ids, PlanUpdate.data)
        .where(PlanUpdate.plan_id == plan_id, PlanUpdate.seq > snapshot_seq(plan_id))
        .order_by(PlanUpdate.seq)
    ).all()
    return tuple(Entry(row.seq, row.seq, row.created_at, authors_in(row.user_ids), row.data) for row in rows)


def credits_of(plan_id: int) -> Sequence[PlanCredit]:
    """Return whose characters are not those of the one whose edit put them in."""
    return db.session.scalars(select(PlanCredit).where(PlanCredit.plan_id == plan_id).order_by(PlanCredit.id)).all()


def shares_of(revision_id: int) -> Sequence[RevisionShare]:
    """Return how many characters of each person stand in a version, most first; empty until they are counted."""
    statement = (
        select(RevisionShare)
        .where(RevisionShare.revision_id == revision_id)
        .options(joinedload(RevisionShare.user))
        .order_by(RevisionShare.characters.desc(), RevisionShare.user_id)
    )
    return db.session.scalars(statement).all()


def authored(plan_id: int, state: bytes, history: History | None = None) -> Node | None:
    """Return a state of this plan with a mark on every text of a known author; None if its history is damaged."""
    try:
        history = history or history_of(plan_id)
    except BrokenHistoryError:
        return None
    return None if history is None else with_authors(state, authors_in_history(history, credits_of(plan_id)))


def shares_in(revision_id: int) -> dict[int, int] | None:
    """Count whose characters stand in a version; None if it is gone or the history of its plan is damaged."""
    revision = db.session.get(Revision, revision_id, options=[undefer(Revision.state)])
    if revision is None:
        return None
    document = authored(revision.plan_id, zlib.decompress(revision.state))
    return None if document is None else dict(adopted(document))


def credits_when_restoring(plan_id: int, have: bytes, wanted: bytes, update: bytes) -> list[Claim]:
    """Return who wrote what `restoring_update` brings back into `have` from the earlier state `wanted`."""
    marked = authored(plan_id, wanted)
    if marked is None:
        return []
    want = marked["content"]
    parts = replacements(json_from_state(have)["content"], json_from_state(wanted)["content"])
    return credits_after_restoring(update, [node for part in parts for node in want[part.first : part.until]])


def authors_named(user_ids: Sequence[int]) -> Mapping[int, User]:
    """Return the people behind these ids, in the order of the ids."""
    found = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(user_ids)))}
    return {user_id: found[user_id] for user_id in user_ids if user_id in found}
