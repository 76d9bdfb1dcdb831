"""Forms of the plan of a term."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from yanxiu.core.html import safe_url
from yanxiu.web.forms import Form, day_in_our_time
from yanxiu.workshops.forms.fields import choice, line, number, tidy


def _a_day(label: str) -> DateField:
    return DateField(label, [Optional(), day_in_our_time])


class StageForm(Form):
    """A stage of the term."""

    name = line("阶段名称", 40, "请填写阶段名称", "例如：启动与选题")
    goal = TextAreaField("目标", [Optional(), Length(max=300, message="目标请控制在 300 字以内")], filters=[tidy])
    starts_on = _a_day("开始日期")
    ends_on = _a_day("结束日期")
    client_uuid = HiddenField()


class ItemForm(Form):
    """A thing to do in a stage. Without a title it takes the title of what it stands for."""

    kind = choice("类别", {})
    title = line("标题", 100)
    target_id = choice("对应内容", {}, coerce=lambda value: int(value) if value else None)
    url = line("网址", 500, description="选填，以 https:// 开头")
    stage_id = choice("所在阶段", {}, coerce=int)
    starts_on = _a_day("开始日期")
    ends_on = _a_day("截止日期")
    required = BooleanField("必做")
    client_uuid = HiddenField()

    def validate_url(self, field: Any) -> None:
        """An address of the web, and nothing that runs."""
        if field.data and (safe_url(field.data) is None or urlsplit(field.data).scheme not in ("http", "https")):
            raise ValidationError("请填写以 https:// 开头的网址")


class ArrangeForm(Form):
    """Moving a stage or an item: one step, or to a place."""

    kind = choice(choices={"stage": "阶段", "item": "内容"})
    id = number(required="请求的内容不完整，请刷新页面再试")
    step = choice(choices={"": "", "up": "上移", "down": "下移"}, default="")
    stage_id = number()
    before_id = number()


class RemovalForm(Form):
    """Taking a stage or an item out, or bringing it back."""

    kind = choice(choices={"stage": "阶段", "item": "内容"})
    id = number(required="请求的内容不完整，请刷新页面再试")
    on = choice(choices={"1": "移除", "0": "恢复"})


class TickForm(Form):
    """Saying that one has done an item, or has not."""

    id = number(required="请求的内容不完整，请刷新页面再试")
    on = choice(choices={"1": "做完", "0": "没做完"})
