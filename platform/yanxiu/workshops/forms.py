"""Forms of the workshops. What a person typed is trimmed and freed of invisible characters first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from yanxiu.accounts.catalog import STAGES, SUBJECTS
from yanxiu.core.html import without_invisible
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.forms import Form
from yanxiu.workshops.models import JoinMode, Role

JOIN_MODES = {
    JoinMode.OPEN.value: "开放加入：本县教师点一下就能加入",
    JoinMode.APPLY.value: "申请加入：提交申请，由坊主同意",
    JoinMode.INVITE.value: "仅限邀请：列表里看不到，只有受邀的人能加入",
}
ROLE_NAMES = {
    Role.LEADER.value: "坊主",
    Role.FACILITATOR.value: "管理成员",
    Role.MENTOR.value: "指导教师",
    Role.MEMBER.value: "坊员",
}


def tidy(value: Any) -> Any:
    """Trim a line and drop what cannot be seen."""
    return without_invisible(value).strip() if isinstance(value, str) else value


def _line(label: str, length: int, required: str = "", description: str = "") -> StringField:
    checks = [DataRequired(required)] if required else [Optional()]
    too_long = Length(max=length, message=f"请控制在 {length} 字以内")
    return StringField(label, [*checks, too_long], filters=[tidy], description=description)


def _choice(label: str = "", choices: Mapping[str, str] | None = None, required: str = "", **more: Any) -> SelectField:
    checks = [DataRequired(required)] if required else []
    message = required or "请从列表中选择"
    return SelectField(
        label, checks, choices=choices, invalid_choice_message=message, invalid_value_message=message, **more
    )


def _number(label: str = "", required: str = "") -> IntegerField:
    checks = [InputRequired(required)] if required else [Optional()]
    stale = "请求的内容不完整，请刷新页面再试"
    in_range = NumberRange(0, LARGEST_ID, message=stale)
    return IntegerField(label, [*checks, in_range], invalid_value_message=stale)


def _listed(names: Iterable[str]) -> dict[str, str]:
    return {"": "请选择"} | {name: name for name in names}


class WorkshopForm(Form):
    """Founding a workshop and its settings."""

    name = _line("工作坊名称", 60, "请填写工作坊名称", "例如：五年级语文《三国》单元集体备课工作坊")
    theme = _line("研修主题", 200, description="这一学期一起解决什么问题，一句话说清楚")
    subject = _choice("学科", _listed(SUBJECTS), "请选择学科")
    stage = _choice("学段", _listed(STAGES), "请选择学段")
    term = _choice("学期", required="请选择学期")
    organization_id = _choice("主办单位", required="请选择主办单位", coerce=int)
    join_mode = RadioField(
        "加入方式",
        choices=JOIN_MODES,
        default=JoinMode.APPLY.value,
        invalid_choice_message="请选择加入方式",
        invalid_value_message="请选择加入方式",
    )
    members_may_publish = BooleanField("坊员也可以发布话题", default=True)
    introduction = TextAreaField(
        "工作坊简介", [Optional(), Length(max=3000, message="简介请控制在 3000 字以内")], filters=[tidy]
    )
    cover = FileField("封面图片", description="JPG、PNG 或 WebP，横图较好，10 MB 以内")


class ApplicationForm(Form):
    """Asking to be let in."""

    message = _line("申请说明", 300, description="介绍一下自己，或者说说想参加的原因")


class DecisionForm(Form):
    """Answering an application."""

    decision = _choice(choices={"accept": "同意", "refuse": "不同意"})
    reason = _line("理由", 300)


class AnswerForm(Form):
    """Answering an invitation."""

    answer = _choice(choices={"accept": "接受", "decline": "谢绝"})


class InvitationForm(Form):
    """Inviting one person."""

    user_id = _number("教师", "请选择要邀请的老师")


class RoleForm(Form):
    """Giving a member a role."""

    role = _choice("角色", ROLE_NAMES)


class GroupForm(Form):
    """Naming a group."""

    name = _line("小组名称", 30, "请填写小组名称")


class MemberGroupForm(Form):
    """Putting a member into a group; empty means none."""

    group_id = _number("小组")


class PostForm(Form):
    """An answer. `client_uuid` makes sending it twice the same as once."""

    html = TextAreaField("回复")
    client_uuid = HiddenField()
    parent_id = _number()
    quote_id = _number()
    files = MultipleFileField("附件")


class TopicForm(Form):
    """A new topic, or a change of one."""

    title = _line("标题", 80, "请填写话题标题")
    html = TextAreaField("正文")
    client_uuid = HiddenField()
    files = MultipleFileField("附件", description="最多 9 个，每个 50 MB 以内")


class SwitchForm(Form):
    """Something that is on or off: pin, digest, lock, like."""

    on = _choice(choices={"1": "是", "0": "否"})


class VisitForm(Form):
    """How far somebody has read."""

    number = _number(required="请求的内容不完整，请刷新页面再试")
