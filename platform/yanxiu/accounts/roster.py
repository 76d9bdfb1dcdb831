"""Reading a list of teachers (名单) as schools keep it in Excel; says in plain words what is wrong in which row.

Pure: what is already in the database is passed in, so a dry run and the real run judge alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.identity import is_id_number, is_phone_number, normal_id_number, normal_phone
from yanxiu.core.errors import InvalidError
from yanxiu.core.html import without_invisible

COLUMNS = {
    "name": "姓名",
    "school": "学校",
    "subject": "学科",
    "stage": "学段",
    "title": "职称",
    "phone": "手机号",
    "id_number": "身份证号",
}
REQUIRED = ("name", "school")
MAX_NAME = 50
OLD_SUBJECTS = {
    "体育": "体育与健康",
    "信息技术": "信息科技",
    "思品": "道德与法治",
    "思想品德": "道德与法治",
    "品德与社会": "道德与法治",
    "品德与生活": "道德与法治",
    "道法": "道德与法治",
    "心理": "心理健康",
    "综合实践活动": "综合实践",
}
"""Names lists still carry → the subject's name now."""
HEADER_SEARCH_ROWS = 10
"""A title or a note may stand above the header."""


@dataclass(frozen=True)
class RosterRow:
    """One line of the sheet; `number` is the row number Excel shows."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class KnownPerson:
    """An account that already has this phone or identity number; `school_id` None if out of reach."""

    user_id: int
    name: str
    school_id: int | None
    is_manageable: bool
    phone: str | None
    id_number: str | None


@dataclass(frozen=True)
class Reach:
    """What the importing person may touch, and who is there already."""

    schools: Mapping[str, Sequence[int]]
    by_phone: Mapping[str, KnownPerson]
    by_id_number: Mapping[str, KnownPerson]


@dataclass
class CheckedRow:
    """A judged row: what would be done (`new`, `update` or `error`) and why not."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)
    school_id: int | None = None
    user_id: int | None = None

    @property
    def verdict(self) -> str:
        if self.errors:
            return "error"
        return "new" if self.user_id is None else "update"


def parse_roster(rows: Sequence[Sequence[str]]) -> list[RosterRow]:
    """Find the header and return the lines below it; InvalidError if a needed column is missing."""
    at, columns = _find_header(rows)
    found = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        values = {key: _cell(row, position) for key, position in columns.items()}
        if any(values.values()):
            found.append(RosterRow(number, {key: values.get(key, "") for key in COLUMNS}))
    if not found:
        raise InvalidError("表格里没有教师，请从第二行开始填写后再上传", field="file")
    return found


def _find_header(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        titles = ["".join(cell.split()).rstrip("*＊") for cell in row]
        columns = {key: titles.index(label) for key, label in COLUMNS.items() if label in titles}
        if all(key in columns for key in REQUIRED):
            return at, columns
        best = max(best, columns, key=len)
    missing = "、".join(COLUMNS[key] for key in REQUIRED if key not in best)
    raise InvalidError(f"没有找到“{missing}”列，请下载模板，按模板的表头填写", field="file")


def _cell(row: Sequence[str], position: int) -> str:
    return " ".join(without_invisible(row[position]).split()) if position < len(row) else ""


def check_roster(rows: Sequence[RosterRow], reach: Reach) -> list[CheckedRow]:
    """Judge every row against the rules, the database and the rows before it."""
    seen: dict[str, int] = {}
    return [_check_row(row, reach, seen) for row in rows]


def _check_row(row: RosterRow, reach: Reach, seen: dict[str, int]) -> CheckedRow:
    checked = CheckedRow(row.number, _normalized(row.values))
    _check_name(checked)
    _check_school(checked, reach)
    _check_choices(checked)
    _check_numbers(checked)
    _check_repeats(checked, seen)
    _match_known(checked, reach)
    return checked


def _normalized(values: Mapping[str, str]) -> dict[str, str]:
    normal = dict(values)
    normal["subject"] = OLD_SUBJECTS.get(normal["subject"], normal["subject"])
    name = normal["name"]
    normal["name"] = name if name.isascii() else name.replace(" ", "")
    normal["phone"] = normal_phone(normal["phone"])
    normal["id_number"] = normal_id_number(normal["id_number"])
    return normal


def _check_name(row: CheckedRow) -> None:
    name = row.values["name"]
    if not name:
        row.errors.append("缺少姓名")
    elif len(name) > MAX_NAME:
        row.errors.append(f"姓名超过 {MAX_NAME} 个字")


def _check_school(row: CheckedRow, reach: Reach) -> None:
    school = row.values["school"]
    matches = reach.schools.get(school, ())
    if not school:
        row.errors.append("缺少学校")
    elif not matches:
        row.errors.append(f"您管理的范围内没有“{school}”，请核对校名或先建立学校")
    elif len(matches) > 1:
        row.errors.append(f"有 {len(matches)} 个单位都叫“{school}”，请填写全称")
    else:
        row.school_id = matches[0]


def _check_choices(row: CheckedRow) -> None:
    for key, allowed in (("subject", SUBJECTS), ("stage", STAGES), ("title", TITLES)):
        value = row.values[key]
        if value and value not in allowed:
            row.errors.append(f"{COLUMNS[key]}“{value}”不在可选范围内，请看模板的“填写说明”")


def _check_numbers(row: CheckedRow) -> None:
    phone, id_number = row.values["phone"], row.values["id_number"]
    if phone and not is_phone_number(phone):
        row.errors.append("手机号应是 11 位数字")
    if id_number and not is_id_number(id_number):
        rounded = len(id_number) == 18 and id_number.endswith("000")
        hint = "，可能被 Excel 改成了数字，请把这一列设为文本后重填" if rounded else "，请逐位核对"
        row.errors.append("身份证号不正确" + hint)
    if not phone and not id_number:
        row.errors.append("手机号和身份证号至少填一项，用来区分同名教师")


def _check_repeats(row: CheckedRow, seen: dict[str, int]) -> None:
    for key in ("phone", "id_number"):
        value = row.values[key]
        if not value:
            continue
        if value in seen:
            row.errors.append(f"{COLUMNS[key]}与第 {seen[value]} 行重复")
        else:
            seen[value] = row.number


def _match_known(row: CheckedRow, reach: Reach) -> None:
    by_id = reach.by_id_number.get(row.values["id_number"]) if row.values["id_number"] else None
    by_phone = reach.by_phone.get(row.values["phone"]) if row.values["phone"] else None
    if by_id and by_phone and by_id.user_id != by_phone.user_id:
        row.errors.append("手机号和身份证号分别属于两个已有账号，请核对")
        return
    known = by_id or by_phone
    if known is None:
        return
    if known.school_id is None:
        row.errors.append("手机号或身份证号已被其他单位的账号使用，请联系县级管理员")
    elif known.name != row.values["name"]:
        row.errors.append(f"已有账号的姓名是“{known.name}”，与表中不一致，请核对")
    elif row.school_id is not None and known.school_id != row.school_id:
        row.errors.append("这位老师已在另一所学校，调动请到用户页面办理")
    elif not known.is_manageable:
        row.errors.append("这位老师另有上级任职，资料请由上级管理员修改")
    else:
        row.user_id = known.user_id
