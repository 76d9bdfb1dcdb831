"""Forms of a workshop and of who takes part in it."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import Length, Optional

from yanxiu.accounts.catalog import STAGES, SUBJECTS
from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import choice, line, listed, number, tidy
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


class WorkshopForm(Form):
    """Founding a workshop and its settings."""

    name = line("工作坊名称", 60, "请填写工作坊名称", "例如：五年级语文《三国》单元集体备课工作坊")
    theme = line("研修主题", 200, description="这一学期一起解决什么问题，一句话说清楚")
    subject = choice("学科", listed(SUBJECTS), "请选择学科")
    stage = choice("学段", listed(STAGES), "请选择学段")
    term = choice("学期", required="请选择学期")
    organization_id = choice("主办单位", required="请选择主办单位", coerce=int)
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

    message = line("申请说明", 300, description="介绍一下自己，或者说说想参加的原因")


class DecisionForm(Form):
    """Answering an application."""

    decision = choice(choices={"accept": "同意", "refuse": "不同意"})
    reason = line("理由", 300)


class AnswerForm(Form):
    """Answering an invitation."""

    answer = choice(choices={"accept": "接受", "decline": "谢绝"})


class InvitationForm(Form):
    """Inviting one person."""

    user_id = number("教师", "请选择要邀请的老师")


class RoleForm(Form):
    """Giving a member a role."""

    role = choice("角色", ROLE_NAMES)


class GroupForm(Form):
    """Naming a group."""

    name = line("小组名称", 30, "请填写小组名称")


class MemberGroupForm(Form):
    """Putting a member into a group; empty means none."""

    group_id = number("小组")
