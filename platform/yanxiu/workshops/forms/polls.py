"""A poll, as fields of the form of a new topic, and a vote."""

from __future__ import annotations

from datetime import UTC

from wtforms import DateTimeLocalField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional, ValidationError

from yanxiu.core.clock import LOCAL_ZONE, is_in_our_time
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.forms import Form, some_lines
from yanxiu.workshops.models import Results
from yanxiu.workshops.services.polls import PollDetails

RESULTS = {
    Results.VOTED.value: "投票以后能看到",
    Results.CLOSED.value: "截止以后能看到",
    Results.ALWAYS.value: "随时能看到",
}
STALE = "请求的内容不完整，请刷新页面再试"


def _in_our_time(_form: object, field: DateTimeLocalField) -> None:
    if field.data is not None and not is_in_our_time(field.data.date()):
        raise ValidationError("请核对截止时间的年份")


def _one_of(label: str, choices: dict[str, str], default: str) -> RadioField:
    return RadioField(
        label,
        [Optional()],
        choices=choices,
        default=default,
        invalid_choice_message=STALE,
        invalid_value_message=STALE,
    )


class PollFields(Form):
    """Options, one a line, and the rules of the vote."""

    poll_options = TextAreaField("选项", filters=[some_lines])
    poll_max = IntegerField("最多可选（项）", [Optional()], default=1, invalid_value_message="请填整数")
    poll_names = _one_of("记名", {"named": "记名", "anonymous": "不记名"}, "named")
    poll_results = _one_of("结果", RESULTS, Results.VOTED.value)
    poll_closes_at = DateTimeLocalField("截止时间", [Optional(), _in_our_time])

    def poll(self) -> PollDetails:
        """Return what was filled in; empty lines are no options."""
        lines = (" ".join(line.split()) for line in (self.poll_options.data or "").splitlines())
        closes_at = self.poll_closes_at.data
        return PollDetails(
            options=tuple(line for line in lines if line),
            max_choices=1 if self.poll_max.data is None else self.poll_max.data,
            anonymous=self.poll_names.data == "anonymous",
            results=self.poll_results.data or Results.VOTED.value,
            closes_at=closes_at.replace(tzinfo=LOCAL_ZONE).astimezone(UTC) if closes_at else None,
        )


def _option_id(value: str | None) -> int:
    """Read an option's id; what can be none is no option."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and int(text[:16]) <= LARGEST_ID else 0


class VoteForm(Form):
    """The options somebody chose."""

    choice = SelectMultipleField("选项", choices=[], coerce=_option_id, validate_choice=False)
