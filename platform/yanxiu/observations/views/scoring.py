"""Scoring on site: the code that the host shows, the sheet on a phone, and the door for who is no observer yet.

The code carries an address and nothing that signs anybody in. Its `key` only shows that somebody saw the code: without it a
lesson one may not see does not exist, with it one is told whom to ask.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.queries import find_user
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.evidence import Reader, Shown
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import Evaluation, EvaluationState, Lesson, LessonRole
from yanxiu.observations.permissions import can_ask_in, can_evaluate_lesson
from yanxiu.observations.queries import (
    LessonView,
    current_version,
    evaluation_of,
    evaluators_of,
    find_lesson,
    find_rubric_version,
    recording_of,
)
from yanxiu.observations.queries.admissions import lesson_from_outside, people_at_door, stands_at_door
from yanxiu.observations.queries.comments import offered_as_evidence
from yanxiu.observations.services import on_site as service
from yanxiu.observations.services.evaluations import MAX_REMARK, MOST_EVIDENCE, submit_evaluation
from yanxiu.observations.services.on_site import Change
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson, posted, why_rests
from yanxiu.observations.views.evaluations import PREFIX
from yanxiu.observations.views.evidence import posted_proofs
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.qr import qr_code
from yanxiu.workshops.queries import has_ended

TEXTS = ("strengths", "advice")
KNOWN = "known-"
MOST_KNOWN = 12


def door_key(lesson_id: int) -> str:
    """Return what the code of a lesson carries besides its address."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"scoring:{lesson_id}".encode(), hashlib.sha256).hexdigest()[:20]


@bp.get("/lessons/<int:lesson_id>/scoring/code")
def scoring_code(lesson_id: int) -> ResponseReturnValue:
    """The code on the host's screen, who has handed in and who asks to be let in; to our scripts only the latter two."""
    found = load_editable(lesson_id)
    seq = current_seq(found.lesson.topic)
    template = "observations/_scoring_desk.html" if wants_fragment() else "observations/scoring_code.html"
    target = url_for(".scoring_sheet", lesson_id=lesson_id, key=door_key(lesson_id), _external=True)
    page = render_template(
        template,
        lesson=found.lesson,
        seq=seq,
        target=target,
        picture=qr_code(target),
        asking=people_at_door(found.lesson),
        evaluators=evaluators_of(lesson_id),
    )
    return page, {"Cache-Control": "no-store"}


@bp.get("/lessons/<int:lesson_id>/scoring")
def scoring_sheet(lesson_id: int) -> ResponseReturnValue:
    """The sheet on a phone; for who may not see the lesson but saw its code, whom to ask."""
    found = find_lesson(current_viewer(), lesson_id)
    if found is None:
        return _door(_from_outside(lesson_id))
    if "key" in request.args:
        # The address under which the device keeps the page is the same for everybody who scans.
        return redirect(url_for(".scoring_sheet", lesson_id=lesson_id))
    own = evaluation_of(lesson_id, current_viewer().user_id)
    rubric = own.version if own is not None else find_rubric_version(found.lesson.rubric_version_id)
    version = current_version(recording_of(lesson_id))
    reader = Reader(found.lesson, version, current_viewer())
    may_evaluate = can_evaluate_lesson(current_viewer(), found.lesson, found.access, clock.today())
    return render_template(
        "observations/scoring.html",
        lesson=found.lesson,
        rubric=rubric,
        own=own,
        told=told(own, reader),
        evidence=reader.by_criterion(own) if own is not None else {},
        version=version,
        offers=offered_as_evidence(current_viewer(), found.lesson) if may_evaluate else [],
        may_evaluate=may_evaluate,
        most_evidence=MOST_EVIDENCE,
        most_words=MAX_REMARK,
        why_rests=why_rests(found),
    )


def told(own: Evaluation | None, reader: Reader) -> dict[str, Any]:
    """Return a draft as a device keeps it: `stamp` says which of two is the later one."""
    if own is None:
        return {"stamp": "", "values": {}, "strengths": "", "advice": "", "evidence": {}, "submitted": False}
    return {
        "stamp": own.updated_at.isoformat(timespec="microseconds"),
        "values": own.values(),
        "strengths": own.strengths,
        "advice": own.advice,
        "evidence": {key: [_piece(one) for one in shown] for key, shown in reader.by_criterion(own).items()},
        "submitted": own.state == EvaluationState.SUBMITTED,
    }


def _piece(one: Shown) -> dict[str, Any]:
    return {"token": one.token, "same": one.same, "label": one.label, "words": one.words, "from": one.start_ms}


