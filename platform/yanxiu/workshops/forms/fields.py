"""Fields that the forms of the workshops share. What a person typed is trimmed and freed of invisible characters first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from yanxiu.core.html import without_invisible
from yanxiu.web.converters import LARGEST_ID


def tidy(value: Any) -> Any:
    """Trim a line and drop what cannot be seen."""
    return without_invisible(value).strip() if isinstance(value, str) else value


def line(label: str, length: int, required: str = "", description: str = "") -> StringField:
    """One line of text of at most `length` characters; `required` is what to say when it is empty."""
    checks = [DataRequired(required)] if required else [Optional()]
    too_long = Length(max=length, message=f"请控制在 {length} 字以内")
    return StringField(label, [*checks, too_long], filters=[tidy], description=description)


def choice(label: str = "", choices: Mapping[str, str] | None = None, required: str = "", **more: Any) -> SelectField:
    """One of `choices`; `required` is what to say when none was chosen."""
    checks = [DataRequired(required)] if required else []
    message = required or "请从列表中选择"
    return SelectField(
        label, checks, choices=choices, invalid_choice_message=message, invalid_value_message=message, **more
    )


def number(label: str = "", required: str = "") -> IntegerField:
    """The id of something; what no id can be is refused without asking the database."""
    checks = [InputRequired(required)] if required else [Optional()]
    stale = "送来的内容不完整，请刷新页面再试"
    in_range = NumberRange(0, LARGEST_ID, message=stale)
    return IntegerField(label, [*checks, in_range], invalid_value_message=stale)


def listed(names: Iterable[str]) -> dict[str, str]:
    """Names to choose from, with none chosen at first."""
    return {"": "请选择"} | {name: name for name in names}
