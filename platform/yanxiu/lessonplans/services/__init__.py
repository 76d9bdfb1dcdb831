"""Changing lesson plans: card, people, versions. Text is changed by the document protocol only (`collab`)."""

from __future__ import annotations

from yanxiu.lessonplans.services.holding import hold_plan, one_line, tell_workshop
from yanxiu.lessonplans.services.imports import import_plan
from yanxiu.lessonplans.services.people import (
    MAX_MEMBERS,
    change_member,
    hand_over_plan,
    invite_member,
    mark_seen,
    remove_member,
)
from yanxiu.lessonplans.services.plans import (
    MAX_PERIODS,
    PlanCard,
    change_plan,
    create_plan,
    delete_plan,
    first_document,
    undelete_plan,
)
from yanxiu.lessonplans.services.records import begin_record, rename_record
from yanxiu.lessonplans.services.revisions import (
    keep_before_restore,
    keep_moment,
    keep_rested,
    note_shares,
    save_revision,
)
from yanxiu.lessonplans.services.texts import (
    check_proposed_image,
    keep_image,
    keep_proposed_image,
    note_edits,
    write_text,
)

__all__ = [
    "MAX_MEMBERS",
    "MAX_PERIODS",
    "PlanCard",
    "begin_record",
    "change_member",
    "change_plan",
    "check_proposed_image",
    "create_plan",
    "delete_plan",
    "first_document",
    "hand_over_plan",
    "hold_plan",
    "import_plan",
    "invite_member",
    "keep_before_restore",
    "keep_image",
    "keep_moment",
    "keep_proposed_image",
    "keep_rested",
    "mark_seen",
    "note_edits",
    "note_shares",
    "one_line",
    "remove_member",
    "rename_record",
    "save_revision",
    "tell_workshop",
    "undelete_plan",
    "write_text",
]
