"""The card of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS
from yanxiu.lessonplans.document.templates import LITERACY, TEMPLATES
from yanxiu.lessonplans.forms.fields import choices_of, line, one_of
from yanxiu.lessonplans.models import VISIBILITIES
from yanxiu.lessonplans.services import MAX_PERIODS, PlanCard
from yanxiu.web.forms import Form

VOLUMES = ("上册", "下册", "全一册", "必修", "选择性必修")


FIXED = {"stage": STAGES, "grade": GRADES, "subject": SUBJECTS, "edition": EDITIONS, "volume": VOLUMES}


WHOLE_NUMBER = f"课时填 1 到 {MAX_PERIODS} 的整数"


class PlanForm(Form):
    """The card of a plan."""

    title = line("课题", 100, "请填写课题", "例如：《草船借箭》第一课时")
    subject = one_of("学科", SUBJECTS)
    stage = one_of("学段", STAGES)
    grade = one_of("年级", GRADES)
    edition = one_of("教材版本", EDITIONS)
    volume = one_of("册次", VOLUMES)
    unit = line("单元", 60, description="例如：第二单元 古典名著")
    lesson = line("教材里的课", 60, description="教材目录里的一课，例如：草船借箭")
    periods = IntegerField("课时", [InputRequired(WHOLE_NUMBER), NumberRange(1, MAX_PERIODS, WHOLE_NUMBER)], default=1)
    workshop_id = SelectField(
        "工作坊", [Optional()], description="放进工作坊，坊员就能看到这份教案；下面可以定坊员能不能一起写"
    )
    workshop_writes = BooleanField("工作坊的坊员可以一起写", default=True)
    readers_propose = BooleanField(
        "“只看和批注”的人可以提出修订", description="他们在正文里改动的，都先作修订，由一起写的人决定接受不接受"
    )
    visibility = RadioField("谁可以看", choices=choices_of(VISIBILITIES.items()), default="private")

    def offer_workshops(self, options: list[tuple[int, str]]) -> None:
        """Fill the choice of workshops."""
        self.workshop_id.choices = choices_of([("", "不放进工作坊"), *((str(key), name) for key, name in options)])

    def offer_books(self, names: Mapping[str, Sequence[str]], knows: Callable[[str, str], bool]) -> None:
        """Offer what the catalog has next to what is chosen; any word of its level is taken, and our own ones too."""
        for level, fixed in FIXED.items():
            field: SelectField = self[level]
            words = list(names.get(level) or fixed)
            own = field.data or ""
            if own and own not in words and (own in fixed or own == field.object_data or knows(level, own)):
                words.append(own)
            field.choices = choices_of([("", "不选"), *((word, word) for word in words)])

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
            lesson=self.lesson.data or "",
            periods=self.periods.data or 1,
            visibility=self.visibility.data or "private",
            workshop_id=int(self.workshop_id.data) if self.workshop_id.data else None,
            workshop_writes=bool(self.workshop_writes.data),
            readers_propose=bool(self.readers_propose.data),
        )


class NewPlanForm(PlanForm):
    """A new plan: the card and the template."""

    template = RadioField(
        "模板", choices=choices_of((t.key, f"{t.name}：{t.about}") for t in TEMPLATES.values()), default=LITERACY.key
    )

    def offer_templates(self, options: list[tuple[str, str]]) -> None:
        """Fill the choice with the templates of the school too."""
        self.template.choices = choices_of(options)


class WordForm(Form):
    """A plan from a Word file that was shown: its name; the token says which file."""

    title = line("课题", 100, "请填写课题")
    token = HiddenField()
