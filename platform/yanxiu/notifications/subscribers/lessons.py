"""Messages from lessons: invitations, comments, answers, evaluations, the state of a recording."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify, place_name
from yanxiu.observations.events import (
    AdmissionAsked,
    ClipConsentChanged,
    ClipsTaken,
    ClipsWithdrawn,
    CodingFinished,
    EvaluationSubmitted,
    LessonCreated,
    LessonMemberInvited,
    LessonMoved,
    LessonReflected,
    LessonStepDue,
    ObservationAsked,
    ObservationDeclined,
    PerspectivesDealt,
    RecordingFailed,
    RecordingReady,
    TimedCommentPosted,
    WatchingTogetherBegun,
)
from yanxiu.observations.queries import find_lesson
from yanxiu.observations.queries.admissions import lesson_from_outside
from yanxiu.observations.queries.clip_sets import clip_set_at_hand, sets_that_lose
from yanxiu.observations.queries.codings import coder_ids
from yanxiu.observations.queries.comments import comment_at_hand
from yanxiu.observations.queries.lessons import lesson_at_hand
from yanxiu.workshops.queries.members import member_ids


def _viewer(user_id: int) -> Viewer:
    return viewer_of(find_user(user_id))


def _on_invitation(event: LessonMemberInvited) -> None:
    _tell([event.user_id], "lesson_invited", event.actor_id, event.lesson_id)


def _on_comment(event: TimedCommentPosted) -> None:
    """The teacher of the lesson, and the one who is answered; a private thread is nobody else's business.

    Many may talk about a lesson at once: nothing is asked that the transaction has not read already, and the teacher, who
    always sees the own lesson, is not asked for the right to.
    """
    lesson, comment = lesson_at_hand(event.lesson_id), comment_at_hand(event.comment_id)
    if lesson is None or comment is None or event.visibility == "private":
        return
    parent = comment_at_hand(event.parent_id) if event.parent_id is not None else None
    told = {parent.author_id} if parent is not None else set()
    _tell(told, "comment_reply", event.author_id, event.lesson_id, comment.url)
    if lesson.teacher_id not in told and lesson.teacher.is_active:
        notify([lesson.teacher_id], _about(lesson.id, lesson.title, "comment", event.author_id, comment.url))


def _on_evaluation(event: EvaluationSubmitted) -> None:
    seen = find_lesson(_viewer(event.observer_id), event.lesson_id)
    if seen is not None:
        url = f"/lessons/{event.lesson_id}/evaluations"
        _tell([seen.lesson.teacher_id], "evaluation", event.observer_id, event.lesson_id, url)


def _on_coding(event: CodingFinished) -> None:
    """The teacher, and those who can compare now: who has finished a coding with the same scheme."""
    seen = find_lesson(_viewer(event.coder_id), event.lesson_id)
    if seen is not None:
        url = f"/lessons/{event.lesson_id}/codings/{event.scheme}/results"
        told = {seen.lesson.teacher_id, *coder_ids(event.lesson_id, event.scheme)} - {event.coder_id}
        unseen = {seen.lesson.teacher_id} & set(coder_ids(event.lesson_id, event.scheme, finished=False))
        _tell(sorted(told - unseen), "coding", event.coder_id, event.lesson_id, url)


def _on_dealing(event: PerspectivesDealt) -> None:
    _tell(event.user_ids, "lesson_dealt", event.actor_id, event.lesson_id, f"/lessons/{event.lesson_id}/perspectives")


_STEPS = {
    "meeting": "lesson_meeting",
    "evaluating": "lesson_evaluate",
    "discussing": "lesson_discuss",
    "reflecting": "lesson_reflect",
    "archived": "lesson_archived",
}


def _on_move(event: LessonMoved) -> None:
    """The invited hear of a step forward that concerns them; the reflection is the teacher's."""
    seen = find_lesson(_viewer(event.actor_id), event.lesson_id)
    if seen is None:
        return None
    members = {member.user_id for member in seen.lesson.members}
    if event.before == "archived":
        return _tell(sorted(members | {seen.lesson.teacher_id}), "lesson_reopened", event.actor_id, event.lesson_id)
    kind = _STEPS.get(event.after)
    if kind is None or event.is_back:
        return None
    told = {"lesson_evaluate": members, "lesson_reflect": {seen.lesson.teacher_id}}
    people = told.get(kind, members | {seen.lesson.teacher_id})
    return _tell(sorted(people), kind, event.actor_id, event.lesson_id)


def _on_reflection(event: LessonReflected) -> None:
    seen = find_lesson(_viewer(event.actor_id), event.lesson_id)
    if seen is not None:
        people = [member.user_id for member in seen.lesson.members]
        _tell(
            people, "lesson_reflected", event.actor_id, event.lesson_id, f"/lessons/{event.lesson_id}/cycle#reflection"
        )


def _on_clips_taken(event: ClipsTaken) -> None:
    """The teacher; the page lists all sets, names those the teacher may open, and offers the way out."""
    lesson = lesson_at_hand(event.lesson_id)
    if lesson is not None:
        _tell([lesson.teacher_id], "lesson_clipped", event.actor_id, lesson.id, f"/lessons/{lesson.id}/clips")


def _on_clips_withdrawn(event: ClipsWithdrawn) -> None:
    """Whose set it is. The lesson is not named: they may not be allowed to see it any more."""
    clip_set = clip_set_at_hand(event.clip_set_id)
    if clip_set is not None:
        notify([clip_set.owner_id], _about_set(clip_set.id, clip_set.title, "lesson_withdrawn", event.actor_id))


