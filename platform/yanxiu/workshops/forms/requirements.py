"""What a topic asks of every member, as fields of a form."""

from __future__ import annotations

from datetime import UTC

from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import Optional, ValidationError

from yanxiu.core.clock import LOCAL_ZONE, is_in_our_time
from yanxiu.web.forms import Form
from yanxiu.workshops.forms.tasks import local_minutes
from yanxiu.workshops.models import TopicRequirement
from yanxiu.workshops.services.requirements import Asked

NAMES = {
    "asked_posts": "posts",
    "asked_answers": "answers",
    "min_length": "min_length",
    "post_points": "post_points",
    "answer_points": "answer_points",
    "total_points": "total_points",
}


def _whole(label: str) -> IntegerField:
    return IntegerField(label, [Optional()], invalid_value_message="请填整数")


def _in_our_time(_form: object, field: DateTimeLocalField) -> None:
    if field.data is not None and not is_in_our_time(field.data.date()):
        raise ValidationError("请核对期限的年份")


class RequirementFields(Form):
    """Numbers left empty ask nothing."""

    asked_posts = _whole("主帖回复（条）")
    asked_answers = _whole("回应同伴（条）")
    min_length = _whole("每条至少（字）")
    post_points = _whole("主帖回复每条（分）")
    answer_points = _whole("回应同伴每条（分）")
    total_points = _whole("总分")
    asked_due = DateTimeLocalField("期限", [Optional(), _in_our_time])

    def asked(self) -> Asked:
        """Return what was filled in."""
        due = self.asked_due.data
        due_at = due.replace(tzinfo=LOCAL_ZONE).astimezone(UTC) if due else None
        return Asked(**{name: self[field].data or 0 for field, name in NAMES.items()}, due_at=due_at)

    def points_note(self) -> str:
        """Say when the points do not make the total; nothing when they do or none was said."""
        asked = self.asked()
        earned = asked.posts * asked.post_points + asked.answers * asked.answer_points
        if not asked.total_points or earned == asked.total_points:
            return ""
        return f"各项合计 {earned} 分，和总分 {asked.total_points} 分不一致"


class RequirementForm(RequirementFields):
    """What an open topic asks of every member."""


def filled_form(requirement: TopicRequirement | None) -> RequirementForm:
    """Return the form as it stands; nothing asked shows empty fields."""
    values = {field: getattr(requirement, name) or None for field, name in NAMES.items()} if requirement else {}
    due_at = requirement.due_at if requirement else None
    return RequirementForm(formdata=None, asked_due=local_minutes(due_at) if due_at else None, **values)
