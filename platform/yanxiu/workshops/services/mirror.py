"""The mirror: how close a text is to earlier ones. It informs; nothing is refused, marked or counted by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update

from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.resemblance import SHORTEST, own_runs, plain_of, runs_of
from yanxiu.core.signatures import band_keys
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import (
    FileText,
    Post,
    PostAttachment,
    Submission,
    Task,
    TextBand,
    TextKind,
    TextSignature,
    Topic,
    Workshop,
)
from yanxiu.workshops.queries.mirror import (
    Said,
    candidates,
    earlier_copies,
    given_with,
    said_in,
    signature_by_id,
    signature_of,
    texts_of,
)

SIGN = "workshops.sign_text"
SIGN_ALL = "workshops.sign_workshop"
TEXTS_KEPT = 100_000
"""Signatures kept for all workshops of one owner; beyond it the oldest go."""
SHOWN_FROM = 15
"""Percent from which a text is shown as close: below it everybody's Chinese looks alike."""
LONGEST_FILE = 30_000
"""Characters kept of a file: a lesson plan has five thousand."""
READ_AGAIN_AFTER = timedelta(minutes=15)
"""When a file is read once more that took too long: the machine may be less busy then."""
NOTED_FROM = 30
"""Percent from which those who mark or lead see a note."""
NOTED_LENGTH = 200
"""Characters from which this is noted of a post: below it people agree with one another in the same words."""


@dataclass(frozen=True)
class Near:
    """An earlier text, and the percent of what is being sent that also stands there."""

    signature: TextSignature
    said: Said
    percent: int


def percent_of(share: float) -> int:
    """Return whole percent, rounded down: 100 means every run of it."""
    return int(share * 100 + 1e-9)


@dataclass(frozen=True)
class Asked:
    """A text to be compared: what its author was given, what they had sent before, and which row it is, if it is one."""

    text: str
    given: Sequence[str] = ()
    copies: Sequence[tuple[datetime, str]] = ()
    own: tuple[str, int] | None = None
    at: datetime | None = None


def nearest(asked: Asked, organization_id: int) -> list[Near]:
    """Return the earlier texts that are close, the closest first, one's own among them."""
    mine = own_runs(asked.text, asked.given)
    keys = band_keys(asked.text)
    if not keys or not mine:
        return []
    signatures = candidates(keys, organization_id, asked.at or now(), asked.own)
    texts = texts_of(signatures)
    copies = [(at, runs_of(plain_of(text).text)) for at, text in asked.copies]
    found = []
    for row in signatures:
        if row.id in texts:
            shared = mine & runs_of(plain_of(texts[row.id].text).text)
            # What the author had sent before the other text was there cannot come from it.
            shared = shared.difference(*(runs for at, runs in copies if at < row.made_at))
            percent = percent_of(len(shared) / len(mine))
            if percent >= SHOWN_FROM:
                found.append(Near(row, texts[row.id], percent))
    return sorted(found, key=lambda near: (-near.percent, near.signature.id))


def sign_text(kind: str, object_id: int) -> None:
    """Keep the signature of a text as it is now, and for a work what it is close to. Harmless twice."""
    said = said_in(kind, object_id)
    before = signature_of(kind, object_id)
    keys = band_keys(said.text) if said else set()
    if said is None or not keys:
        if before is not None:
            db.session.delete(before)
        return
    row = before or TextSignature(kind=kind, object_id=object_id)
    row.workshop_id, row.author_id, row.made_at = said.workshop.id, said.author.id, said.first_at
    row.near_id, row.near_percent = None, 0
    db.session.add(row)
    db.session.flush()
    _keep_bands(row, keys)
    if kind == TextKind.WORK or len(plain_of(said.text).text) >= NOTED_LENGTH:
        _note_nearest(row, said)
    if before is None:
        _drop_oldest(said.workshop.organization_id)


def may_be_compared() -> ColumnElement[bool]:
    """The condition of a post that says enough to be compared, or has a file in which it may."""
    return or_(func.length(Post.text) >= SHORTEST, exists().where(PostAttachment.post_id == Post.id))


