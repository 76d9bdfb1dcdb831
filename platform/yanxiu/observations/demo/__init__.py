"""Sample data of observations: two films watched and judged, one lesson waiting for its film, one by invitation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.storage import receive_file
from yanxiu.lessonplans.queries.rounds import round_name, rounds_of
from yanxiu.lessonplans.services.rounds import tie_lesson
from yanxiu.observations.demo import second
from yanxiu.observations.demo.archived import go_the_whole_way
from yanxiu.observations.demo.clip_sets import put_clips_together
from yanxiu.observations.demo.codes import AGREED, AGREED_QUESTIONS, CODINGS, QUESTIONS, QUESTIONS_AGAIN
from yanxiu.observations.demo.live import note_live
from yanxiu.observations.demo.own_scheme import code_with_own_scheme, sweep_over_the_class
from yanxiu.observations.demo.perspectives import divide_observation
from yanxiu.observations.demo.spoken import SPOKEN
from yanxiu.observations.demo.steps import go_through_steps
from yanxiu.observations.demo.talk import (
    BY_TEACH,
    CAOCHUAN,
    EVALUATIONS,
    EVIDENCE,
    HALF_FILLED,
    JINGYANGGANG,
    JINGYANGGANG_PHASES,
    PHASES,
    SEEN,
    TEACH_LINES,
    Remark,
)
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.media.probe import probe
from yanxiu.observations.models import Lesson, RecordingVersion, RenditionKind
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.codings import finished_codings
from yanxiu.observations.queries.evaluations import default_rubric_version
from yanxiu.observations.services import codings, comments, evaluations, lessons, recordings, subtitles
from yanxiu.observations.services.codings import Batch, Mark
from yanxiu.observations.services.comments import CommentDraft
from yanxiu.observations.services.evaluations import Clip, Pick
from yanxiu.observations.services.lessons import LessonDraft
from yanxiu.observations.services.recordings import Phase
from yanxiu.observations.services.rubrics import install_shipped_rubrics

FILMS = Path(__file__).parent


def seed(world: DemoWorld) -> None:
    """Add this feature's sample data to `world`."""
    install_shipped_rubrics()
    people = world.users
    lesson = _caochuan(world)
    for key, role in (
        ("researcher", "expert"),
        ("leader", "host"),
        ("colleague", "observer"),
        ("principal", "observer"),
    ):
        lessons.invite_member(people["teacher"], lesson, people[key], role)
    film = current_version(recording_of(lesson.id))
    assert film is not None
    assert lesson.taught_at is not None
    for who, scores, strengths, advice in EVALUATIONS:
        evidence: dict[str, list[Pick]] = {
            key: [Clip(film, start * 1000, end * 1000) for start, end in clips]
            for key, clips in EVIDENCE.get(who, {}).items()
        }
        for key, minutes, words in SEEN.get(who, ()):
            number, moment = str(UUID(int=minutes, version=4)), lesson.taught_at + timedelta(minutes=minutes)
            evidence.setdefault(key, []).append(evaluations.Remark(number, words, moment))
        evaluations.save_evaluation(people[who], lesson, scores, strengths, advice, evidence)
        submitted = evaluations.submit_evaluation(people[who], lesson)
        submitted.submitted_at = world.ago(days=2, hours=3)
    evaluations.save_evaluation(people[HALF_FILLED[0]], lesson, HALF_FILLED[1])
    _code(world, lesson)
    _jingyanggang(world)
    _waiting_for_film(world)
    _two_rounds(world)
    world.lessons["caochuan"] = lesson
    go_through_steps(world)
    divide_observation(world, lesson)
    _caochuan_again(world, lesson)
    put_clips_together(world)
    go_the_whole_way(world, _show, _audience(world, "sanguo"), _uuid)


