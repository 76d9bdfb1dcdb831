"""The form of a new topic: what every topic has, and what its kind asks for."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField

from yanxiu.workshops.forms.debates import DebateFields
from yanxiu.workshops.forms.polls import PollFields
from yanxiu.workshops.forms.requirements import RequirementFields
from yanxiu.workshops.forms.tasks import local_minutes
from yanxiu.workshops.forms.threads import TopicForm
from yanxiu.workshops.models import Debate, Poll, Topic, TopicKind
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

    announces = BooleanField("置顶为公告", description="排在工作坊首页最上面，看得到谁打开过；最多 5 条")

    def shape(self, *, may_require: bool) -> Shape:
        """Return what was chosen; a form without the choice means a plain discussion."""
        asked = self.asked() if may_require else Asked()
        return Shape(
            kind=self.kind.data or TopicKind.DISCUSSION.value, asked=asked, poll=self.poll(), debate=self.debate()
        )


class EditTopicForm(NewTopicForm):
    """A change of a topic. What it asks of members has a page of its own, so these fields say nothing here."""


def filled_kind(topic: Topic, poll: Poll | None, debate: Debate | None) -> dict[str, Any]:
    """Return what the fields of a topic's kind hold as it stands."""
    values: dict[str, Any] = {"kind": topic.kind}
    if debate is not None:
        values |= {"debate_a": debate.side_a, "debate_b": debate.side_b, "views_first": debate.views_first}
    if poll is not None:
        values |= {
            "poll_options": "\n".join(option.text for option in poll.options),
            "poll_max": poll.max_choices,
            "poll_names": "anonymous" if poll.anonymous else "named",
            "poll_results": poll.results,
            "poll_closes_at": local_minutes(poll.closes_at) if poll.closes_at else None,
        }
    return values