@bp.post("/lessons/<int:lesson_id>/scoring")
def save_on_site(lesson_id: int) -> ResponseReturnValue:
    """What a device has; fields that were changed elsewhere meanwhile stay as they are and are named in the answer."""
    with unit_of_work():
        lesson = _to_evaluate(lesson_id).lesson
        proofs, version_id = posted_proofs(lesson), whole_number(posted("version"))
        own, apart = service.join_draft(current_actor(), lesson, _scores(), _texts(), version_id, proofs)
        reader = Reader(lesson, current_version(recording_of(lesson_id)), current_viewer())
        answer = {"id": own.id, "apart": apart, **told(own, reader)}
    refused = ""
    if posted("submit") and not apart and not answer["submitted"]:
        try:
            with unit_of_work():
                lesson = _to_evaluate(lesson_id).lesson
                answer |= told(submit_evaluation(current_actor(), lesson), reader)
        except InvalidError as error:
            refused = error.message
    saved = "评课已提交" if answer["submitted"] else refused or "已保存"
    if not wants_fragment():
        flash(saved, "warning" if refused else "success")
        return redirect(url_for(".scoring_sheet", lesson_id=lesson_id), code=303)
    saved_at = clock.now().astimezone(clock.LOCAL_ZONE).strftime("%H:%M")
    return done("", refused=refused, saved_at=saved_at, **answer)


def _to_evaluate(lesson_id: int) -> LessonView:
    found = load_lesson(lesson_id)
    if not can_evaluate_lesson(current_viewer(), found.lesson, found.access, clock.today()):
        raise ForbiddenError(why_rests(found) or "授课教师不评自己的课")
    return found


def _scores() -> dict[str, Change]:
    found = {}
    for name in [name for name in request.form if name.startswith(PREFIX)]:
        known = tuple(_score(text) for text in request.form.getlist(KNOWN + name)[:MOST_KNOWN])
        found[name.removeprefix(PREFIX)] = Change(_score(request.form[name]), known or None)
    return found


def _score(text: str) -> int | None:
    value = whole_number(text)
    if text and value is None:
        raise InvalidError("分值不对，请刷新后再评")
    return value


def _texts() -> dict[str, Change]:
    """Texts are compared as they are kept: without spaces around them, lines ending in one character."""
    found = {}
    for name in [name for name in TEXTS if name in request.form]:
        known = [text.replace("\r\n", "\n").strip() for text in request.form.getlist(KNOWN + name)[:MOST_KNOWN]]
        found[name] = Change(posted(name).replace("\r\n", "\n").strip(), tuple(known) or None)
    return found


def _from_outside(lesson_id: int) -> Lesson:
    lesson = lesson_from_outside(lesson_id)
    key = request.values.get("key", "")
    if lesson is None or not hmac.compare_digest(key.encode(), door_key(lesson_id).encode()):
        raise NotFoundError
    if not can_ask_in(current_viewer(), lesson, clock.today(), ended=has_ended(lesson.workshop_id)):
        raise NotFoundError
    return lesson


def _door(lesson: Lesson) -> ResponseReturnValue:
    hosts = [member.user for member in lesson.members if member.role == LessonRole.HOST]
    page = render_template(
        "observations/scoring_door.html",
        lesson=lesson,
        hosts=hosts,
        key=door_key(lesson.id),
        asked=stands_at_door(lesson.id, current_viewer().user_id),
    )
    return page, {"Cache-Control": "no-store"}


@bp.post("/lessons/<int:lesson_id>/scoring/asking")
def ask_in(lesson_id: int) -> ResponseReturnValue:
    """Ask the host to be let in; who may see the lesson already goes to the sheet."""
    if find_lesson(current_viewer(), lesson_id) is None:
        with unit_of_work():
            service.ask_in(current_actor(), _from_outside(lesson_id))
    key = door_key(lesson_id) if request.values.get("key") else None
    return done(url_for(".scoring_sheet", lesson_id=lesson_id, key=key))


@bp.post("/lessons/<int:lesson_id>/scoring/asking/<int:user_id>")
def answer_at_door(lesson_id: int, user_id: int) -> ResponseReturnValue:
    """Let somebody in who asked, or not (`answer=no`)."""
    with unit_of_work():
        found = load_editable(lesson_id)
        person = find_user(user_id)
        if person is None or not person.organization.path.startswith(current_viewer().county_path or "/none/"):
            raise NotFoundError
        admit = posted("answer") != "no"
        if not service.answer_at_door(current_actor(), found.lesson, person, admit=admit):
            raise NotFoundError
        saved = f"已请{person.name}进来评课" if admit else f"没有请{person.name}进来"
    return done(url_for(".scoring_code", lesson_id=lesson_id), saved)