def _caochuan(world: DemoWorld) -> Lesson:
    teacher = world.users["teacher"]
    draft = LessonDraft(
        "《草船借箭》第一课时",
        class_name="五（2）班",
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="新授课",
        taught_at=_school_hour(world.ago(days=5), 9, 10),
        place="录播教室",
        focus="小组讨论时，不举手的学生有没有说话的机会；老师提问以后等了多久。",
        **_audience(world, "sanguo"),
        lesson_plan_id=world.plans["caochuan"].id if "caochuan" in world.plans else None,
        pupils_recognizable=False,
    )
    lesson = lessons.create_lesson(teacher, teacher, draft)
    _show(world, lesson, "caochuanjiejian.mp4", PHASES, CAOCHUAN, days=4)
    recording = recording_of(lesson.id)
    assert recording is not None
    subtitles.set_subtitles(teacher, lesson, recording, "草船借箭.srt", SPOKEN)
    return lesson


def _caochuan_again(world: DemoWorld, first: Lesson) -> None:
    teacher, teach = world.users["teacher"], default_rubric_version("teach")
    draft = LessonDraft(
        "《草船借箭》第一课时（第二次上）",
        class_name="五（4）班",
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="新授课",
        taught_at=_school_hour(world.ago(days=2), 10, 0),
        place="录播教室",
        rubric_version_id=teach.id if teach is not None else None,
        focus="抽号码牌以后，上次没有说话的第三、第四组有没有机会；提问以后等够了没有。",
        **_audience(world, "sanguo"),
        lesson_plan_id=first.lesson_plan_id,
    )
    lesson = lessons.create_lesson(teacher, teacher, draft)
    _show(world, lesson, "caochuanjiejian-2.mp4", second.PHASES, second.REMARKS, days=1)
    second.teach_again(world, first, lesson, _uuid)
    for who, scores, strengths, advice in BY_TEACH:
        values = dict(zip(TEACH_LINES, scores, strict=True))
        evaluations.save_evaluation(world.users[who], lesson, values, strengths, advice)
        evaluations.submit_evaluation(world.users[who], lesson)
    world.lessons["caochuan-2"] = lesson


def _jingyanggang(world: DemoWorld) -> None:
    teacher = world.users["villager"]
    draft = LessonDraft(
        "《景阳冈》第二课时",
        class_name="五（1）班",
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="公开课",
        taught_at=_school_hour(world.ago(days=12), 14, 30),
        place="石桥村小学五（1）班教室",
        focus="长课文怎样读短。",
        **_audience(world, "sanguo"),
    )
    lesson = lessons.create_lesson(teacher, teacher, draft)
    lessons.invite_member(teacher, lesson, world.users["outsider"], "observer")
    _show(world, lesson, "jingyanggang.mp4", JINGYANGGANG_PHASES, JINGYANGGANG, days=10)
    world.lessons["jingyanggang"] = lesson


def _waiting_for_film(world: DemoWorld) -> None:
    teacher = world.users["colleague"]
    draft = LessonDraft(
        "《猴王出世》第一课时",
        class_name="五（3）班",
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="同课异构",
        taught_at=_school_hour(world.ago(days=1), 10, 20),
        focus="古白话词语怎样不讲解也读得懂。",
        **_audience(world, "sanguo"),
    )
    lesson = lessons.create_lesson(teacher, teacher, draft)
    note_live(world, lesson)
    world.lessons["houwang"] = lesson


def _two_rounds(world: DemoWorld) -> None:
    """The lessons between the rounds of a plan that was honed."""
    if "tiji" not in world.plans:
        return
    teacher, plan = world.users["outsider"], world.plans["tiji"]
    for found, class_name, days in zip(rounds_of(plan.id), ("五（4）班", "五（2）班"), (20, 13), strict=True):
        draft = LessonDraft(
            f"长方体的体积（{round_name(found.number)}）",
            class_name=class_name,
            subject="数学",
            stage="小学",
            grade="五年级",
            lesson_type="公开课",
            taught_at=_school_hour(world.ago(days=days), 9, 10),
            lesson_plan_id=plan.id,
            visibility="school",
        )
        tie_lesson(teacher, found, lessons.create_lesson(teacher, teacher, draft).id)


def _audience(world: DemoWorld, key: str) -> dict[str, Any]:
    """The workshop's members where there is one, else the school."""
    workshop = world.workshops.get(key)
    return {"visibility": "school"} if workshop is None else {"visibility": "workshop", "workshop_id": workshop.id}


