"""Plans from Word files: a new one, or sections of one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db, hold
from yanxiu.core.storage import ReceivedFile
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import sections_about, with_comments, with_people, without_comments
from yanxiu.lessonplans.document.sections import with_addresses
from yanxiu.lessonplans.document.suggesting import has_suggestions
from yanxiu.lessonplans.document.ydoc import state_from_json
from yanxiu.lessonplans.models import BEFORE_RESTORE, LessonPlan, PlanImport, PlanSnapshot
from yanxiu.lessonplans.queries.comments import numbers_by_name
from yanxiu.lessonplans.queries.imports import import_sent
from yanxiu.lessonplans.services.brought import anchors_for, bring_threads
from yanxiu.lessonplans.services.holding import hold_plan
from yanxiu.lessonplans.services.plans import PlanCard, create_plan
from yanxiu.lessonplans.services.revisions import Packed, keep_revision
from yanxiu.lessonplans.services.texts import keep_image, write_text
from yanxiu.lessonplans.word_import import FileThread

BEFORE = "读入 Word 之前"


@dataclass(frozen=True)
class Brought:
    """The comments of a file: which marks they have in the plan, and in which sections their words stand."""

    threads: Sequence[FileThread] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)


NOTHING = Brought()


def import_plan(
    actor: User,
    home: Viewer,
    card: PlanCard,
    template_key: str,
    document: Node,
    pictures: Mapping[str, ReceivedFile],
    client_uuid: str,
    threads: Sequence[FileThread] = (),
) -> LessonPlan:
    """Make a plan that says `document`; sent again under its `client_uuid` it is the one that was made.

    Its comments are `threads`, by the numbers that their words carry.
    """
    hold(actor)
    known = import_sent(actor.id, client_uuid)
    if known is not None and known.plan.deleted_at is None:
        return known.plan
    plan = create_plan(actor, home, card, template_key, without_comments(document))
    kept = keep_pictures(actor, plan, pictures)
    if kept or threads or has_suggestions(document):
        anchors = anchors_for(plan.id, threads)
        bring_threads(actor, plan, threads, anchors, sections_about(document))
        placed = with_addresses(document, lambda address: kept.get(address, address))
        shown = with_people(placed, numbers_by_name(plan))
        db.session.get_one(PlanSnapshot, plan.id).state = state_from_json(with_comments(shown, anchors))
        write_text(plan.id, epoch=1, seq=0, document=without_comments(shown))
    if known is None:
        known = PlanImport(actor_id=actor.id, client_uuid=client_uuid)
        db.session.add(known)
    known.plan_id = plan.id
    db.session.flush()
    return plan


def fill_plan(
    actor: User,
    plan: LessonPlan,
    before: Packed,
    seq: int,
    update: bytes,
    client_uuid: str,
    brought: Brought = NOTHING,
) -> bytes:
    """Keep the plan as it was (`before`, up to log row `seq`), then return the update that fills its sections.

    Sent again under its `client_uuid` it is the first one's update, which changes nothing the second time.
    """
    hold_plan(plan)
    known = import_sent(actor.id, client_uuid)
    if known is not None:
        return known.update
    keep_revision(plan, before, seq, kind=BEFORE_RESTORE, title=BEFORE, author_id=actor.id)
    bring_threads(actor, plan, brought.threads, brought.anchors, brought.sections)
    db.session.add(PlanImport(actor_id=actor.id, client_uuid=client_uuid, plan_id=plan.id, update=update))
    db.session.flush()
    return update


def keep_pictures(actor: User, plan: LessonPlan, pictures: Mapping[str, ReceivedFile]) -> dict[str, str]:
    """Keep the pictures of a file; return their addresses in the plan by those in the file."""
    hold_plan(plan)
    return {
        name: f"/lesson-plans/{plan.id}/images/{keep_image(actor, plan, received).id}"
        for name, received in pictures.items()
    }
