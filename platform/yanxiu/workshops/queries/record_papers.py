"""The record of an activity as others take it over: the activity, what was written, and both as a Word file."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.activity_word import Sheet, word_of
from yanxiu.workshops.models import Activity, ActivityRecord, WorkshopMember
from yanxiu.workshops.permissions.activities import can_view_activity
from yanxiu.workshops.queries.activities import activity_by_id
from yanxiu.workshops.queries.records import checks_of, record_of
from yanxiu.workshops.queries.teams import find_seat


@dataclass(frozen=True)
class RecordPaper:
    """An activity that the viewer may see, what stands in its record, and the viewer's place in the workshop."""

    activity: Activity
    record: ActivityRecord
    member: WorkshopMember | None


def record_paper(viewer: Viewer, activity_id: int) -> RecordPaper | None:
    """Return the record of an activity; None where the viewer may not see it, or nobody has written."""
    activity = activity_by_id(activity_id)
    seat = find_seat(viewer, activity.workshop_id) if activity is not None else None
    if activity is None or seat is None or not can_view_activity(viewer, activity, seat.member):
        return None
    record = record_of(activity_id)
    return RecordPaper(activity, record, seat.member) if record is not None else None


def word_of_record(viewer: Viewer, paper: RecordPaper) -> bytes:
    """Return the record for people who were not there: how many came and not who, and nobody's reflection."""
    return word_of(Sheet(paper.activity, checks_of(paper.activity, paper.record)), viewer)
