"""Who may watch a lesson, speak about it and change it. Pure: what is needed besides the lesson comes as `Access`.

The teacher decides who sees; the invited see; nobody sees by being an administrator (observation.md 4.3). When the
consent for showing pupils runs out, only the teacher and whoever entered the lesson still see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.observations.instruments.sweeps import SWEEPS
from yanxiu.observations.models import (
    ClipConsent,
    ClipSet,
    CodingScheme,
    CommentVisibility,
    KeptPerspective,
    Lesson,
    LessonPack,
    LessonPhase,
    LessonRole,
    LessonVisibility,
    ObservationRequest,
    RubricTemplate,
    TimedComment,
)

WATCHED_TOGETHER = (LessonPhase.WATCHING, LessonPhase.EVALUATING, LessonPhase.DISCUSSING)


@dataclass(frozen=True)
class Access:
    """What connects a viewer with a lesson: the role of an invitation, and sharing the lesson's workshop.

    `rests`: that workshop has ended, or the lesson is archived; then the lesson is there to be watched and read. `ended`
    says that it is the workshop's end.
    """

    role: str | None = None
    in_workshop: bool = False
    rests: bool = False
    ended: bool = False


def owns_lesson(viewer: Viewer, lesson: Lesson) -> bool:
    """The teacher, and whoever entered the lesson for the teacher."""
    return viewer.is_authenticated and viewer.user_id in (lesson.teacher_id, lesson.creator_id)


def can_enter_lesson_for(viewer: Viewer, teacher: User) -> bool:
    """One's own lesson; one of a fellow teacher of the school; researchers and administrators for those they look after.

    Whoever enters a lesson decides about it together with the teacher (see `owns_lesson`).
    """
    if not viewer.is_authenticated:
        return False
    home = teacher.organization
    fellow = viewer.school_id is not None and str(viewer.school_id) in home.path.split("/")
    return viewer.user_id == teacher.id or fellow or viewer.researches(home.path)


def can_view_lesson(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Tell whether the lesson exists for this viewer."""
    if not viewer.is_authenticated or lesson.deleted_at is not None:
        return False
    if owns_lesson(viewer, lesson):
        return True
    if lesson.has_expired(today):
        return False
    if access.role is not None:
        return True
    if lesson.visibility == LessonVisibility.WORKSHOP:
        return access.in_workshop
    if lesson.visibility == LessonVisibility.SCHOOL:
        return viewer.school_id is not None and viewer.school_id == lesson.organization_id
    return False