def texts_of_workshop(workshop_id: int) -> list[tuple[str, int]]:
    """Return kind and id of all texts of a workshop that are long enough to be signed, for one read back from an archive."""
    posts = (
        select(Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Topic.workshop_id == workshop_id, may_be_compared(), Post.withdrawn_at.is_(None))
        .order_by(Post.id)
    )
    works = select(Submission.id).join(Task, Task.id == Submission.task_id).where(Task.workshop_id == workshop_id)
    return [
        *((TextKind.POST.value, post_id) for post_id in db.session.scalars(posts)),
        *((TextKind.WORK.value, work_id) for work_id in db.session.scalars(works.order_by(Submission.id))),
    ]


def works_of_task(task_id: int) -> list[tuple[str, int]]:
    """Return kind and id of all works of a task."""
    works = select(Submission.id).where(Submission.task_id == task_id).order_by(Submission.id)
    return [(TextKind.WORK.value, work_id) for work_id in db.session.scalars(works)]


def move_signatures(topic_id: int, workshop_id: int) -> None:
    """Count the texts of a topic among those of the workshop where it stands now."""
    posts = select(Post.id).where(Post.topic_id == topic_id)
    signed = update(TextSignature).where(TextSignature.kind == TextKind.POST.value, TextSignature.object_id.in_(posts))
    db.session.execute(signed.values(workshop_id=workshop_id))


def keep_file_text(file_id: int, text: str) -> None:
    """Keep what stands in a file; harmless twice, and where the file is gone meanwhile."""
    if db.session.get(StoredFile, file_id) is not None:
        db.session.merge(FileText(file_id=file_id, text=text[:LONGEST_FILE], read_again_at=None))


def note_slow_file(file_id: int) -> bool:
    """Have a file that took too long read once more, later; tell whether it will be. The second time it has no text.

    Another job may have found it slow or read it meanwhile: what that one noted stands.
    """
    known = db.session.get(FileText, file_id)
    if known is not None and (known.read_again_at is None or known.read_again_at > now()):
        return known.read_again_at is not None
    keep_file_text(file_id, "")
    if known is not None:
        return False
    db.session.flush()
    db.session.execute(
        update(FileText).where(FileText.file_id == file_id).values(read_again_at=now() + READ_AGAIN_AFTER)
    )
    return True


def _keep_bands(row: TextSignature, keys: set[int]) -> None:
    db.session.execute(delete(TextBand).where(TextBand.text_id == row.id))
    db.session.execute(insert(TextBand), [{"key": key, "text_id": row.id} for key in sorted(keys)])


def _note_nearest(row: TextSignature, said: Said) -> None:
    """Only what somebody else wrote before counts: whoever was first is not close to those who came later."""
    asked = Asked(said.text, given_with(said), earlier_copies(said), (row.kind, row.object_id), said.at)
    near = nearest(asked, said.workshop.organization_id)
    others = [found for found in near if found.said.author.id != said.author.id]
    if others:
        row.near_id, row.near_percent = others[0].signature.id, others[0].percent


def _drop_oldest(organization_id: int) -> None:
    kept = (
        select(TextSignature.id)
        .join(Workshop, Workshop.id == TextSignature.workshop_id)
        .where(Workshop.organization_id == organization_id)
    )
    count = db.session.scalar(select(func.count()).select_from(kept.subquery())) or 0
    if count > TEXTS_KEPT:
        oldest = kept.order_by(TextSignature.made_at, TextSignature.id).limit(count - TEXTS_KEPT)
        db.session.execute(delete(TextSignature).where(TextSignature.id.in_(list(db.session.scalars(oldest)))))


def near_of(kind: str, object_id: int) -> Near | None:
    """Return the earlier text that a text is closest to, if it is close enough to be told and is still there."""
    row = signature_of(kind, object_id)
    if row is None or row.near_id is None or row.near_percent < NOTED_FROM:
        return None
    near = signature_by_id(row.near_id)
    said = said_in(near.kind, near.object_id) if near else None
    return Near(near, said, row.near_percent) if near and said else None
