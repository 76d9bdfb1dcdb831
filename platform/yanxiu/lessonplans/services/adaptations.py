"""Each teacher's own copy of what the group agreed on (个案): making it, teaching it, reflecting on it."""

from __future__ import annotations

from datetime import date, timedelta

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.lessonplans.document.nodes import Node, doc
from yanxiu.lessonplans.document.sections import section_differences, sections_of, with_addresses, words_of
from yanxiu.lessonplans.document.suggesting import as_undecided
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.events.preparations import PlanAdapted, ReflectionAsked, ReflectionWritten
from yanxiu.lessonplans.models import (
    FROZEN,
    PRIVATE,
    READER,
    Adaptation,
    LessonPlan,
    PlanImage,
    PlanMember,
    PlanSnapshot,
    Preparation,
)
from yanxiu.lessonplans.queries.adaptations import (
    REFLECTION,
    adaptation_by,
    adaptations_to_ask,
    find_adaptation,
    image_addresses,
    taken_over,
)
from yanxiu.lessonplans.queries.revisions import revision_state
from yanxiu.lessonplans.queries.templates import key_of
from yanxiu.lessonplans.services.holding import hold_plan
from yanxiu.lessonplans.services.plans import PlanCard, create_plan
from yanxiu.lessonplans.services.texts import write_text

SHORTEST_REFLECTION = 10
REMIND_AFTER = timedelta(days=3)
LAST_DAY = timedelta(days=400)


def make_adaptation(actor: User, home: Viewer, source: LessonPlan) -> Adaptation:
    """Make the actor's own copy of the 共案; asking again gives the one there is."""
    hold_plan(source)
    preparation = db.session.get(Preparation, source.id)
    if source.phase not in FROZEN or preparation is None or preparation.agreed is None:
        raise ConflictError("共案还没有定下来，定了以后再做个案")
    known = adaptation_by(source.id, actor.id)
    if known is not None and known.plan.deleted_at is None:
        return known
    agreed = as_undecided(json_from_state(revision_state(preparation.agreed)))
    plan = create_plan(actor, home, _card(source), key_of(source), agreed)
    carry_pictures(actor, source, plan)
    _show_to_lead(actor, source, plan)
    if known is None:
        known = Adaptation(source_id=source.id, teacher_id=actor.id)
        db.session.add(known)
    known.plan_id, known.base, known.bases = plan.id, preparation.agreed.number, {}
    known.changed_sections = known.changed_characters = 0
    known.taught_on = known.asked_at = known.reminded_at = known.reflected_at = None
    db.session.flush()
    db.session.refresh(known)
    record(PlanAdapted(source.id, plan.id, actor.id))
    return known


def _card(source: LessonPlan) -> PlanCard:
    names = (
        "title",
        "subject",
        "stage",
        "grade",
        "edition",
        "volume",
        "unit",
        "lesson",
        "periods",
        "visibility",
        "workshop_id",
    )
    return PlanCard(**{name: getattr(source, name) for name in names}, workshop_writes=False)


def _show_to_lead(actor: User, source: LessonPlan, plan: LessonPlan) -> None:
    """The copy of a private plan is private too: who asked for it reads it by invitation, already looked at."""
    if source.visibility == PRIVATE and source.owner_id != actor.id:
        seen = {"role": READER, "invited_by_id": actor.id, "seen_at": clock.now()}
        db.session.add(PlanMember(plan_id=plan.id, user_id=source.owner_id, **seen))


def carry_pictures(actor: User, source: LessonPlan, plan: LessonPlan) -> None:
    """Give the new plan its own rows for the pictures of its text, so that who may see it sees them."""
    snapshot = db.session.get(PlanSnapshot, plan.id)
    assert snapshot is not None
    document = json_from_state(snapshot.state)
    carried = bring_pictures(actor, source, plan, document)
    if carried != document:
        snapshot.state = state_from_json(carried)
        write_text(plan.id, epoch=snapshot.epoch, seq=snapshot.seq, document=carried)


def bring_pictures(actor: User, source: LessonPlan, plan: LessonPlan, node: Node) -> Node:
    """Return the node with its pictures of `source` as pictures of `plan`, which are added where they lack."""
    theirs, own = image_addresses(source.id), {file: url for url, file in image_addresses(plan.id).items()}

    def move(address: str) -> str:
        file_id = theirs.get(address)
        if file_id is None:
            return address
        if file_id not in own:
            image = PlanImage(plan_id=plan.id, file_id=file_id, uploaded_by_id=actor.id)
            db.session.add(image)
            db.session.flush()
            own[file_id] = f"/lesson-plans/{plan.id}/images/{image.id}"
        return own[file_id]

    return with_addresses(node, move)


def note_bases(adaptation: Adaptation, keys: list[str], number: int) -> None:
    """These sections were compared with version `number` of the shared plan: what came before is settled."""
    hold(adaptation)
    adaptation.bases = {**adaptation.bases, **dict.fromkeys(keys, number)}
    db.session.flush()


def note_lesson(actor: User, adaptation: Adaptation, taught_on: date | None) -> None:
    """Note the day of the lesson, past or planned; None takes it back."""
    hold(adaptation)
    if taught_on is not None and abs(taught_on - clock.today()) > LAST_DAY:
        raise InvalidError("请填写这一学年里的日期", field="taught_on")
    if adaptation.taught_on != taught_on:
        adaptation.taught_on, adaptation.asked_at, adaptation.reminded_at = taught_on, None, None
    db.session.flush()


def note_content(plan_id: int, document: Node) -> None:
    """The text of a plan came to rest: where it is a 个案, count what differs from what was taken over, also later, and
    see whether a reflection is there."""
    adaptation = find_adaptation(plan_id)
    taken = taken_over(adaptation) if adaptation is not None else {}
    if adaptation is None or not taken:
        return
    before = doc(*taken.values())
    changes = [change for change in section_differences(before, document) if change.key != REFLECTION]
    hold(adaptation)
    adaptation.changed_sections = len(changes)
    adaptation.changed_characters = sum(change.characters for change in changes)
    if adaptation.reflected_at is None and _reflects(before, document):
        adaptation.reflected_at = clock.now()
        record(ReflectionWritten(adaptation.source_id, plan_id, adaptation.teacher_id))
    db.session.flush()


def _reflects(before: Node, after: Node) -> bool:
    old, new = ("".join(words_of(sections_of(text).get(REFLECTION)).split()) for text in (before, after))
    return len(new) >= SHORTEST_REFLECTION and new != old


def ask_for_reflections(limit: int = 200) -> int:
    """Ask who taught a lesson before today for a reflection, once, and once more three days later."""
    now = clock.now()
    found = adaptations_to_ask(clock.today(), now - REMIND_AFTER, limit)
    for adaptation in found:
        again = adaptation.asked_at is not None
        if again:
            adaptation.reminded_at = now
        else:
            adaptation.asked_at = now
        record(ReflectionAsked(adaptation.source_id, adaptation.plan_id, adaptation.teacher_id, again))
    db.session.flush()
    return len(found)
