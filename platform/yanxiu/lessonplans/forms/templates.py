"""A school's template: its name, its sections."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Optional, Regexp

from yanxiu.accounts.catalog import SUBJECTS
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.document.templates import TemplateSection
from yanxiu.lessonplans.forms.fields import choices_of, line, one_of
from yanxiu.lessonplans.services.templates import LONGEST_HINT, LONGEST_TITLE
from yanxiu.web.forms import Form

TABLE = "process"


class NewTemplateForm(Form):
    """A new template begins like another one."""

    name = line("模板名称", 40, "请填写模板名称", "例如：五年级语文教学设计")
    subject = one_of("学科", SUBJECTS)
    base = SelectField("从哪一个开始", [InputRequired("请选择一个模板")])

    def offer(self, templates: Sequence[tuple[str, str]]) -> None:
        """Fill the choice of templates."""
        self.base.choices = choices_of(templates)


class TemplateForm(Form):
    """A template as it is edited; the sections come as rows beside it (`sections_sent`)."""

    name = line("模板名称", 40, "请填写模板名称")
    subject = one_of("学科", SUBJECTS)
    seen = HiddenField("版本", [Optional(), Regexp(r"^\d{1,6}$")])


def sections_sent(sent: MultiDict[str, str]) -> list[TemplateSection]:
    """The rows of the page in the order of their places; a row without a title is left out."""
    columns = [sent.getlist(name)[:60] for name in ("key", "place", "title", "hint", "parts", "required")]
    rows = [row for row in zip(*columns, strict=False) if _tidy(row[2], LONGEST_TITLE)]
    rows.sort(key=lambda row: int(row[1]) if row[1].isdecimal() and len(row[1]) < 4 else 999)
    taken = {row[0] for row in rows}
    return [_section(row, taken) for row in rows]


def _section(row: tuple[str, ...], taken: set[str]) -> TemplateSection:
    key, _place, title, hint, parts, required = row
    known = "".join(letter for letter in key if letter.isascii() and (letter.isalnum() or letter in "-_"))[:20]
    if not known:
        known = next(f"own-{number}" for number in range(1, 99) if f"own-{number}" not in taken)
        taken.add(known)
    names = [_tidy(part, LONGEST_TITLE) for part in parts.replace("，", "、").replace(",", "、").split("、")]
    return TemplateSection(
        known,
        _tidy(title, LONGEST_TITLE),
        _tidy(hint, LONGEST_HINT),
        tuple(name for name in names if name)[:8],
        known == TABLE,
        required == "1",
    )


def _tidy(text: str, length: int) -> str:
    return " ".join(without_invisible(text).split())[:length]