def _on_clip_consent(event: ClipConsentChanged) -> None:
    lesson = lesson_at_hand(event.lesson_id)
    if event.refused and lesson is not None:
        for clip_set in sets_that_lose(lesson):
            notify([clip_set.owner_id], _about_set(clip_set.id, clip_set.title, "lesson_clips_refused", event.actor_id))


def _about_set(set_id: int, title: str, kind: str, actor_id: int) -> Message:
    url = f"/clip-sets/{set_id}"
    return Message(kind, actor_id, place_name("片段集", title), url, title, url, f"clip_set:{set_id}")


def _on_request(event: ObservationAsked) -> None:
    _tell_of_request(event.teacher_id, "lesson_asked", event.asker_id, event.request_id)


def _on_refusal(event: ObservationDeclined) -> None:
    _tell_of_request(event.asker_id, "lesson_declined", event.actor_id, event.request_id)


def _on_asking_in(event: AdmissionAsked) -> None:
    """The hosts; where there is none, the teacher and whoever entered the lesson, who can let in as well."""
    lesson = lesson_from_outside(event.lesson_id)
    if lesson is None:
        return
    hosts = {member.user_id for member in lesson.members if member.role == "host"}
    told = hosts or {lesson.teacher_id, lesson.creator_id}
    _tell(sorted(told), "lesson_door", event.asker_id, event.lesson_id, f"/lessons/{event.lesson_id}/scoring/code")


def _on_watching_together(event: WatchingTogetherBegun) -> None:
    """Who takes part in the lesson and does not have it open."""
    seen = find_lesson(_viewer(event.actor_id), event.lesson_id)
    if seen is not None:
        lesson = seen.lesson
        people = {lesson.teacher_id, lesson.creator_id, *(member.user_id for member in lesson.members)}
        _tell(sorted(people - set(event.here_ids)), "lesson_together", event.actor_id, event.lesson_id)


def _tell_of_request(user_id: int, kind: str, actor_id: int, request_id: int) -> None:
    """The page shows requests only to the two of them."""
    url = "/observation-requests"
    notify([user_id], Message(kind, actor_id, "我的听评课", url, "申请听课", url, f"observation-request:{request_id}"))


def _on_due(event: LessonStepDue) -> None:
    _tell(event.user_ids, event.kind, None, event.lesson_id)


def _on_entry(event: LessonCreated) -> None:
    """The teacher of a lesson that somebody else entered."""
    seen = find_lesson(_viewer(event.actor_id), event.lesson_id)
    if seen is not None:
        _tell([seen.lesson.teacher_id], "lesson_entered", event.actor_id, event.lesson_id)


def _on_ready(event: RecordingReady) -> None:
    """Who uploaded it, whose lesson it is, and those who are to watch: the invited, and the workshop it is for.

    Nobody acted, so there is no actor to leave out.
    """
    seen = find_lesson(_viewer(event.uploader_id), event.lesson_id)
    if seen is None:
        return
    lesson = seen.lesson
    told = {event.uploader_id, lesson.teacher_id, *(member.user_id for member in lesson.members)}
    if lesson.visibility == "workshop" and lesson.workshop_id is not None:
        told.update(member_ids(lesson.workshop_id))
    _tell(sorted(told), "recording_ready", None, event.lesson_id)


def _on_failure(event: RecordingFailed) -> None:
    _tell([event.uploader_id], "recording_failed", None, event.lesson_id)


def _tell(user_ids: Iterable[int], kind: str, actor_id: int | None, lesson_id: int, url: str | None = None) -> None:
    """Tell those who may see the lesson; whoever lost that right in the meantime hears nothing."""
    seen = {user_id: find_lesson(_viewer(user_id), lesson_id) for user_id in user_ids}
    told = [user_id for user_id, lesson in seen.items() if lesson is not None]
    title = next((found.lesson.title for found in seen.values() if found is not None), "")
    if told:
        notify(told, _about(lesson_id, title, kind, actor_id, url))


def _about(lesson_id: int, title: str, kind: str, actor_id: int | None, url: str | None) -> Message:
    home = f"/lessons/{lesson_id}"
    return Message(kind, actor_id, place_name("课例", title), home, title, url or home, f"lesson:{lesson_id}")


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(LessonCreated, _on_entry),
    Subscription(ObservationAsked, _on_request),
    Subscription(AdmissionAsked, _on_asking_in),
    Subscription(WatchingTogetherBegun, _on_watching_together),
    Subscription(ObservationDeclined, _on_refusal),
    Subscription(LessonMoved, _on_move),
    Subscription(ClipsTaken, _on_clips_taken),
    Subscription(ClipsWithdrawn, _on_clips_withdrawn),
    Subscription(ClipConsentChanged, _on_clip_consent),
    Subscription(LessonReflected, _on_reflection),
    Subscription(LessonStepDue, _on_due),
    Subscription(PerspectivesDealt, _on_dealing),
    Subscription(LessonMemberInvited, _on_invitation),
    Subscription(TimedCommentPosted, _on_comment),
    Subscription(EvaluationSubmitted, _on_evaluation),
    Subscription(CodingFinished, _on_coding),
    Subscription(RecordingReady, _on_ready),
    Subscription(RecordingFailed, _on_failure),
)
