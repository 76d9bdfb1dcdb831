"""Forms of tasks: giving one, handing in, marking."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from yanxiu.core.clock import LOCAL_ZONE, is_in_our_time
from yanxiu.web.forms import Form, some_lines
from yanxiu.workshops.forms.fields import choice, line
from yanxiu.workshops.models import Scale
from yanxiu.workshops.services.tasks import TaskDetails
from yanxiu.workshops.services.work import MAX_COMMENT, MAX_REASON
from yanxiu.workshops.standings import GRADES

SCALES = {Scale.POINTS.value: "打分", Scale.GRADES.value: "等级（优秀、合格、待改进）"}
STALE = "请求的内容不完整，请刷新页面再试"


def _in_our_time(_form: object, field: DateTimeLocalField) -> None:
    if field.data is not None and not is_in_our_time(field.data.date()):
        raise ValidationError("请核对截止时间的年份")


class TaskForm(Form):
    """Giving a task, or changing one. The moment is read as local time."""

    title = line("标题", 80, "请填写任务标题")
    html = TextAreaField("要求")
    client_uuid = HiddenField()
    due_at = DateTimeLocalField("截止时间", [InputRequired("请选择截止时间"), _in_our_time])
    asks_text = BooleanField("交文字", default=True)
    asks_files = BooleanField("交附件", default=True)
    required = RadioField(
        "性质",
        choices={"1": "必做", "0": "选做"},
        default="1",
        invalid_choice_message=STALE,
        invalid_value_message=STALE,
    )
    scale = RadioField(
        "批改方式",
        choices=SCALES,
        default=Scale.POINTS.value,
        invalid_choice_message=STALE,
        invalid_value_message=STALE,
    )
    points = IntegerField("满分", [Optional()], default=100, invalid_value_message="满分请填整数")
    reviewers = IntegerField("互评", [Optional()], default=0, invalid_value_message="互评份数请填整数")
    review_until = DateTimeLocalField("互评截止", [Optional(), _in_our_time])
    files = MultipleFileField("附件")

    def details(self, html: str) -> TaskDetails:
        """Return what was filled in; `html` is the text as the composer or a plain field sent it."""
        return TaskDetails(
            title=self.title.data,
            html=html,
            due_at=_moment(self.due_at.data),
            asks_text=bool(self.asks_text.data),
            asks_files=bool(self.asks_files.data),
            required=self.required.data == "1",
            scale=self.scale.data,
            points=100 if self.points.data is None else self.points.data,
            reviewers=self.reviewers.data or 0,
            review_until=_moment(self.review_until.data) if self.review_until.data else None,
        )


def _moment(local: datetime) -> datetime:
    return local.replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def local_minutes(moment: datetime) -> datetime:
    """Return a moment as the form shows it: local, without a zone."""
    return moment.astimezone(LOCAL_ZONE).replace(tzinfo=None, second=0, microsecond=0)


class WorkForm(Form):
    """Handing in."""

    html = TextAreaField("正文")
    client_uuid = HiddenField()
    files = MultipleFileField("附件")


class ReviewForm(Form):
    """Reviewing somebody's work."""

    score = IntegerField("得分", [Optional()], invalid_value_message="得分请填整数")
    grade = RadioField(
        "等级", [Optional()], choices=GRADES, invalid_choice_message="请选择等级", invalid_value_message="请选择等级"
    )
    comment = TextAreaField(
        "意见",
        [Optional(), Length(max=MAX_COMMENT, message=f"意见请控制在 {MAX_COMMENT} 字以内")],
        filters=[some_lines],
    )


class MarkForm(Form):
    """Marking a copy, or sending it back. `number` is the copy that was read."""

    action = choice(choices={"mark": "批改", "return": "退回"})
    number = IntegerField(validators=[InputRequired(STALE)], invalid_value_message=STALE)
    score = IntegerField("得分", [Optional()], invalid_value_message="得分请填整数")
    grade = RadioField(
        "等级", [Optional()], choices=GRADES, invalid_choice_message="请选择等级", invalid_value_message="请选择等级"
    )
    comment = TextAreaField(
        "评语",
        [Optional(), Length(max=MAX_COMMENT, message=f"评语请控制在 {MAX_COMMENT} 字以内")],
        filters=[some_lines],
    )
    excellent = BooleanField("推优：全体成员都能看到这份作业")
    reason = TextAreaField(
        "退回原因",
        [Optional(), Length(max=MAX_REASON, message=f"原因请控制在 {MAX_REASON} 字以内")],
        filters=[some_lines],
    )
