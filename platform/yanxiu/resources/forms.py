"""Forms of the library and what the address of a list may say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import FileField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS
from yanxiu.core import clock
from yanxiu.core.html import without_invisible
from yanxiu.resources.catalog import KINDS, LICENSES, SORTS, STAGE_OF_GRADE, VISIBILITIES, VOLUMES
from yanxiu.resources.models import Resource
from yanxiu.resources.queries import LibraryFilter
from yanxiu.resources.services import ResourceDetails

MINE = ("uploads", "favorites", "removed")
FIRST_YEAR = 1980


def _choices(words: Iterable[str], empty: str = "未选") -> list[tuple[str, str]]:
    return [("", empty), *((word, word) for word in words)]


def _tidy(value: str | None) -> str:
    return without_invisible(value or "").strip()


def _upto(length: int) -> Length:
    return Length(max=length, message=f"最多 {length} 个字")


class _Select(SelectField):
    """A choice whose refusal is said in Chinese."""

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], validators: Sequence[object] = ()) -> None:
        super().__init__(label, list(validators), choices=list(choices), validate_choice=False)

    def pre_validate(self, form: Form) -> None:
        if (self.data or "") not in {value for value, _text in self.choices}:
            raise ValidationError("请从列表里选择")


class DetailsForm(FlaskForm):  # type: ignore[misc]
    """Everything a person says about a resource."""

    title = StringField("标题", [DataRequired("请填写标题"), _upto(120)], [_tidy])
    kind = _Select("类型", [("", "请选择"), *KINDS.items()], [DataRequired("请选择类型")])
    stage = _Select("学段", _choices(STAGES))
    grade = _Select("年级", _choices(GRADES))
    subject = _Select("学科", _choices(SUBJECTS))
    visibility = _Select("谁能看到", list(VISIBILITIES.items()), [DataRequired("请选择谁能看到")])
    workshop_id = _Select("工作坊", [("", "请选择工作坊")])
    summary = TextAreaField("简介", [_upto(1000)], [_tidy])
    edition = _Select("教材版本", _choices(EDITIONS))
    volume = _Select("册次", _choices(VOLUMES))
    unit = StringField("单元", [_upto(60)], [_tidy])
    lesson = StringField("课题", [_upto(60)], [_tidy])
    author = StringField("作者", [_upto(60)], [_tidy])
    year = IntegerField("年份", [Optional(), NumberRange(FIRST_YEAR, 2100, f"请填写 {FIRST_YEAR} 年以后的年份")])
    license = _Select("使用许可", list(LICENSES.items()), [DataRequired("请选择使用许可")])

    def offer_workshops(self, options: Sequence[tuple[int, str]]) -> None:
        """Fill in the workshops one may share with."""
        self.workshop_id.choices = [("", "请选择工作坊"), *((str(key), name) for key, name in options)]

    def validate_workshop_id(self, field: SelectField) -> None:
        """A workshop is needed only for what is shared with one."""
        if self.visibility.data == "workshop" and not field.data:
            raise ValidationError("请选择共享到哪个工作坊")

    def validate_year(self, field: IntegerField) -> None:
        """Nothing is written in the future."""
        if field.data is not None and field.data > clock.today().year + 1:
            raise ValidationError("年份不能晚于明年")

    def details(self) -> ResourceDetails:
        """What was filled in; the stage follows from the grade where it was left out."""
        grade = self.grade.data or ""
        return ResourceDetails(
            title=self.title.data,
            kind=self.kind.data,
            summary=self.summary.data or "",
            stage=self.stage.data or STAGE_OF_GRADE.get(grade, ""),
            grade=grade,
            subject=self.subject.data or "",
            edition=self.edition.data or "",
            volume=self.volume.data or "",
            unit=self.unit.data or "",
            lesson=self.lesson.data or "",
            author=self.author.data or "",
            year=self.year.data,
            license=self.license.data,
            visibility=self.visibility.data,
            workshop_id=int(self.workshop_id.data) if self.workshop_id.data else None,
        )


def details_of(resource: Resource) -> dict[str, object]:
    """The values an edit form starts with."""
    values = {name: getattr(resource, name) for name in ResourceDetails.__dataclass_fields__}
    return {**values, "workshop_id": str(resource.workshop_id or "")}


class VersionForm(FlaskForm):  # type: ignore[misc]
    """A newer version of the file and what changed."""

    file = FileField("新文件")
    note = StringField("改了什么", [_upto(200)], [_tidy])


def parse_filter(args: Mapping[str, str], workshop_id: int | None = None) -> LibraryFilter:
    """Read a list's address; what is not known is left out, so that an old link still opens."""

    def known(name: str, words: Iterable[str]) -> str:
        value = args.get(name, "")
        return value if value in words else ""

    return LibraryFilter(
        kind=known("kind", KINDS),
        stage=known("stage", STAGES),
        grade=known("grade", GRADES),
        subject=known("subject", SUBJECTS),
        edition=known("edition", EDITIONS),
        sort=known("sort", SORTS) or "newest",
        mine=known("mine", MINE),
        workshop_id=workshop_id,
    )