def can_edit_lesson(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """The teacher, whoever entered it, and the host: details, recording, phases, invitations."""
    if access.rests or lesson.deleted_at is not None:
        return False
    return owns_lesson(viewer, lesson) or access.role == LessonRole.HOST


def can_change_card(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """Who sees it and who is invited: a right of the teacher over the own lesson also after the workshop's end. The details
    rest then (`with_details_of`)."""
    return can_edit_lesson(viewer, lesson, access) or (lesson.deleted_at is None and owns_lesson(viewer, lesson))


def can_speak(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Everybody who watches comments, until the lesson's workshop has ended."""
    return not access.rests and can_view_lesson(viewer, lesson, access, today)


def can_deal_perspectives(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """Who leads the lesson says what is watched and by whom."""
    return can_edit_lesson(viewer, lesson, access)


def can_claim_perspective(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Everybody who watches may take a perspective, but not the teacher: nobody observes the own lesson."""
    return can_speak(viewer, lesson, access, today) and viewer.user_id != lesson.teacher_id


def can_use_perspective(viewer: Viewer, kept: KeptPerspective) -> bool:
    """Take it into a lesson: its owner, and the colleagues of the school in which it is shared."""
    if not viewer.is_authenticated:
        return False
    return viewer.user_id == kept.owner_id or (kept.school_id is not None and kept.school_id == viewer.school_id)


def can_change_kept(viewer: Viewer, kept: KeptPerspective) -> bool:
    """Its words, whether the school has it, and whether there is one: its owner's alone."""
    return viewer.is_authenticated and viewer.user_id == kept.owner_id


def can_unshare_perspective(viewer: Viewer, kept: KeptPerspective) -> bool:
    """Take it away from the school: its owner, and who manages the school."""
    if kept.school is None:
        return False
    return can_change_kept(viewer, kept) or viewer.is_admin_over(kept.school.path)


def findings_are_open(lesson: Lesson) -> bool:
    """What observers found is told to all from 议课 on; before, each writes without having read the others."""
    return lesson.phase_of.number >= LessonPhase.DISCUSSING.number


def leads_lesson(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """The teacher, whoever entered the lesson, and the host."""
    return owns_lesson(viewer, lesson) or access.role == LessonRole.HOST


def can_move_lesson(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """Who leads takes a lesson from step to step, opens an archived one again, and sets days; not after the workshop's end."""
    return not access.ended and lesson.deleted_at is None and leads_lesson(viewer, lesson, access)


def can_watch_together(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Whoever may watch, from 观课 to 议课."""
    return lesson.phase_of in WATCHED_TOGETHER and can_view_lesson(viewer, lesson, access, today)


def can_take_pictures(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """On top of seeing the lesson: stills leave the system in a file where no pupil can be recognized, else only with who leads it,
    as long as pupils may be shown."""
    return not lesson.has_expired(today) and (not lesson.pupils_recognizable or leads_lesson(viewer, lesson, access))


def can_pack_lesson(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """Who leads a lesson makes its archive pack and fetches it, also after the workshop's end."""
    return lesson.deleted_at is None and leads_lesson(viewer, lesson, access)


def can_pack_recording(viewer: Viewer, lesson: Lesson, today: date) -> bool:
    """The film leaves the system only with the teacher or whoever entered the lesson, as long as pupils may be shown."""
    return owns_lesson(viewer, lesson) and not lesson.has_expired(today)


def can_open_pack(
    viewer: Viewer, lesson: Lesson, access: Access, pack: LessonPack, today: date, *, sees_scores: bool
) -> bool:
    """Who leads fetches the packs that they made, as long as they may see the scores and the film in them.

    What a pack holds goes by the rights of its maker (codings, plan, other lessons), which are nobody else's.
    """
    if viewer.user_id != pack.maker_id:
        return False
    if pack.with_recording and not can_pack_recording(viewer, lesson, today):
        return False
    return can_pack_lesson(viewer, lesson, access) and (sees_scores or not pack.holds_scores)


def can_reflect(viewer: Viewer, lesson: Lesson, access: Access) -> bool:
    """The reflection is the teacher's alone, at any time until the lesson rests."""
    return not access.rests and lesson.deleted_at is None and viewer.user_id == lesson.teacher_id


def can_ask_to_observe(viewer: Viewer, teacher: User) -> bool:
    """Anybody of the county asks anybody else of it."""
    if not viewer.is_authenticated or viewer.user_id == teacher.id or not viewer.county_path:
        return False
    return teacher.is_active and teacher.organization.path.startswith(viewer.county_path)


def can_answer_request(viewer: Viewer, asked: ObservationRequest) -> bool:
    """The teacher who is asked."""
    return viewer.is_authenticated and viewer.user_id == asked.teacher_id


def can_withdraw_request(viewer: Viewer, asked: ObservationRequest) -> bool:
    """Whoever asked."""
    return viewer.is_authenticated and viewer.user_id == asked.asker_id


def can_sync_notes(viewer: Viewer, lesson: Lesson, access: Access, today: date, *, has_noted: bool) -> bool:
    """Who leads the lesson, and every observer who noted it live, says which moment of the recording a clock time was."""
    return can_edit_lesson(viewer, lesson, access) or (has_noted and can_speak(viewer, lesson, access, today))


def can_decide_audience(viewer: Viewer, lesson: Lesson) -> bool:
    """Who sees the lesson, and whether it stays, is decided by the teacher and whoever entered it."""
    return owns_lesson(viewer, lesson)


def can_evaluate_lesson(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Everybody who may speak about it, but not the teacher about the own lesson."""
    return can_speak(viewer, lesson, access, today) and viewer.user_id != lesson.teacher_id


def can_ask_in(viewer: Viewer, lesson: Lesson, today: date, *, ended: bool) -> bool:
    """Whoever is of the teacher's county and saw the lesson's code may ask to be let in, while the lesson may be shown
    and somebody can answer: in a workshop that has `ended` nobody does."""
    if ended or not viewer.is_authenticated or not viewer.county_path:
        return False
    if lesson.deleted_at is not None or lesson.has_expired(today) or lesson.phase == LessonPhase.ARCHIVED:
        return False
    return lesson.teacher.organization.path.startswith(viewer.county_path)


def can_view_scores(viewer: Viewer, lesson: Lesson, *, own_submitted: bool) -> bool:
    """The teacher sees what was submitted; everybody else only after the own evaluation is in."""
    return viewer.user_id == lesson.teacher_id or own_submitted


def can_view_comment(viewer: Viewer, comment: TimedComment, lesson: Lesson) -> bool:
    """On top of seeing the lesson: by the audience of the thread, whose answers are read by the same people."""
    thread = comment.thread
    if viewer.user_id == thread.author_id or thread.visibility == CommentVisibility.EVERYBODY:
        return True
    return thread.visibility == CommentVisibility.TEACHER and viewer.user_id == lesson.teacher_id


def can_edit_comment(viewer: Viewer, comment: TimedComment) -> bool:
    """Only whoever wrote it."""
    return viewer.is_authenticated and viewer.user_id == comment.author_id


def can_resolve_comment(viewer: Viewer, comment: TimedComment, lesson: Lesson, access: Access) -> bool:
    """The author, the teacher and the host tick a thread off."""
    return viewer.user_id in (comment.author_id, lesson.teacher_id, lesson.creator_id) or access.role == LessonRole.HOST


def can_code_lesson(viewer: Viewer, lesson: Lesson, access: Access, today: date) -> bool:
    """Whoever may speak about a lesson may code it; the teacher too, for S-T is also a means of looking at oneself."""
    return can_speak(viewer, lesson, access, today)


def can_view_codings(viewer: Viewer, lesson: Lesson, access: Access, own: str | None) -> bool:
    """On top of seeing the lesson: who sees finished codings of a scheme; `own` is the state of the viewer's, if any.

    Teacher, whoever entered the lesson and the host see them, and who has finished an own coding. Whoever is still
    coding sees nobody's, or the second coding would not be independent. Drafts are their coder's alone.
    """
    if own is not None:
        return own == "done"
    return owns_lesson(viewer, lesson) or access.role == LessonRole.HOST


def can_read_recorded(viewer: Viewer, lesson: Lesson, access: Access, own: str | None) -> bool:
    """Who reads in the report what observers recorded under their perspectives with a scheme; `own` as above.

    From 议课 on everybody who sees the lesson, as with their words: not all code all. But nobody who is still coding.
    """
    return can_view_codings(viewer, lesson, access, own) or (own is None and findings_are_open(lesson))


def can_view_sweeps(viewer: Viewer, lesson: Lesson, access: Access, own: int) -> bool:
    """Who sees others' sweeps: who leads the lesson, and whoever has counted a whole lesson."""
    return leads_lesson(viewer, lesson, access) or own >= SWEEPS


def can_edit_rubrics(viewer: Viewer, org_path: str) -> bool:
    """Who leads the research of an organization makes its rubrics: administrators, researchers, heads of its groups."""
    if not viewer.is_authenticated or not org_path:
        return False
    heads = any(held.role == "group_head" and held.org_path.startswith(org_path) for held in viewer.held)
    return heads or viewer.researches(org_path)


def can_edit_scheme(viewer: Viewer, scheme: CodingScheme) -> bool:
    """One's own; one of the own organization as with rubrics."""
    if scheme.organization_id is None:
        return viewer.is_authenticated and viewer.user_id == scheme.maker_id
    return scheme.organization_id == viewer.organization_id and can_edit_rubrics(viewer, viewer.org_path)


def can_use_rubric(viewer: Viewer, template: RubricTemplate) -> bool:
    """Shipped ones, those of the own organization and of those above it; `usable_rubric` finds the same."""
    return template.organization_id is None or f"/{template.organization_id}/" in viewer.org_path


def can_adjudicate(viewer: Viewer, lesson: Lesson, access: Access, coders: tuple[int, ...], today: date) -> bool:
    """The two coders, the teacher, whoever entered the lesson and the host write down what was agreed on."""
    takes_part = viewer.user_id in coders or owns_lesson(viewer, lesson) or access.role == LessonRole.HOST
    return takes_part and can_speak(viewer, lesson, access, today)


def can_view_clip_set(viewer: Viewer, clip_set: ClipSet, *, in_workshop: bool) -> bool:
    """Its owner, and the members of the workshop with which it is shared; what was removed is its owner's alone."""
    if not viewer.is_authenticated:
        return False
    if viewer.user_id == clip_set.owner_id:
        return True
    return clip_set.removed_at is None and clip_set.workshop_id is not None and in_workshop


def can_edit_clip_set(viewer: Viewer, clip_set: ClipSet, *, ended: bool) -> bool:
    """Its owner, until the workshop with which it is shared has ended."""
    return viewer.is_authenticated and viewer.user_id == clip_set.owner_id and not ended


def can_clip(viewer: Viewer, lesson: Lesson) -> bool:
    """On top of watching a lesson: putting stretches of it into a set, unless who decides about it refused that."""
    return lesson.clip_consent == ClipConsent.GIVEN or owns_lesson(viewer, lesson)


def stands_in_set(clip_set: ClipSet, lesson: Lesson) -> bool:
    """On top of watching a lesson: whether its clips are shown in a set. Consent that was taken back holds for what was
    put in before, but not for sets of those who decide about the lesson."""
    return lesson.clip_consent == ClipConsent.GIVEN or clip_set.owner_id in (lesson.teacher_id, lesson.creator_id)


def can_take_clip_out(viewer: Viewer, clip_set: ClipSet, lesson: Lesson, *, ended: bool) -> bool:
    """Who may change the set, and at any time whose lesson it is: the teacher decides who sees it."""
    return can_edit_clip_set(viewer, clip_set, ended=ended) or owns_lesson(viewer, lesson)
