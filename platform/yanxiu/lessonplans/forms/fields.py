"""Fields that the forms of plans are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from yanxiu.core.html import without_invisible


def tidy(value: Any) -> Any:
    """Trim a line and drop what cannot be seen."""
    return without_invisible(value).strip() if isinstance(value, str) else value


def choices_of(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def one_of(label: str, values: tuple[str, ...]) -> SelectField:
    return SelectField(label, [Optional()], choices=choices_of([("", "不选"), *((value, value) for value in values)]))


def line(label: str, length: int, required: str = "", description: str = "") -> StringField:
    checks = [DataRequired(required)] if required else [Optional()]
    too_long = Length(max=length, message=f"请控制在 {length} 字以内")
    return StringField(label, [*checks, too_long], filters=[tidy], description=description)
