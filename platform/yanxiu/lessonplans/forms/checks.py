"""What a leader says of a plan."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from yanxiu.lessonplans.forms.fields import choices_of, tidy
from yanxiu.lessonplans.models.checks import GRADES
from yanxiu.web.forms import Form


class CheckForm(Form):
    """Grade and remark."""

    grade = RadioField("等第", [InputRequired("请选一个等第")], choices=choices_of(GRADES.items()))
    remark = TextAreaField(
        "评语",
        [Optional(), Length(max=500, message="请控制在 500 字以内")],
        filters=[tidy],
        description="作者会看到；选“修改”时请写明哪里要改",
    )