def _show(
    world: DemoWorld,
    lesson: Lesson,
    film: str,
    phases: Sequence[tuple[int, str]],
    remarks: Sequence[Remark],
    days: float,
) -> None:
    """Give a lesson its film, phases and comments. The worker adds poster and stills later, as for any upload."""
    lesson.created_at = world.ago(days=days + 1)
    version = _film(lesson, FILMS / film)
    recordings.set_segments(
        lesson.teacher, lesson, version.recording, [Phase(at * 1000, label) for at, label in phases]
    )
    for number, remark in enumerate(remarks):
        _say(world, lesson, version, remark, world.ago(days=days, minutes=-17 * number))


def _film(lesson: Lesson, path: Path) -> RecordingVersion:
    facts = probe(path)
    upload_id = f"{lesson.id:032x}"
    version = recordings.receive_upload(lesson.teacher, lesson, upload_id, f"{lesson.title}.mp4", path.stat().st_size)
    for source in (True, False):
        with path.open("rb") as stream:
            received = receive_file(stream, f"{lesson.title}.mp4", "video/mp4")
        if source:
            recordings.note_original(version, received, facts)
        else:
            made = recordings.Made(RenditionKind.SOURCE, received, facts.width, facts.height)
            recordings.add_rendition(version, made)
    return version


def _say(world: DemoWorld, lesson: Lesson, version: RecordingVersion, remark: Remark, moment: datetime) -> None:
    author: User = world.users[remark.who]
    thread = comments.post_comment(
        author,
        lesson,
        version,
        CommentDraft(
            body=remark.words,
            client_uuid=_uuid(world),
            start_ms=int(remark.start * 1000),
            end_ms=None if remark.end is None else int(remark.end * 1000),
            kind=remark.kind,
            visibility=remark.audience,
            drawing=remark.drawing,
        ),
    )
    thread.created_at = moment
    for number, (who, words) in enumerate(remark.answers, 1):
        draft = CommentDraft(body=words, client_uuid=_uuid(world))
        answer = comments.reply_to_comment(world.users[who], lesson, thread, draft)
        answer.created_at = moment + timedelta(hours=2 * number)
    if remark.resolved:
        comments.resolve_comment(lesson.teacher, lesson, thread, True)
    db.session.flush()


def _code(world: DemoWorld, lesson: Lesson) -> None:
    """Two colleagues coded the lesson without knowing of each other, and a third has begun."""
    version = current_version(recording_of(lesson.id))
    assert version is not None
    for who, slug, codes, is_done in CODINGS:
        marks = tuple(Mark(_uuid(world), at * 1000, code) for at, code in codes)
        reached_ms = version.duration_ms or 0 if is_done else marks[-1].at_ms
        scheme = SCHEMES[slug]
        codings.save_codes(world.users[who], lesson, version, scheme, Batch(marks, reached_ms=reached_ms))
        if is_done:
            codings.finish_coding(world.users[who], lesson, scheme).finished_at = world.ago(days=2)
    code_with_own_scheme(world, lesson, version, _uuid)
    sweep_over_the_class(world, lesson, version, _uuid)
    for who, questions in (("researcher", QUESTIONS), ("leader", QUESTIONS_AGAIN)):
        asked = tuple(Mark(_uuid(world), round(at * 1000), code) for at, code in questions)
        codings.save_codes(world.users[who], lesson, version, LEDGER, Batch(asked, reached_ms=version.duration_ms or 0))
        codings.finish_coding(world.users[who], lesson, LEDGER).finished_at = world.ago(days=2)
    researcher = world.users["researcher"]
    first, other = finished_codings(lesson.id, "fias")
    codings.adjudicate(researcher, lesson, first, other, *AGREED)
    first, other = finished_codings(lesson.id, LEDGER.slug)
    for start_ms, label, code in AGREED_QUESTIONS:
        codings.adjudicate_question(researcher, lesson, first, other, start_ms, label, code)
    db.session.flush()


def _uuid(world: DemoWorld) -> str:
    return str(UUID(int=world.rng.getrandbits(128), version=4))


def _school_hour(moment: datetime, hour: int, minute: int) -> datetime:
    return moment.astimezone(LOCAL_ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0)
