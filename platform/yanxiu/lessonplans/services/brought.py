"""What came along in a Word file beside the text: its comments become comments of the plan, said by whom the file names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import uuid4

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.events.comments import PlanCommentsBrought
from yanxiu.lessonplans.models import LessonPlan, PlanComment
from yanxiu.lessonplans.queries.comments import every_thread_of
from yanxiu.lessonplans.services.holding import hold_plan, show_comment
from yanxiu.lessonplans.word_import import FileThread, FileVoice


def anchors_for(plan_id: int, threads: Iterable[FileThread]) -> dict[str, str]:
    """Which mark of the plan each comment of a file has: that of the same comment, else one that the same file gives again.

    One that was withdrawn in the plan has none.
    """
    known = KnownThreads(plan_id)
    anchors: dict[str, str] = {}
    taken: set[str] = set()
    for thread in threads:
        there = known.find(thread)
        anchor = there.anchor if there is not None else _free(anchor_of(thread), taken)
        if anchor and (there is None or there.withdrawn_at is None):
            anchors[thread.number] = anchor
            taken.add(anchor)
    return anchors


class KnownThreads:
    """The comments that a plan has, also those that were withdrawn, to be found by what a file says."""

    def __init__(self, plan_id: int) -> None:
        self._by_anchor: dict[str, PlanComment] = {}
        self._by_words: dict[tuple[str, str], list[PlanComment]] = {}
        for row in every_thread_of(plan_id):
            self._by_anchor.setdefault(row.anchor or "", row)
            self._by_words.setdefault((row.body, row.speaker), []).append(row)

    def find(self, thread: FileThread) -> PlanComment | None:
        """The same comment of the same file, else the same words of the same person."""
        first = thread.voices[0]
        alike = self._by_words.get((_clean(first.text), first.name), ())
        return self._by_anchor.get(anchor_of(thread)) or next((row for row in alike if _is_said(row, first)), None)

    def says(self, thread: FileThread) -> bool:
        """Whether the plan has this comment already, with its answers."""
        there = self.find(thread)
        return there is not None and not _unsaid(there, thread)


def bring_threads(
    actor: User,
    plan: LessonPlan,
    threads: Sequence[FileThread],
    anchors: Mapping[str, str],
    sections: Mapping[str, str],
) -> None:
    """Take over the comments of a file and answers to those that are there; what is there already stays as it is."""
    hold_plan(plan)
    known = {row.anchor: row for row in every_thread_of(plan.id)}
    made: list[PlanComment] = []
    for thread in (thread for thread in threads if thread.number in anchors):
        row = known.get(anchors[thread.number])
        if row is None:
            row = _begun(actor, plan, thread, anchors[thread.number], sections.get(thread.number, ""))
            made.append(row)
        answers = [_row(actor, plan, voice, parent_id=row.id) for voice in _unsaid(row, thread)]
        made += answers
        if row in made or answers:
            show_comment(row)
    if made:
        record(PlanCommentsBrought(plan.id, actor.id, tuple(row.id for row in made)))


def anchor_of(thread: FileThread) -> str:
    """The mark that the same comment of the same file gets every time."""
    first = thread.voices[0]
    said = "\n".join((first.name, str(first.at), first.text, thread.quote))
    return sha256(said.encode()).hexdigest()[:12]


def _free(anchor: str, taken: set[str]) -> str:
    while anchor in taken:
        anchor = sha256(anchor.encode()).hexdigest()[:12]
    return anchor


def _is_said(row: PlanComment, voice: FileVoice) -> bool:
    """Whether these are the same words of the same person; a file knows the second at best, often the minute."""
    near = voice.at is None or abs((row.created_at - voice.at).total_seconds()) < 60
    return row.body == _clean(voice.text) and row.speaker == voice.name and near


def _unsaid(row: PlanComment, thread: FileThread) -> list[FileVoice]:
    return [voice for voice in thread.voices[1:] if not any(_is_said(answer, voice) for answer in row.replies)]


def _begun(actor: User, plan: LessonPlan, thread: FileThread, anchor: str, section: str) -> PlanComment:
    row = _row(actor, plan, thread.voices[0], anchor=anchor, quote=thread.quote, section=section[:40])
    if thread.is_done:
        row.resolved_at, row.resolved_by_id = clock.now(), actor.id
        db.session.flush()
    return row


def _row(
    actor: User,
    plan: LessonPlan,
    voice: FileVoice,
    *,
    parent_id: int | None = None,
    anchor: str | None = None,
    quote: str = "",
    section: str = "",
) -> PlanComment:
    row = PlanComment(
        plan_id=plan.id,
        author_id=actor.id,
        parent_id=parent_id,
        anchor=anchor,
        section=section,
        quote=quote,
        body=_clean(voice.text),
        said_by="" if voice.name == actor.name else voice.name,
        client_uuid=str(uuid4()),
        created_at=voice.at or clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _clean(text: str) -> str:
    return without_invisible(text).strip()
