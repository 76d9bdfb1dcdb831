"""Forms: Chinese words, cleaned text, and a refusal by a rule shown beside the field it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, MultipleFileField, SelectChoice
from wtforms.validators import ValidationError

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, InvalidError, TooLargeError, YanxiuError
from yanxiu.core.html import without_invisible
from yanxiu.core.unit_of_work import unit_of_work

FILE_FIELDS = (FileField, MultipleFileField)
REFUSALS = (InvalidError, ConflictError, TooLargeError)


def one_line(text: Any) -> Any:
    """Filter: no control characters, blanks joined, no line breaks."""
    return " ".join(without_invisible(text).split()) if isinstance(text, str) else text


def some_lines(text: Any) -> Any:
    """Filter: no control characters but line breaks, trimmed."""
    return without_invisible(text).replace("\r\n", "\n").strip() if isinstance(text, str) else text


def day_in_our_time(_form: object, field: Any) -> None:
    """Validator: a day somebody can mean; a slip of the year is told beside the field."""
    if field.data is not None and not clock.is_in_our_time(field.data):
        raise ValidationError(f"请核对年份，应在 {clock.EARLIEST.year} 到 {clock.LATEST.year} 年之间")


def select_choices(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Return (value, text) pairs as the choices of a select field."""
    return [SelectChoice(value=value, label=text) for value, text in pairs]


def word_choices(words: Iterable[str], nothing: str = "未填写") -> list[SelectChoice]:
    """Return the choices for a vocabulary, the first one empty and called `nothing`."""
    return select_choices([("", nothing), *((word, word) for word in words)])


class Form(FlaskForm):  # type: ignore[misc]
    """Base of our forms."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Take uploads only for fields that are files: anybody can send a file in place of a text."""
            found = super().wrap_formdata(form, formdata)
            if not isinstance(found, CombinedMultiDict):
                return found
            names = {field.name for field in form if isinstance(field, FILE_FIELDS)}
            uploads = [(name, file) for name, file in request.files.items(multi=True) if name in names]
            return CombinedMultiDict([MultiDict(uploads), request.form])

    refusal: YanxiuError | None = None

    def refuse(self, error: YanxiuError) -> None:
        """Show a rule's refusal beside its field, or above the form if it belongs to none."""
        self.refusal = error
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 200 untouched, else why it was not accepted."""
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200


def accepted(form: Form, action: Callable[[], Any]) -> bool:
    """Validate a posted form and run `action` in one unit of work; a refusal goes beside its field."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            action()
    except REFUSALS as error:
        form.refuse(error)
        return False
    return True
