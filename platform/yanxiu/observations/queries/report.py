"""The merged report of a divided observation: under each perspective who watched, what was seen when, what was found.

Its evidence is what everybody who sees the lesson may read: no private note and none for the teacher alone stands in it,
whoever opens it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user
from yanxiu.observations.models import (
    CommentVisibility,
    Lesson,
    LessonPerspective,
    PerspectiveFinding,
    TextKey,
    TimedComment,
)
from yanxiu.observations.permissions import Access, can_read_recorded, findings_are_open
from yanxiu.observations.perspectives.licc import PREFIX
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.papers import threads_to_file
from yanxiu.observations.queries.perspectives import all_perspectives_of, findings_of
from yanxiu.observations.queries.recorded import Recorded, Records, slugs_of


@dataclass(frozen=True)
class Chapter:
    """One perspective of the report; `findings` are those its reader may read."""

    perspective: LessonPerspective
    observers: list[User]
    evidence: list[TimedComment]
    findings: list[PerspectiveFinding]
    written: int = 0
    """How many findings there are, also those that are not told yet."""
    recorded: Recorded | None = None
    """What came of its scheme of codes; None where it is recorded in words."""

    def own(self, user_id: int | None) -> PerspectiveFinding | None:
        return next((one for one in self.findings if one.author_id == user_id), None)


@dataclass(frozen=True)
class ObservationReport:
    """What one reader reads; `conclusion` is empty where there is none or it is not told yet."""

    title: str
    chapters: list[Chapter]
    others: int
    """Open remarks under no perspective."""
    is_open: bool
    conclusion: str = ""
    concluded_by: str = ""
    """Who wrote it, by name."""
    people: list[User] = field(default_factory=list)

    @property
    def unwatched(self) -> list[str]:
        current = [one for one in self.chapters if one.perspective.retired_at is None]
        return [one.perspective.name for one in current if not one.observers]


def report_of(viewer: Viewer, lesson: Lesson, access: Access, *, leads: bool = False) -> ObservationReport:
    """Return the report as this reader may see it; a constant number of queries.

    Until 议课 one reads only what one found oneself, and only whoever leads reads the conclusion.
    """
    is_open = findings_are_open(lesson)
    perspectives = all_perspectives_of(lesson.id)
    said = [one for one in threads_to_file(viewer, lesson) if one.visibility == CommentVisibility.EVERYBODY]
    found = findings_of(lesson.id)
    told = [one for one in found if is_open or one.author_id == viewer.user_id]
    records = Records(
        lesson.id, slugs_of(perspectives), viewer.user_id, partial(can_read_recorded, viewer, lesson, access)
    )
    chapters = [_chapter(one, said, found, told, records) for one in perspectives]
    chapters = [one for one in chapters if one.perspective.retired_at is None or one.evidence or one.written]
    conclusion = texts_of(lesson.id).get(TextKey.CONCLUSION)
    shown = conclusion if conclusion is not None and (is_open or leads) else None
    writer = find_user(shown.author_id) if shown is not None else None
    people = {person.id: person for chapter in chapters for person in chapter.observers}
    return ObservationReport(
        title=title_of([one.perspective for one in chapters]),
        chapters=chapters,
        others=sum(one.perspective_id is None for one in said),
        is_open=is_open,
        conclusion=shown.body if shown is not None else "",
        concluded_by=writer.name if writer is not None else "",
        people=list(people.values()),
    )


def _chapter(
    perspective: LessonPerspective,
    said: Sequence[TimedComment],
    found: Sequence[PerspectiveFinding],
    told: Sequence[PerspectiveFinding],
    records: Records,
) -> Chapter:
    written = [one for one in found if one.perspective_id == perspective.id]
    people = {watcher.user_id: watcher.user for watcher in perspective.watchers}
    people |= {one.author_id: one.author for one in written}
    observers = list(people.values())
    return Chapter(
        perspective,
        observers,
        [one for one in said if one.perspective_id == perspective.id],
        [one for one in told if one.perspective_id == perspective.id],
        len(written),
        records.of(perspective, observers),
    )


def title_of(perspectives: Sequence[LessonPerspective]) -> str:
    """Return what a school calls the report: LICC's name only where LICC's perspectives were watched."""
    licc = any(one.key.startswith(PREFIX) for one in perspectives)
    return "LICC 课堂观察报告" if licc else "课堂观察报告"
