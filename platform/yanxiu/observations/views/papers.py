"""What can be taken out of a lesson: comments as files, and the forms a school files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import CommentKind, Evaluation, EvaluationState, Lesson
from yanxiu.observations.papers.comment_files import comments_csv, comments_word, webvtt
from yanxiu.observations.papers.drawn import MOST, Stills
from yanxiu.observations.papers.minutes import minutes_word
from yanxiu.observations.papers.record import record_word
from yanxiu.observations.papers.score_book import score_workbook
from yanxiu.observations.papers.scores import scores_word, summary_word
from yanxiu.observations.permissions import can_take_pictures, findings_are_open
from yanxiu.observations.queries import (
    current_version,
    evaluation_of,
    recording_of,
    sees_scores,
    submitted_evaluations,
)
from yanxiu.observations.queries.narrowing import CommentFilter, speakers_of
from yanxiu.observations.queries.papers import count_to_file, outcomes_of, threads_to_file
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.queries.second_teachings import clip_pairs
from yanxiu.observations.rubrics.summary import summarize
from yanxiu.observations.views.blueprint import bp, load_lesson, log_watching
from yanxiu.observations.views.packs import pack_panel
from yanxiu.web.auth import current_actor, current_viewer

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIME_TYPES = {"vtt": "text/vtt", "csv": "text/csv", "docx": DOCX, "xlsx": XLSX}
COMMENTS = ("vtt", "csv", "docx")
STATES = {"open": "未解决", "resolved": "已解决"}


@bp.get("/lessons/<int:lesson_id>/papers")
def papers(lesson_id: int) -> ResponseReturnValue:
    """What there is to take out, for this reader."""
    found = load_lesson(lesson_id)
    wanted = _wanted()
    speakers = speakers_of(current_viewer(), found.lesson)
    submitted = _scores_seen(found.lesson)
    return render_template(
        "observations/papers.html",
        lesson=found.lesson,
        wanted=wanted,
        count=count_to_file(current_viewer(), found.lesson, wanted),
        kinds=[(kind.value, kind.label) for kind in CommentKind],
        states=list(STATES.items()),
        speakers=speakers,
        submitted=submitted,
        observers=_observers(found.lesson, speakers, submitted),
        perspectives=perspectives_of(lesson_id),
        findings_open=findings_are_open(found.lesson),
        **pack_panel(found),
    )


@bp.get("/lessons/<int:lesson_id>/papers/comments")
def comments_file(lesson_id: int) -> ResponseReturnValue:
    """The comments the reader may read, narrowed as on the page: `?format=vtt|csv|docx&kind=&author=&state=`."""
    found = load_lesson(lesson_id)
    lesson = found.lesson
    kind = request.args.get("format", "")
    if kind not in COMMENTS:
        raise NotFoundError
    wanted = _wanted()
    with_pictures = kind == "docx" and can_take_pictures(current_viewer(), lesson, found.access, clock.today())
    if with_pictures:
        log_watching(lesson)
    threads = threads_to_file(current_viewer(), lesson, wanted)
    if kind == "vtt":
        body = webvtt(lesson, threads)
    elif kind == "csv":
        body = comments_csv(threads)
    else:
        stills = Stills(lesson_id, MOST if with_pictures else 0)
        body = comments_word(lesson, threads, _chosen(lesson, wanted), stills)
    return _file(body, f"{lesson.title} 时间点点评", kind)


@bp.get("/lessons/<int:lesson_id>/papers/record")
def record_file(lesson_id: int) -> ResponseReturnValue:
    """听课记录表 of one observer (`?observer=`, else the reader's own); `?private=1` takes the own private notes along."""
    lesson = load_lesson(lesson_id).lesson
    viewer = current_viewer()
    observer_id = whole_number(request.args.get("observer")) or viewer.user_id
    own = observer_id == viewer.user_id
    with_private = own and request.args.get("private") == "1"
    submitted = _scores_seen(lesson)
    observer = current_actor() if own else _observer(lesson, observer_id, submitted)
    threads = threads_to_file(viewer, lesson, CommentFilter(author_id=observer_id), with_private=with_private)
    judged = _handed_in(lesson.id, observer_id, own, submitted)
    recording = recording_of(lesson_id)
    body = record_word(lesson, observer, recording.segments if recording else [], threads, judged)
    return _file(body, f"{lesson.title} 听课记录表 {observer.name}", "docx")


@bp.get("/lessons/<int:lesson_id>/papers/scores")
def scores_file(lesson_id: int) -> ResponseReturnValue:
    """评分表 of one observer (`?observer=`), else of all; only for who may see the scores. `?format=xlsx`: a workbook of all."""
    lesson = load_lesson(lesson_id).lesson
    if not sees_scores(current_viewer(), lesson):
        raise ForbiddenError("提交自己的评课后，才能看到评分")
    submitted = submitted_evaluations(lesson_id)
    if not submitted:
        raise NotFoundError("还没有人提交评课")
    current = current_version(recording_of(lesson_id))
    if request.args.get("format") == "xlsx":
        return _file(score_workbook(lesson, submitted, current), f"{lesson.title} 评分", "xlsx")
    observer_id = whole_number(request.args.get("observer"))
    if observer_id is None:
        return _file(summary_word(lesson, summarize(submitted), current), f"{lesson.title} 评分汇总", "docx")
    chosen = next((one for one in submitted if one.observer_id == observer_id), None)
    if chosen is None:
        raise NotFoundError
    return _file(scores_word(lesson, chosen, current), f"{lesson.title} 评分表 {chosen.observer.name}", "docx")


@bp.get("/lessons/<int:lesson_id>/papers/minutes")
def minutes_file(lesson_id: int) -> ResponseReturnValue:
    """议课纪要: only what everybody who sees the lesson may read."""
    lesson = load_lesson(lesson_id).lesson
    viewer = current_viewer()
    threads = [one for one in threads_to_file(viewer, lesson) if one.visibility == "everybody"]
    recording = recording_of(lesson_id)
    segments = recording.segments if recording else []
    body = minutes_word(lesson, segments, threads, outcomes_of(viewer, lesson), clip_pairs(viewer, lesson_id))
    return _file(body, f"{lesson.title} 议课纪要", "docx")


def _wanted() -> CommentFilter:
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    kinds = [known.value for known in CommentKind]
    author_id = whole_number(request.args.get("author"))
    return CommentFilter(kind if kind in kinds else "", author_id, state if state in STATES else "")


def _chosen(lesson: Lesson, wanted: CommentFilter) -> str:
    """Say in words which comments stand in a file."""
    who = next((one.name for one in speakers_of(current_viewer(), lesson) if one.id == wanted.author_id), "")
    kind = CommentKind(wanted.kind).label if wanted.kind else ""
    words = [word for word in (who, kind, STATES.get(wanted.state, "")) if word]
    return f"只列{'、'.join(words)}的点评" if words else "您能看到的全部点评"


def _scores_seen(lesson: Lesson) -> list[Evaluation]:
    return list(submitted_evaluations(lesson.id)) if sees_scores(current_viewer(), lesson) else []


def _handed_in(lesson_id: int, observer_id: int | None, own: bool, seen: list[Evaluation]) -> Evaluation | None:
    """The observer's evaluation as far as the reader sees it: one's own always."""
    if own:
        mine = evaluation_of(lesson_id, observer_id)
        return mine if mine is not None and mine.state == EvaluationState.SUBMITTED else None
    return next((one for one in seen if one.observer_id == observer_id), None)


def _observers(lesson: Lesson, speakers: Any, submitted: list[Evaluation]) -> list[User]:
    """Whose record there is besides the reader's: who commented or evaluated where the reader sees it, not the teacher."""
    people = {person.id: person for person in (*speakers, *(one.observer for one in submitted))}
    mine = current_viewer().user_id
    return [person for number, person in people.items() if number not in (lesson.teacher_id, mine)]


def _observer(lesson: Lesson, observer_id: int | None, submitted: list[Evaluation]) -> User:
    for person in _observers(lesson, speakers_of(current_viewer(), lesson), submitted):
        if person.id == observer_id:
            return person
    raise NotFoundError


def docx_file(body: bytes, name: str) -> Response:
    """Send a Word file under a name."""
    return _file(body, name, "docx")


def _file(body: bytes, name: str, kind: str) -> Response:
    answer = Response(body, mimetype=MIME_TYPES[kind])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}', safe='')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
