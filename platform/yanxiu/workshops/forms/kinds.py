"""The form of a new topic: what every topic has, and what its kind asks for."""

from __future__ import annotations

from wtforms import RadioField

from yanxiu.workshops.forms.debates import DebateFields
from yanxiu.workshops.forms.polls import PollFields
from yanxiu.workshops.forms.requirements import RequirementFields
from yanxiu.workshops.forms.threads import TopicForm
from yanxiu.workshops.models import TopicKind
from yanxiu.workshops.services.kinds import Shape
from yanxiu.workshops.services.requirements import Asked

KINDS = {
    TopicKind.DISCUSSION.value: "研讨",
    TopicKind.QUESTION.value: "问答",
    TopicKind.DEBATE.value: "辩论",
    TopicKind.POLL.value: "投票",
}
STALE = "请从列表中选择话题类型"


class NewTopicForm(TopicForm, RequirementFields, PollFields, DebateFields):
    """A new topic of a kind; who may not ask anything of every member is not shown these fields."""

    kind = RadioField(
        "类型",
        choices=KINDS,
        default=TopicKind.DISCUSSION.value,
        invalid_choice_message=STALE,
        invalid_value_message=STALE,
    )

    def shape(self, *, may_require: bool) -> Shape:
        """Return what was chosen; a form without the choice means a plain discussion."""
        asked = self.asked() if may_require else Asked()
        return Shape(
            kind=self.kind.data or TopicKind.DISCUSSION.value, asked=asked, poll=self.poll(), debate=self.debate()
        )
