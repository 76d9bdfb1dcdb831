"""What people fill in about lessons."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from yanxiu.accounts.catalog import GRADES, STAGES, SUBJECTS
from yanxiu.core.clock import LOCAL_ZONE, media_clock
from yanxiu.core.errors import InvalidError
from yanxiu.observations.instruments.scheme_lines import body_of_lines
from yanxiu.observations.instruments.schemes import Mode
from yanxiu.observations.models import ClipConsent, Consent, Lesson, LessonRole, LessonVisibility, RubricVersion
from yanxiu.observations.rubrics.writing import body_from
from yanxiu.observations.services.clip_sets import ClipDraft
from yanxiu.observations.services.lessons import LESSON_TYPES, LessonDraft
from yanxiu.web.forms import Form, day_in_our_time, one_line, some_lines

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})(?:\.(\d{1,3}))?")


def _listed(values: tuple[str, ...]) -> list[SelectChoice]:
    return [SelectChoice("", "请选择"), *(SelectChoice(value) for value in values)]


def _numbered(things: list[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice(str(number), name) for number, name in things]


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


class LessonForm(Form):
    """The details of a lesson, its audience and the declaration about pupils."""

    title = StringField(
        "课题", [InputRequired("请填写课题"), Length(max=120, message="课题最多 120 字")], filters=[one_line]
    )
    teacher = StringField("授课教师", [Length(max=40, message="最多 40 字")], filters=[one_line])
    class_name = StringField("班级", [Length(max=40, message="最多 40 字")], filters=[one_line])
    subject = SelectField("学科", choices=_listed(SUBJECTS), validate_choice=False)
    stage = SelectField("学段", choices=_listed(STAGES), validate_choice=False)
    grade = SelectField("年级", choices=_listed(GRADES), validate_choice=False)
    lesson_type = SelectField("课型", choices=_listed(LESSON_TYPES), validate_choice=False)
    taught_on = DateField("上课日期", [Optional(), day_in_our_time])
    taught_time = TimeField("上课时间", [Optional()])
    place = StringField("地点", [Length(max=80, message="最多 80 字")], filters=[one_line])
    focus = TextAreaField("请大家重点看", [Length(max=500, message="最多 500 字")], filters=[some_lines])
    workshop_id = SelectField("所属工作坊", validate_choice=False)
    lesson_plan_id = SelectField("对应教案", validate_choice=False)
    rubric_version_id = SelectField("评课量表", validate_choice=False)
    visibility = RadioField(
        "谁可以观看",
        choices=[SelectChoice(v.value, v.label) for v in LessonVisibility],
        default=LessonVisibility.INVITED.value,
    )
    pupils_recognizable = BooleanField("画面里能认出学生")
    consent = SelectField(
        "学生出镜的同意",
        choices=[SelectChoice(c.value, c.label) for c in Consent],
        default=Consent.NOT_NEEDED.value,  # a host's form does not carry it, and it stays as it was
    )
    consent_until = DateField("同意展示到", [Optional(), day_in_our_time])
    clip_consent = RadioField(
        "别的老师能不能从实录里摘取片段",
        choices=[SelectChoice(c.value, c.label) for c in ClipConsent],
        default=ClipConsent.GIVEN.value,
    )

    def offer(
        self,
        workshops: list[tuple[int, str]],
        plans: list[tuple[int, str]],
        rubrics: list[RubricVersion],
    ) -> None:
        """Set the choices that depend on who fills the form in."""
        self.workshop_id.choices = [SelectChoice("", "不属于工作坊"), *_numbered(workshops)]
        self.lesson_plan_id.choices = [SelectChoice("", "不关联教案"), *_numbered(plans)]
        self.rubric_version_id.choices = [SelectChoice(str(v.id), v.template.name) for v in rubrics]

    def draft(self) -> LessonDraft:
        """Return what was entered; ids that are none become nothing."""
        return LessonDraft(
            title=self.title.data or "",
            class_name=self.class_name.data or "",
            subject=self.subject.data or "",
            stage=self.stage.data or "",
            grade=self.grade.data or "",
            lesson_type=self.lesson_type.data or "",
            taught_at=self._taught_at(),
            place=self.place.data or "",
            focus=self.focus.data or "",
            workshop_id=_number(self.workshop_id.data),
            lesson_plan_id=_number(self.lesson_plan_id.data),
            visibility=self.visibility.data or "",
            pupils_recognizable=bool(self.pupils_recognizable.data),
            consent=self.consent.data or "",
            consent_until=self.consent_until.data,
            rubric_version_id=_number(self.rubric_version_id.data),
            clip_consent=self.clip_consent.data if self.clip_consent.raw_data else None,
        )

    def keep_title(self, lesson: Lesson) -> None:
        """The details of a lesson that rests are not sent along; only its audience is."""
        self.title.data, self.title.raw_data = lesson.title, [lesson.title]

    def _taught_at(self) -> datetime | None:
        if self.taught_on.data is None:
            return None
        return datetime.combine(self.taught_on.data, self.taught_time.data or time(8, 0), LOCAL_ZONE)

    def show(self, lesson: Lesson) -> None:
        """Fill the form with a lesson as it is."""
        self.process(
            obj=lesson,
            data={
                "taught_on": lesson.taught_at and lesson.taught_at.astimezone(LOCAL_ZONE).date(),
                "taught_time": lesson.taught_at and lesson.taught_at.astimezone(LOCAL_ZONE).time(),
                "workshop_id": str(lesson.workshop_id or ""),
                "lesson_plan_id": str(lesson.lesson_plan_id or ""),
                "rubric_version_id": str(lesson.rubric_version_id or ""),
            },
        )


class NewRubricForm(Form):
    """A rubric of one's own that begins like another one."""

    name = StringField(
        "量表名称", [InputRequired("请填写量表名称"), Length(max=80, message="名称最多 80 字")], filters=[one_line]
    )
    base = SelectField("照哪一份改", validate_choice=False)


