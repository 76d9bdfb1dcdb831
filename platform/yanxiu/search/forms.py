"""What the address of the search page may say."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import BooleanField, SelectField, StringField

from yanxiu.search.queries import FACETS, MAX_PAGE, OFTEN, Wanted
from yanxiu.search.services import MAX_NAME
from yanxiu.web.forms import Form, one_line, select_choices

MAX_VALUE = 100
FACET_LABELS = {
    "kind": "类型",
    "subject": "学科",
    "stage": "学段",
    "grade": "年级",
    "edition": "版本",
    "volume": "册",
    "type": "类别",
    "year": "年份",
    "grading": "级别",
    "origin": "来源",
    "theme": "课标内容",
    "literacy": "核心素养",
    "school": "学校、单位",
    "author": "作者",
}


def wanted_from(arguments: Mapping[str, str]) -> Wanted:
    """Read an address; what makes no sense in it is left out, since an address is often typed or cut."""
    filters = {name: arguments.get(name, "").strip()[:MAX_VALUE] for name in FACETS}
    page, workshop = arguments.get("page", "1"), arguments.get("workshop", "")
    return Wanted(
        text=arguments.get("q", "").replace("\x00", "").strip()[:200],
        filters={name: value for name, value in filters.items() if value},
        newest_first=arguments.get("sort") == "newest",
        workshop=int(workshop) if workshop.isascii() and workshop.isdigit() and len(workshop) < 16 else 0,
        page=max(1, min(MAX_PAGE, int(page))) if page.isascii() and page.isdigit() and len(page) < 4 else 1,
    )


def arguments_of(wanted: Wanted, **changes: str | int | None) -> dict[str, str | int]:
    """The address arguments of `wanted` with some changed; None drops one. Changing anything goes back to page 1."""
    arguments: dict[str, str | int | None] = {"q": wanted.text, **wanted.filters}
    if wanted.workshop:
        arguments["workshop"] = str(wanted.workshop)
    if wanted.newest_first:
        arguments["sort"] = "newest"
    arguments.update(changes)
    return {name: value for name, value in arguments.items() if value not in (None, "", 1)}


class KeptForm(Form):
    """A search under a name; what it looks for stands in the address that is posted along."""

    name = StringField("名字", filters=[one_line], render_kw={"maxlength": MAX_NAME})
    often = SelectField("有新内容时告诉我", choices=select_choices(OFTEN.items()), default="daily")


class ChangedForm(KeptForm):
    """The same, changed."""

    paused = BooleanField("先不告诉我")
