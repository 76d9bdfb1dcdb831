"""Reads for the mirror: earlier texts that may be close, what they say, and which of them a person may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.file_text import WITH_TEXT, extension_of
from yanxiu.core.html import text_of
from yanxiu.core.paging import Page, paginate_rows
from yanxiu.core.resemblance import without_quotations
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import (
    FileText,
    Post,
    PostAttachment,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
    TaskFile,
    TextBand,
    TextKind,
    TextSignature,
    Topic,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.permissions import can_view_topic
from yanxiu.workshops.permissions.tasks import can_see_work
from yanxiu.workshops.queries.debates import sealed_topic_ids

CANDIDATES, LOOKED_AT = 20, 500
KEYS_AT_ONCE = 400


@dataclass(frozen=True)
class Said:
    """A text that stands in a workshop: who wrote it, where it is, and the row that rights are asked of.

    `first_at` is when a work was handed in first, `at` when the copy that is read now was.
    """

    kind: str
    author: User
    workshop: Workshop
    title: str
    text: str
    at: datetime
    first_at: datetime
    source: Post | Submission


def candidates(
    keys: Collection[int], organization_id: int, before: datetime | None, own: tuple[str, int] | None = None
) -> list[TextSignature]:
    """Return earlier texts of the workshops of one owner that share a band, those that share most first."""
    shared: dict[int, int] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        # Of the bands alone: joined with the workshops, SQLite would walk through all their texts instead.
        rows = (
            select(TextBand.text_id, func.count())
            .where(TextBand.key.in_(wanted[start : start + KEYS_AT_ONCE]))
            .group_by(TextBand.text_id)
            .order_by(func.count().desc(), TextBand.text_id)
            .limit(LOOKED_AT)
        )
        for text_id, count in db.session.execute(rows):
            shared[text_id] = shared.get(text_id, 0) + count
    best = sorted(shared, key=lambda text_id: (-shared[text_id], text_id))[:LOOKED_AT]
    here = select(TextSignature).join(Workshop, Workshop.id == TextSignature.workshop_id)
    here = here.where(TextSignature.id.in_(best), Workshop.organization_id == organization_id)
    if before is not None:
        here = here.where(TextSignature.made_at < before)
    found = {row.id: row for row in db.session.scalars(here)}
    rest = [found[text_id] for text_id in best if text_id in found]
    return [row for row in rest if (row.kind, row.object_id) != own][:CANDIDATES]


def texts_of(signatures: Sequence[TextSignature]) -> dict[int, Said]:
    """Return what is still to be read of these texts, by the signature's id; withdrawn and deleted ones are not."""
    posts = _posts([row.object_id for row in signatures if row.kind == TextKind.POST])
    works = _works([row.object_id for row in signatures if row.kind == TextKind.WORK])
    by_kind: Mapping[str, Mapping[int, Said]] = {TextKind.POST.value: posts, TextKind.WORK.value: works}
    return {row.id: by_kind[row.kind][row.object_id] for row in signatures if row.object_id in by_kind[row.kind]}


def _posts(ids: Collection[int]) -> dict[int, Said]:
    rows = db.session.scalars(
        select(Post)
        .join(Post.topic)
        .options(joinedload(Post.author), contains_eager(Post.topic).joinedload(Topic.workshop))
        .where(Post.id.in_(ids), Post.withdrawn_at.is_(None), Topic.deleted_at.is_(None))
    )
    files = _texts_in_files(PostAttachment.post_id, ids)
    return {post.id: _said_in_post(post, files.get(post.id, ())) for post in rows}


def _said_in_post(post: Post, in_files: Sequence[str]) -> Said:
    topic = post.topic
    text = "\n".join([text_of(without_quotations(post.html)), *in_files]).strip()
    return Said(TextKind.POST, post.author, topic.workshop, topic.title, text, post.created_at, post.created_at, post)


def _works(ids: Collection[int]) -> dict[int, Said]:
    newest = and_(SubmissionCopy.submission_id == Submission.id, SubmissionCopy.number == Submission.copies_count)
    rows = db.session.execute(
        select(Submission, SubmissionCopy.html, SubmissionCopy.created_at, SubmissionCopy.id)
        .join(Submission.task)
        .join(SubmissionCopy, newest)
        .options(joinedload(Submission.user), contains_eager(Submission.task).joinedload(Task.workshop))
        .where(Submission.id.in_(ids), Task.deleted_at.is_(None))
    )
    found = rows.all()
    files = _texts_in_files(SubmissionFile.copy_id, [row[3] for row in found])
    return {row[0].id: _said_in_work(row[0], row[1], row[2], files.get(row[3], ())) for row in found}


