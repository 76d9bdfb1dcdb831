"""Who takes part."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from yanxiu.lessonplans.forms.fields import choices_of, line
from yanxiu.lessonplans.models import MEMBER_ROLES, WRITER
from yanxiu.web.forms import Form


class InviteForm(Form):
    """Inviting a colleague, found by name."""

    user_id = HiddenField("同伴", [Optional()])
    name = line("同伴的姓名或用户名", 40)
    role = RadioField("可以", choices=choices_of(MEMBER_ROLES.items()), default=WRITER)


class MemberForm(Form):
    """The role of a member."""

    role = SelectField("可以", choices=choices_of(MEMBER_ROLES.items()))


class HandOverForm(Form):
    """Who is to be the owner."""

    user_id = RadioField("接手的老师", [InputRequired("请选一位接手的老师")], coerce=int)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill the choice."""
        self.user_id.choices = [SelectChoice(key, label) for key, label in people]
