"""Forms of lesson plans. What a person typed is trimmed and freed of invisible characters first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.document.templates import LITERACY, TEMPLATES
from yanxiu.lessonplans.models import MEMBER_ROLES, VISIBILITIES, WRITER
from yanxiu.lessonplans.services import MAX_PERIODS, PlanCard
from yanxiu.web.forms import Form

VOLUMES = ("上册", "下册", "全一册", "必修", "选择性必修")
WHOLE_NUMBER = f"课时填 1 到 {MAX_PERIODS} 的整数"


def tidy(value: Any) -> Any:
    """Trim a line and drop what cannot be seen."""
    return without_invisible(value).strip() if isinstance(value, str) else value


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def _choice(label: str, values: tuple[str, ...]) -> SelectField:
    return SelectField(label, [Optional()], choices=_choices([("", "不选"), *((value, value) for value in values)]))


def _line(label: str, length: int, required: str = "", description: str = "") -> StringField:
    checks = [DataRequired(required)] if required else [Optional()]
    too_long = Length(max=length, message=f"请控制在 {length} 字以内")
    return StringField(label, [*checks, too_long], filters=[tidy], description=description)


class PlanForm(Form):
    """The card of a plan."""

    title = _line("课题", 100, "请填写课题", "例如：《草船借箭》第一课时")
    subject = _choice("学科", SUBJECTS)
    stage = _choice("学段", STAGES)
    grade = _choice("年级", GRADES)
    edition = _choice("教材版本", EDITIONS)
    volume = _choice("册次", VOLUMES)
    unit = _line("单元", 60, description="例如：第二单元 古典名著")
    periods = IntegerField("课时", [InputRequired(WHOLE_NUMBER), NumberRange(1, MAX_PERIODS, WHOLE_NUMBER)], default=1)
    workshop_id = SelectField(
        "工作坊", [Optional()], description="放进工作坊，坊员就能看到这份教案；下面可以定坊员能不能一起写"
    )
    workshop_writes = BooleanField("工作坊的坊员可以一起写", default=True)
    visibility = RadioField("谁可以看", choices=_choices(VISIBILITIES.items()), default="private")

    def offer_workshops(self, options: list[tuple[int, str]]) -> None:
        """Fill the choice of workshops."""
        self.workshop_id.choices = _choices([("", "不放进工作坊"), *((str(key), name) for key, name in options)])

    def card(self) -> PlanCard:
        """Return what was filled in."""
        return PlanCard(
            title=self.title.data or "",
            subject=self.subject.data or "",
            stage=self.stage.data or "",
            grade=self.grade.data or "",
            edition=self.edition.data or "",
            volume=self.volume.data or "",
            unit=self.unit.data or "",
            periods=self.periods.data or 1,
            visibility=self.visibility.data or "private",
            workshop_id=int(self.workshop_id.data) if self.workshop_id.data else None,
            workshop_writes=bool(self.workshop_writes.data),
        )


class NewPlanForm(PlanForm):
    """A new plan: the card and the template."""

    template = RadioField(
        "模板", choices=_choices((t.key, f"{t.name}：{t.about}") for t in TEMPLATES.values()), default=LITERACY.key
    )


class InviteForm(Form):
    """Inviting a colleague, found by name."""

    user_id = HiddenField("同伴", [Optional()])
    name = _line("同伴的姓名或用户名", 40)
    role = RadioField("可以", choices=_choices(MEMBER_ROLES.items()), default=WRITER)


class MemberForm(Form):
    """The role of a member."""

    role = SelectField("可以", choices=_choices(MEMBER_ROLES.items()))


class HandOverForm(Form):
    """Who is to be the owner."""

    user_id = RadioField("接手的老师", [InputRequired("请选一位接手的老师")], coerce=int)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill the choice."""
        self.user_id.choices = [SelectChoice(key, label) for key, label in people]


class RevisionForm(Form):
    """Keeping the plan as it is now."""

    title = _line("版本名称", 60, "给这个版本起个名字，例如“二稿”", "例如：一稿、二稿、试讲后")
    note = TextAreaField(
        "说明", [Optional(), Length(max=500, message="请控制在 500 字以内")], filters=[tidy],
        description="这一稿主要改了什么",
    )  # fmt: skip
