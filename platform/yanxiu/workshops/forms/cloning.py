"""The form for the next term's workshop."""

from __future__ import annotations

from wtforms import BooleanField, DateField
from wtforms.validators import Optional

from yanxiu.web.forms import Form, day_in_our_time
from yanxiu.workshops.forms.fields import choice, line


class CloneForm(Form):
    """What the next term's workshop takes along."""

    name = line("工作坊名称", 60, "请填写工作坊名称")
    term = choice("学期", required="请选择学期")
    starts_on = DateField("第一个阶段从哪天开始", [Optional(), day_in_our_time])
    introduction = BooleanField("主题、简介和封面")
    team = BooleanField("管理团队（坊主、管理成员和指导教师直接加入）")
    groups = BooleanField("小组")
    plan = BooleanField("学期计划（日期顺延）")
    pinned = BooleanField("置顶话题的正文（不带回复）")
    invite = BooleanField("向坊员发出邀请（由本人确认后加入）")
    step = choice(choices={"preview": "预览", "create": "新建"}, default="create")
