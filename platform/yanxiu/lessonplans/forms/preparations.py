"""Steps of a 集体备课 and what a teacher notes about the own copy."""

from __future__ import annotations

from wtforms import DateField, HiddenField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from yanxiu.web.forms import Form


class MoveForm(Form):
    """From which phase to which; a page that is old is told so."""

    start = HiddenField("现在的阶段")
    goal = HiddenField("下一步")


class LessonDayForm(Form):
    """The day of the lesson."""

    taught_on = DateField("上课日期", [Optional()], description="还没上就填准备哪天上；上完第二天会提醒您写反思")


class SectionsForm(Form):
    """Which sections are taken from the 共案, or kept as they are."""

    how = HiddenField("怎么办", [InputRequired("请选择用共案的，还是保留自己的")])
    number = HiddenField("共案的版本", [InputRequired("共案刚刚有更新，请刷新后再看")])
    keys = SelectMultipleField("部分", validate_choice=False)
