"""The form of a new topic: what every topic has, and what its kind asks for."""

from __future__ import annotations

from wtforms import RadioField

from yanxiu.workshops.forms.threads import TopicForm
from yanxiu.workshops.models import TopicKind
from yanxiu.workshops.services.kinds import Shape

KINDS = {TopicKind.DISCUSSION.value: "研讨", TopicKind.QUESTION.value: "问答"}
STALE = "请从列表中选择话题类型"


class NewTopicForm(TopicForm):
    """A new topic of a kind."""

    kind = RadioField(
        "类型",
        choices=KINDS,
        default=TopicKind.DISCUSSION.value,
        invalid_choice_message=STALE,
        invalid_value_message=STALE,
    )

    def shape(self) -> Shape:
        """Return what was chosen; a form without the choice means a plain discussion."""
        return Shape(kind=self.kind.data or TopicKind.DISCUSSION.value)