def _texts_in_files(owner: InstrumentedAttribute[int], ids: Collection[int]) -> dict[int, list[str]]:
    """Return what stands in the files of each of these copies or posts, in their order."""
    kept = owner.class_
    rows = (
        select(owner, FileText.text)
        .join(FileText, FileText.file_id == kept.file_id)
        .where(owner.in_(ids), FileText.text != "")
        .order_by(owner, kept.position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for owner_id, text in db.session.execute(rows):
        found[owner_id].append(text)
    return found


@dataclass(frozen=True)
class Unread:
    """A file of which nobody knows yet what stands in it."""

    id: int
    key: str
    extension: str


def unread_files(kind: str, ids: Collection[int]) -> list[Unread]:
    """Return the files of these works or posts, and of the tasks or questions they are for, that hold text and were not
    read yet."""
    wanted = or_(*(StoredFile.id.in_(files) for files in _files_of(kind, ids)))
    settled = or_(FileText.read_again_at.is_(None), FileText.read_again_at > now())
    unread = ~select(FileText.file_id).where(FileText.file_id == StoredFile.id, settled).exists()
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.key, StoredFile.name).where(wanted, unread).order_by(StoredFile.id)
    )
    found = [Unread(row[0], row[1], extension_of(row[2])) for row in rows]
    return [file for file in found if file.extension in WITH_TEXT]


def _files_of(kind: str, ids: Collection[int]) -> tuple[Select[int], Select[int]]:
    """Select the files that came with texts, and those their authors were given."""
    if kind == TextKind.POST:
        topics = select(Post.topic_id).where(Post.id.in_(ids))
        openers = select(Post.id).where(Post.topic_id.in_(topics), Post.number == 1)
        files = select(PostAttachment.file_id)
        return files.where(PostAttachment.post_id.in_(ids)), files.where(PostAttachment.post_id.in_(openers))
    handed_in = (
        select(SubmissionFile.file_id)
        .join(SubmissionCopy, SubmissionCopy.id == SubmissionFile.copy_id)
        .where(SubmissionCopy.submission_id.in_(ids))
    )
    tasks = select(Submission.task_id).where(Submission.id.in_(ids))
    return handed_in, select(TaskFile.file_id).where(TaskFile.task_id.in_(tasks))


