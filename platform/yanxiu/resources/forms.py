"""Forms of the library and what the address of a list may say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from yanxiu.core import clock
from yanxiu.core.html import without_invisible
from yanxiu.resources.catalog import (
    GRADINGS,
    KINDS,
    LEVELS,
    LICENSES,
    LONGEST,
    ORIGINS,
    SORTS,
    STAGE_OF_GRADE,
    VISIBILITIES,
    tidy_tags,
)
from yanxiu.resources.models import Resource
from yanxiu.resources.queries import LibraryFilter
from yanxiu.resources.queries.textbooks import FIXED, Shelf
from yanxiu.resources.services import ResourceDetails
from yanxiu.resources.standards import (
    LONGEST_HEADING,
    LONGEST_LITERACY,
    LONGEST_THEME,
    MOST_LITERACIES,
    PLAIN_HEADING,
    Standard,
    words_of,
)
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.forms import Form, day_in_our_time, one_line, select_choices, some_lines

MINE = ("uploads", "favorites", "removed")
FIRST_YEAR = 1980


def _words(words: Iterable[str], empty: str = "未选") -> dict[str, str]:
    return {"": empty, **{word: word for word in words}}


def _level(column: str) -> SelectField:
    """A level of the catalog of textbooks: the county's words are offered by `offer_books`."""
    return _select(LEVELS[column], _words(FIXED[column]))


def _tidy(value: str | None) -> str:
    return without_invisible(value or "").strip()


def _upto(length: int) -> Length:
    return Length(max=length, message=f"最多 {length} 个字")


def _select(label: str, choices: dict[str, str], *validators: Any) -> SelectField:
    """A choice whose refusal is said in Chinese; left out means empty."""
    return SelectField(label, list(validators), choices=choices, default="", invalid_choice_message="请从列表里选择")


class DetailsForm(Form):
    """Everything a person says about a resource. Several may be on a page; the request carries one CSRF token."""

    class Meta:
        csrf = False

    title = StringField("标题", [DataRequired("请填写标题"), _upto(120)], [_tidy])
    kind = _select("类型", {"": "请选择", **KINDS}, DataRequired("请选择类型"))
    stage = _level("stage")
    grade = _level("grade")
    subject = _level("subject")
    visibility = _select("谁能看到", VISIBILITIES, DataRequired("请选择谁能看到"))
    workshop_id = _select("工作坊", {"": "请选择工作坊"})
    summary = TextAreaField("简介", [_upto(1000)], [_tidy])
    edition = _level("edition")
    volume = _level("volume")
    unit = StringField("单元", [_upto(60)], [_tidy])
    lesson = StringField("课题", [_upto(60)], [_tidy])
    tags = StringField("标签", [_upto(120)], [tidy_tags])
    literacies = SelectMultipleField(
        "核心素养", choices=[], validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput()
    )
    theme = StringField(PLAIN_HEADING, [_upto(LONGEST_THEME)], [one_line])
    author = StringField("作者", [_upto(60)], [_tidy])
    year = IntegerField("年份", [Optional(), NumberRange(FIRST_YEAR, 2100, f"请填写 {FIRST_YEAR} 年以后的年份")])
    license = _select("使用许可", LICENSES, DataRequired("请选择使用许可"))

    def offer_workshops(self, options: Sequence[tuple[int, str]]) -> None:
        """Fill in the workshops one may share with."""
        self.workshop_id.choices = {"": "请选择工作坊", **{str(key): name for key, name in options}}

    def offer_books(self, shelf: Shelf) -> None:
        """Offer what the county's catalog has next to what is chosen; any word of its level is taken, for the
        choice above may have changed since the page was made.
        """
        chosen = {column: self[column].data or "" for column in FIXED}
        for column in FIXED:
            field: SelectField = self[column]
            names = shelf.names(column, chosen)
            if field.data and field.data not in names and shelf.knows(column, field.data):
                names = [*names, field.data]
            elif field.data and field.object_data == field.data:
                names = [*names, field.data] if field.data not in names else names
            field.choices = _words(names)

    def offer_kinds(self, kinds: Sequence[str], own: str = "") -> None:
        """Offer the types that fit what a resource is made of, and what it has been so far."""
        fitting = [*kinds, own] if own and own not in kinds else kinds
        self.kind.choices = {key: KINDS[key] for key in fitting}

    known: frozenset[str] = frozenset()
    """Every word for 核心素养 that the standards have."""

    def offer_standards(self, known: Mapping[str, Standard]) -> None:
        """Offer what the standards say of the chosen subject, and what was chosen before."""
        standard = known.get(self.subject.data or "", Standard())
        chosen = [word for word in self.literacies.data or () if word not in standard.literacies]
        self.literacies.choices = select_choices((word, word) for word in (*standard.literacies, *chosen))
        self.theme.label.text = standard.heading
        self.known = frozenset(word for each in known.values() for word in each.literacies)

    def validate_literacies(self, field: SelectMultipleField) -> None:
        """Words of the standards, or what the resource had before they were changed."""
        before = set(field.object_data or ())
        if any(word not in self.known and word not in before for word in field.data or ()):
            raise ValidationError("请从列表里选择")
        if len(field.data or ()) > MOST_LITERACIES:
            raise ValidationError(f"最多选 {MOST_LITERACIES} 条")

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
            tags=self.tags.data or "",
            literacies="、".join(self.literacies.data or ()),
            theme=self.theme.data or "",
            author=self.author.data or "",
            year=self.year.data,
            license=self.license.data,
            visibility=self.visibility.data,
            workshop_id=int(self.workshop_id.data) if self.workshop_id.data else None,
        )


