"""Forms of activities."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wtforms import DateTimeLocalField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from yanxiu.core import clock
from yanxiu.web.forms import Form, day_in_our_time
from yanxiu.workshops.activity_words import KIND_NAMES
from yanxiu.workshops.forms.fields import choice, line

MINUTES = "%Y-%m-%dT%H:%M"


class _Day:
    """The day of a field that holds a moment, for the validator of days."""

    def __init__(self, data: Any) -> None:
        self.data = data.date() if isinstance(data, datetime) else None


def _in_our_time(form: object, field: Any) -> None:
    day_in_our_time(form, _Day(field.data))


def local_moment(label: str, missing: str) -> DateTimeLocalField:
    """A moment by the teachers' clock."""
    return DateTimeLocalField(
        label,
        [InputRequired(missing), _in_our_time],
        format=[MINUTES, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        invalid_value_message=missing,
    )


def as_moment(value: datetime) -> datetime:
    """Return what a field holds as a moment."""
    return value.replace(tzinfo=clock.LOCAL_ZONE)


def as_local(moment: datetime) -> datetime:
    """Return a moment as a field shows it."""
    return moment.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)


class ActivityForm(Form):
    """The four things fixed before an activity (四定)."""

    kind = choice("活动类型", {"": "请选择"} | KIND_NAMES, "请选择活动类型")
    title = line("活动名称", 80, "请填写活动名称", "例如：《草船借箭》第二次集体备课")
    starts_at = local_moment("开始时间", "请填写开始时间")
    ends_at = local_moment("结束时间", "请填写结束时间")
    html = TextAreaField("活动内容")
    speaker = line("主讲人", 60, "请填写主讲人", "坊员写姓名就行；也可以请坊外的专家")
    is_online = RadioField(
        "活动方式",
        choices={"0": "现场", "1": "线上"},
        default="0",
        invalid_choice_message="请选择活动方式",
        invalid_value_message="请选择活动方式",
    )
    place = line("地点或会议链接", 200, "请填写地点，线上活动填会议链接或会议号", "例如：青山镇中心小学 二楼会议室")
    grace_minutes = IntegerField(
        "开始后几分钟算迟到",
        [InputRequired("请填写分钟数"), NumberRange(0, 120, message="请填写 0 到 120 之间的分钟数")],
        default=10,
        invalid_value_message="请填写分钟数",
    )
    about = choice(
        "讨论什么", {"": "不关联"}, description="选一个话题或教案，活动页上点一下就能打开", validate_choice=False
    )
    client_uuid = HiddenField()

    def validate_about(self, field: Any) -> None:
        """What is offered, or what it already was; the search for clashes asks nothing about it."""
        offered = {str(value) for value, _label in self.about.choices or ()}
        if field.data and field.data not in offered:
            raise ValidationError("请从列表中选择")

    def validate_ends_at(self, field: Any) -> None:
        """The end comes after the beginning."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError("结束时间要晚于开始时间")


class CancelForm(Form):
    """Calling an activity off."""

    reason = line("取消原因", 300, "请写明取消的原因，成员会看到")


class SignInForm(Form):
    """The code of the host's screen. `t` is the half minute a scanned picture names; `elapsed` is how long ago the code
    was read, in milliseconds by the phone's own clock, for what waited on the phone."""

    code = line("签到码", 12, "请输入屏幕上的六位签到码")
    t = HiddenField()
    elapsed = HiddenField()

    @property
    def digits(self) -> str:
        """The code as people type it: 123 456."""
        return "".join((self.code.data or "").split())

    @property
    def step(self) -> int | None:
        """The half minute that a scanned picture names."""
        return _whole(self.t.data)

    @property
    def ago(self) -> timedelta:
        """How long ago the code was read; nonsense is now."""
        return timedelta(milliseconds=_whole(self.elapsed.data) or 0)


def _whole(typed: str | None) -> int | None:
    typed = typed or ""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 10 else None


class PresenceForm(Form):
    """What the host says about one person."""

    state = choice(choices={"": "未登记", "present": "出席", "late": "迟到", "excused": "请假", "absent": "缺席"})


class ReflectionForm(Form):
    """What a participant thinks afterwards."""

    html = TextAreaField("活动反思")