class RubricForm(Form):
    """A rubric as lines; what they mean is read by `rubrics.writing`."""

    seen = HiddenField()
    name = StringField(
        "量表名称", [InputRequired("请填写量表名称"), Length(max=80, message="名称最多 80 字")], filters=[one_line]
    )
    criteria = TextAreaField("评价项目和权重", [Length(max=20_000, message="内容太长了")], filters=[some_lines])
    scale = TextAreaField("等级", [Length(max=2_000, message="内容太长了")], filters=[some_lines])
    bonus = TextAreaField("加分项", [Length(max=2_000, message="内容太长了")], filters=[some_lines])
    bands = TextAreaField("等次", [Length(max=2_000, message="内容太长了")], filters=[some_lines])
    total = StringField("总分", [Length(max=6, message="总分太长了")], filters=[one_line])
    trimmed = BooleanField("平均分去掉一个最高分和一个最低分（三人以上时）")

    def body(self) -> dict[str, Any]:
        """Return the rubric that the lines describe; UnreadableLineError names the line that does not."""
        texts = {name: self[name].data or "" for name in ("criteria", "scale", "bonus", "bands", "total")}
        return body_from({**texts, "trimmed": "1" if self.trimmed.data else ""})


class NewSchemeForm(Form):
    """A scheme of codes that begins like another one."""

    name = StringField(
        "方案名称", [InputRequired("请填写方案名称"), Length(max=40, message="名称最多 40 字")], filters=[one_line]
    )
    base = SelectField("照哪一份改", validate_choice=False)
    shared = BooleanField("给本单位的老师一起用")


class SchemeForm(Form):
    """A scheme as lines; what they mean is read by `instruments.scheme_lines`."""

    seen = HiddenField()
    name = StringField(
        "方案名称", [InputRequired("请填写方案名称"), Length(max=40, message="名称最多 40 字")], filters=[one_line]
    )
    mode = SelectField("怎么记", choices=[SelectChoice(mode.value, mode.label) for mode in Mode], validate_choice=False)
    seconds = StringField("间隔或时段（秒）", [Length(max=6, message="写 1 到 600 的整数")], filters=[one_line])
    codes = TextAreaField("类别和代码", [Length(max=8_000, message="内容太长了")], filters=[some_lines])
    rules = TextAreaField("记的时候注意什么", [Length(max=1_000, message="最多 1000 字")], filters=[some_lines])
    retired = BooleanField("停用（不再出现在课例里，编过的不变）")

    def body(self) -> dict[str, Any]:
        """Return the scheme that the lines describe; UnreadableSchemeError names what does not."""
        return body_of_lines(
            self.codes.data or "", self.mode.data or "", self.seconds.data or "", self.rules.data or ""
        )


