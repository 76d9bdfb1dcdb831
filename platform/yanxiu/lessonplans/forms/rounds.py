"""Rounds and suggestions."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from yanxiu.lessonplans.forms.fields import choices_of, line, tidy
from yanxiu.lessonplans.models.rounds import DECISIONS
from yanxiu.web.forms import Form

UUID = r"^[0-9A-Za-z-]{8,36}$"


class SuggestionForm(Form):
    """What somebody suggests for which passage; `remark` is a comment on the lesson that is taken over."""

    section = SelectField("哪一部分", [Optional()], validate_choice=False)
    quote = line("原文的哪一句", 300, description="照抄要改的那一句；说的是整个部分就不用填")
    body = TextAreaField("建议", [Optional(), Length(max=2000, message="请控制在 2000 字以内")], filters=[tidy])
    anchor = HiddenField("位置", [Optional(), Length(max=500)])
    remark = HiddenField("课堂点评", [Optional(), Regexp(r"^\d{1,12}$")])
    client_uuid = StringField("编号", [InputRequired("请刷新后再试"), Regexp(UUID, message="请刷新后再试")])


class DecisionForm(Form):
    """Adopted or not, why, and which passage it changed."""

    state = RadioField("怎么处理", choices=choices_of(DECISIONS.items()), validate_choice=False)
    section = SelectField("改在哪一部分", [Optional()], validate_choice=False)
    outcome = line("改成了", 300, description="照抄正文里改过的那一句，以后能看到它是怎么来的")
    reason = line("理由", 300)


class RoundForm(Form):
    """Keeping the next round."""

    note = line("说明", 300, description="这一稿主要磨什么，例如：目标写得更好检测")


class RoundLessonForm(Form):
    """In which lesson a round was taught."""

    lesson = SelectField("这一稿的课", [Optional()], validate_choice=False)
