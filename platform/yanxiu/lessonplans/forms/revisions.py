"""Keeping a version."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from yanxiu.lessonplans.forms.fields import line, tidy
from yanxiu.web.forms import Form


class RevisionForm(Form):
    """Keeping the plan as it is now."""

    title = line("版本名称", 60, "给这个版本起个名字，例如“二稿”", "例如：一稿、二稿、试讲后")
    note = TextAreaField(
        "说明", [Optional(), Length(max=500, message="请控制在 500 字以内")], filters=[tidy],
        description="这一稿主要改了什么",
    )  # fmt: skip