def details_of(resource: Resource) -> dict[str, object]:
    """The values an edit form starts with."""
    values = {name: getattr(resource, name) for name in ResourceDetails.__dataclass_fields__}
    values["literacies"] = words_of(resource.literacies)
    return {**values, "workshop_id": str(resource.workshop_id or "")}


class CardForm(DetailsForm):
    """What is said about an observed lesson, and what its teacher wishes of the card."""

    tells_reflection = BooleanField("把教学反思写进课例卡")
    leaves_with_lesson = SelectField(
        "课例撤下或者展示期满以后，这张课例卡",
        choices={"0": "留在资源库（只有文字，没有录像）", "1": "一起撤下"},
        default="0",
        invalid_choice_message="请从列表里选择",
    )


class VersionForm(Form):
    """A newer version of the file and what changed."""

    file = FileField("新文件")
    note = StringField("改了什么", [_upto(200)], [_tidy])


class SubtitlesForm(Form):
    """Subtitles for a video."""

    subtitles = FileField("字幕文件")


def parse_filter(args: Mapping[str, str], workshop_id: int | None = None) -> LibraryFilter:
    """Read a list's address; what is not known is left out, so that an old link still opens."""

    def known(name: str, words: Iterable[str]) -> str:
        value = args.get(name, "")
        return value if value in words else ""

    return LibraryFilter(
        kind=known("kind", KINDS),
        grading=known("grading", GRADINGS),
        origin=known("origin", ORIGINS),
        literacy=_tidy(args.get("literacy"))[:LONGEST_LITERACY],
        theme=_tidy(args.get("theme"))[:LONGEST_THEME],
        sort=known("sort", SORTS) or "newest",
        mine=known("mine", MINE),
        workshop_id=workshop_id,
        **chosen_names(args),
    )


def chosen_names(args: Mapping[str, str]) -> dict[str, str]:
    """Read the seven names of the catalog of textbooks; a name that nothing has finds nothing."""
    return {column: _tidy(args.get(column))[: LONGEST[column]] for column in LEVELS}


class ReviewForm(Form):
    """A decision about a resource: the version that was read, and a level or a reason."""

    file_id = IntegerField("版本", [DataRequired("页面不完整，请刷新后再审"), NumberRange(1, LARGEST_ID)])
    grading = StringField("级别", [_upto(10)])
    reason = TextAreaField("退回的理由", [_upto(300)], [some_lines])


class CollectionForm(Form):
    """What is said about a collection."""

    title = StringField("名称", [DataRequired("请填写名称"), _upto(80)], [one_line])
    introduction = TextAreaField("介绍", [_upto(2000)], [some_lines])
    visibility = _select(
        "谁能看到",
        {key: word for key, word in VISIBILITIES.items() if key != "workshop"},
        DataRequired("请选择谁能看到"),
    )
    cover = FileField("封面图片")


class UseForm(Form):
    """When somebody taught with a resource, and what they changed."""

    taught_on = DateField("哪天上的", [DataRequired("请选择日期"), day_in_our_time])
    note = StringField("怎么用的、改了什么", [_upto(300)], [one_line])


class TakedownForm(Form):
    """Why a resource is taken down."""

    reason = StringField("下架的理由", [DataRequired("请写明下架的理由，作者会看到"), _upto(300)], [one_line])


class NodeForm(Form):
    """The name of a node of the catalog of textbooks."""

    name = StringField("名称", [DataRequired("请填写名称"), _upto(60)], [one_line])


class StandardForm(Form):
    """The words of the standards for one subject, one a line."""

    literacies = TextAreaField("核心素养", [_upto(2000)], [some_lines])
    heading = StringField("任务群、领域或主题的叫法", [_upto(LONGEST_HEADING)], [one_line])
    themes = TextAreaField("学习任务群或领域主题", [_upto(4000)], [some_lines])


class BookSheetForm(Form):
    """A catalog out of a spreadsheet, pasted or as a file."""

    text = TextAreaField("从表格复制过来的内容", [_upto(200_000)])
    file = FileField("或者选择 .xlsx 文件")