class MemberForm(Form):
    """Whom to ask to a lesson."""

    person = StringField(
        "姓名",
        [InputRequired("请填写要邀请的老师的姓名"), Length(max=40, message="最多 40 字")],
        filters=[one_line],
    )
    role = SelectField(
        "身份",
        choices=[SelectChoice(r.value, r.label) for r in (LessonRole.OBSERVER, LessonRole.HOST, LessonRole.EXPERT)],
    )


class RequestForm(Form):
    """Whom one would like to observe, and when."""

    person = StringField(
        "授课教师", [InputRequired("请填写想听哪位老师的课"), Length(max=40, message="最多 40 字")], filters=[one_line]
    )
    wished_on = DateField("日期", [InputRequired("请选日期"), day_in_our_time])
    wished_time = TimeField("时间", [Optional()])
    words = TextAreaField("想看什么", [Length(max=300, message="最多 300 字")], filters=[some_lines])

    def wished_at(self) -> datetime:
        """Return the wish; eight in the morning where no time was given."""
        assert self.wished_on.data is not None
        return datetime.combine(self.wished_on.data, self.wished_time.data or time(8, 0), LOCAL_ZONE)


class ClipSetForm(Form):
    """What a set of clips is about, and with whom it is shared."""

    title = StringField(
        "名称", [InputRequired("请填写名称"), Length(max=80, message="名称最多 80 字")], filters=[one_line]
    )
    introduction = TextAreaField("说明", [Length(max=500, message="最多 500 字")], filters=[some_lines])
    workshop_id = SelectField("和谁一起看", validate_choice=False)

    def offer(self, workshops: list[tuple[int, str]]) -> None:
        """Set the workshops with which it can be shared."""
        self.workshop_id.choices = [SelectChoice("", "只有我自己"), *_numbered(workshops)]

    def chosen_workshop(self) -> int | None:
        """Return the workshop chosen; InvalidError where none of them was."""
        chosen = self.workshop_id.data or ""
        if chosen not in {choice.value for choice in self.workshop_id.choices}:
            raise InvalidError("请从列表里选一个工作坊", field="workshop_id")
        return _number(chosen)


class ClipForm(Form):
    """A stretch of a lesson, what one is to look for in it, and where it goes."""

    clip_set = SelectField("放进哪个片段集", validate_choice=False)
    title = StringField("新片段集的名称", [Length(max=80, message="名称最多 80 字")], filters=[one_line])
    start = StringField(
        "从", [InputRequired("请写开始的时间"), Length(max=12, message="时间写成 分:秒")], filters=[one_line]
    )
    end = StringField(
        "到", [InputRequired("请写结束的时间"), Length(max=12, message="时间写成 分:秒")], filters=[one_line]
    )
    task = StringField("看的时候想一想", [Length(max=200, message="最多 200 字")], filters=[one_line])
    note = TextAreaField("说明", [Length(max=500, message="最多 500 字")], filters=[some_lines])

    def draft(self) -> ClipDraft:
        """Return what was entered; InvalidError names the time that is none."""
        return ClipDraft(self._moment("start"), self._moment("end"), self.task.data or "", self.note.data or "")

    def _moment(self, name: str) -> int:
        found = clock_ms(self[name].data)
        if found is None:
            raise InvalidError("时间写成 分:秒，例如 10:02", field=name)
        return found


def clock_ms(text: str | None) -> int | None:
    """Read 12:34, 1:02:03 or 12:34.5 as milliseconds; None when it is none of them."""
    found = _CLOCK.fullmatch((text or "").strip().replace("：", ":"))
    if found is None:
        return None
    hours, minutes, seconds, fraction = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def exact_clock(ms: int) -> str:
    """Write milliseconds as `clock_ms` reads them, to the tenth of a second: 12:34 or 12:34.5."""
    tenth = ms % 1000 // 100
    return media_clock(ms) + (f".{tenth}" if tenth else "")


def whole_number(text: str | None) -> int | None:
    """Read a non-negative whole number below 10 digits; None when it is none."""
    return _number(text)