def given_files(file_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return task and file for those of these files that came with a task."""
    rows = select(TaskFile.task_id, TaskFile.file_id).where(TaskFile.file_id.in_(file_ids)).order_by(TaskFile.id)
    return [(row[0], row[1]) for row in db.session.execute(rows)]


def _said_in_work(work: Submission, html: str, at: datetime, in_files: Sequence[str]) -> Said:
    task = work.task
    text = "\n".join([text_of(without_quotations(html)), *in_files]).strip()
    return Said(TextKind.WORK, work.user, task.workshop, task.title, text, at, work.created_at, work)


def earlier_copies(said: Said) -> list[tuple[datetime, str]]:
    """Return what its author had sent for the same task before, and when: whoever was first stays first."""
    if not isinstance(said.source, Submission):
        return []
    return copies_of(said.source.id, said.source.copies_count)


def copies_of(submission_id: int, below: int) -> list[tuple[datetime, str]]:
    """Return the copies of a work with a number below this one."""
    rows = select(SubmissionCopy.created_at, SubmissionCopy.text, SubmissionCopy.id).where(
        SubmissionCopy.submission_id == submission_id, SubmissionCopy.number < below
    )
    found = db.session.execute(rows).all()
    files = _texts_in_files(SubmissionFile.copy_id, [row[2] for row in found])
    return [(row[0], "\n".join([row[1], *files.get(row[2], ())])) for row in found]


def said_in(kind: str, object_id: int) -> Said | None:
    """Return one text that is still to be read."""
    found = _posts([object_id]) if kind == TextKind.POST else _works([object_id])
    return found.get(object_id)


def given_with(said: Said) -> list[str]:
    """Return what its author was given to work with: the task, or the question that is answered and the post quoted."""
    if isinstance(said.source, Submission):
        return given_with_task(said.source.task)
    return given_in_topic(said.source.topic_id, said.source.number, said.source.quote_id)


def given_with_task(task: Task) -> list[str]:
    """Return the words of a task and of the files that came with it: a form that everybody fills in is nobody's own."""
    files = select(FileText.text).join(TaskFile, TaskFile.file_id == FileText.file_id)
    return [task.text, *db.session.scalars(files.where(TaskFile.task_id == task.id))]


def given_in_topic(topic_id: int, number: int = 0, quote_id: int | None = None) -> list[str]:
    """Return the opener of a topic, unless it is the text itself, and the post that is quoted, each with its files."""
    wanted = (Post.number == 1) | (Post.id == quote_id) if quote_id else Post.number == 1
    given = (Post.topic_id == topic_id, wanted, Post.number != number)
    files = select(FileText.text).join(PostAttachment, PostAttachment.file_id == FileText.file_id)
    in_files = db.session.scalars(files.join(Post, Post.id == PostAttachment.post_id).where(*given))
    return [*db.session.scalars(select(Post.text).where(*given)), *in_files]


def readable(viewer: Viewer, texts: Mapping[int, Said]) -> set[int]:
    """Return which of these texts the viewer may read where they stand."""
    workshop_ids = {said.workshop.id for said in texts.values()}
    rows = select(WorkshopMember).where(
        WorkshopMember.user_id == viewer.user_id, WorkshopMember.workshop_id.in_(workshop_ids)
    )
    seats = {seat.workshop_id: seat for seat in db.session.scalars(rows)}
    topic_ids = {said.source.topic_id for said in texts.values() if isinstance(said.source, Post)}
    sealed = set(db.session.scalars(sealed_topic_ids(viewer.user_id).where(Topic.id.in_(topic_ids))))
    return {key for key, said in texts.items() if _may_read(viewer, said, seats.get(said.workshop.id), sealed)}


def _may_read(viewer: Viewer, said: Said, seat: WorkshopMember | None, sealed: Collection[int]) -> bool:
    if isinstance(said.source, Submission):
        return can_see_work(viewer, said.source, seat)
    post = said.source
    if post.topic_id in sealed and post.number > 1 and said.author.id != viewer.user_id:
        return False
    return can_view_topic(viewer, post.topic, seat)


def signature_of(kind: str, object_id: int) -> TextSignature | None:
    """Return the signature of a text, if it was long enough to have one."""
    own = select(TextSignature).where(TextSignature.kind == kind, TextSignature.object_id == object_id)
    return db.session.scalar(own)


@dataclass(frozen=True)
class Close:
    """A post and how much of it also stands in an earlier text of somebody else."""

    post: Post
    percent: int


def _close_posts(topic: Topic, least: int) -> Select[Post, int]:
    return (
        select(Post, TextSignature.near_percent)
        .join(TextSignature, and_(TextSignature.kind == TextKind.POST.value, TextSignature.object_id == Post.id))
        .where(TextSignature.workshop_id == topic.workshop_id, TextSignature.near_percent >= least)
        .where(Post.topic_id == topic.id, Post.withdrawn_at.is_(None), TextSignature.near_id.is_not(None))
    )


def close_posts(topic: Topic, least: int, cursor: str | None = None, size: int = 30) -> Page[Close]:
    """Return the posts of a topic that are that close to an earlier text of somebody else, the closest first."""
    found = _close_posts(topic, least).options(joinedload(Post.author))
    page = paginate_rows(found, TextSignature.near_percent.desc(), Post.id, cursor=cursor, size=size)
    return Page([Close(*row) for row in page.items], page.next_cursor)


def count_close_posts(topic: Topic, least: int) -> int:
    """Return how many they are."""
    return db.session.scalar(_close_posts(topic, least).with_only_columns(func.count())) or 0


def signature_by_id(signature_id: int) -> TextSignature | None:
    """Return a signature."""
    return db.session.get(TextSignature, signature_id)


def closeness_of(submission_ids: Collection[int], least: int) -> dict[int, int]:
    """Return how close works are to an earlier text of somebody else, in percent, where it is at least so much."""
    rows = select(TextSignature.object_id, TextSignature.near_percent).where(
        TextSignature.kind == TextKind.WORK,
        TextSignature.object_id.in_(submission_ids),
        TextSignature.near_id.is_not(None),
        TextSignature.near_percent >= least,
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}
