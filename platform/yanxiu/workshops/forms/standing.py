"""Forms about what a workshop is, whether it goes on, and what its helpers may do."""

from __future__ import annotations

from wtforms import SelectMultipleField

from yanxiu.web.forms import Form, select_choices
from yanxiu.workshops.forms.fields import choice, line
from yanxiu.workshops.models import Kind, Right

KIND_NAMES = {Kind.PROJECT.value: "项目工作坊", Kind.MODEL.value: "示范工作坊", Kind.PERSONAL.value: "个人工作坊"}
RIGHT_NAMES = {
    Right.ADMIT.value: "邀请和审批成员",
    Right.MODERATE.value: "管理话题",
    Right.ANNOUNCE.value: "置顶公告",
    Right.PLAN.value: "编排计划",
    Right.ACTIVITIES.value: "安排活动",
    Right.GRADE.value: "布置和批改任务",
}


class KindForm(Form):
    """Making a workshop one of another kind."""

    kind = choice("类型", KIND_NAMES, "请选择类型")
    reason = line("理由", 300, "请写明理由，坊主会看到")


class RightsForm(Form):
    """What a helper may do; none ticked means only to look and talk."""

    rights = SelectMultipleField("权限", choices=select_choices(RIGHT_NAMES.items()), validate_choice=True)
