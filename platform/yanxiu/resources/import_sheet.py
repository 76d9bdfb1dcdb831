"""The sheet of an import: its columns, what its rows say in the library's words, and the workbooks made of them."""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yanxiu.core import clock
from yanxiu.core.errors import InvalidError
from yanxiu.core.html import without_invisible
from yanxiu.core.workbooks import new_workbook
from yanxiu.resources.catalog import KINDS, LEVELS, LICENSES, LONGEST, VISIBILITIES, tidy_tags
from yanxiu.resources.standards import MOST_LITERACIES, words_of

if TYPE_CHECKING:
    import xlsxwriter

MAX_ROWS = 500
MAX_COLUMNS = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = {
    "file": "文件名",
    "title": "标题",
    "kind": "类型",
    "stage": "学段",
    "grade": "年级",
    "subject": "学科",
    "edition": "版本",
    "volume": "册",
    "unit": "单元",
    "lesson": "课",
    "theme": "学习任务群或领域",
    "literacies": "核心素养",
    "tags": "标签",
    "author": "作者",
    "year": "年份",
    "visibility": "可见范围",
    "workshop": "工作坊",
    "license": "许可",
    "summary": "简介",
}
_HEADS = {
    **{label: key for key, label in COLUMNS.items()},
    "文件": "file", "资源名称": "title", "名称": "title", "资源类型": "kind", "教材版本": "edition", "册次": "volume",
    "学习任务群": "theme",
    "领域": "theme",
    "主题": "theme",
    "课题": "lesson", "课文": "lesson", "谁能看到": "visibility", "范围": "visibility", "使用许可": "license",
    "说明": "summary", "备注": "summary",
}  # fmt: skip
_KINDS = {
    **{word: key for key, word in KINDS.items()},
    "教案": "plan", "说课稿": "plan", "PPT": "slides", "ppt": "slides", "实录": "recording", "反思": "reflection",
    "听课记录": "observation", "评课": "observation", "试卷": "test", "练习": "test", "学案": "test", "论文": "paper",
    "案例": "paper", "图片": "material", "音频": "material", "文件": "policy",
}  # fmt: skip
_SCOPES = {**{word: key for key, word in VISIBILITIES.items()}, "全县": "county", "全校": "school", "学校": "school"}
_RIGHTS = {word: key for key, word in LICENSES.items()}
_ALIASES = {
    "grade": {f"{n}年级": f"{han}年级" for n, han in zip(range(1, 10), "一二三四五六七八九", strict=True)},
    "volume": {"上": "上册", "下": "下册", "全": "全一册", "全册": "全一册"},
    "edition": {"部编版": "统编版", "部编": "统编版", "统编": "统编版", "人教": "人教版", "北师大": "北师大版"},
}
_LONGEST = {**LONGEST, "title": 120, "author": 60, "tags": 120, "theme": 60, "literacies": 200, "summary": 450}
"""A longer cell than the last has been cut by the reader of spreadsheets."""
FIRST_YEAR = 1980


@dataclass(frozen=True)
class SheetRow:
    """A row with its number as the spreadsheet shows it and its cells by column key, empty ones left out."""

    number: int
    cells: dict[str, str]


def parse_sheet(rows: Sequence[Sequence[str]]) -> list[SheetRow]:
    """Read a sheet whose first filled row names the columns. Raises InvalidError in words where it cannot be one."""
    at = next((number for number, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    heads = [_HEADS.get(_tidy(cell).rstrip("*＊ "), "") for cell in rows[at]] if at is not None else []
    if at is None or "file" not in heads:
        raise InvalidError("第一行要有列名，至少要有“文件名”这一列。请下载模板，照着填", field="sheet")
    twice = next((COLUMNS[key] for key in heads if key and heads.count(key) > 1), None)
    if twice:
        raise InvalidError(f"有两列都叫“{twice}”，请只留一列", field="sheet")
    found = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {key: _tidy(cell) for key, cell in zip(heads, row, strict=False) if key and _tidy(cell)}
        if cells:
            found.append(SheetRow(number, cells))
    if not found:
        raise InvalidError("表格里只有列名，还没有填资源", field="sheet")
    if len(found) > MAX_ROWS:
        raise InvalidError(f"一次最多导入 {MAX_ROWS} 行，请分成几个表格", field="sheet")
    return found


@dataclass(frozen=True)
class Vocabulary:
    """What may stand in the cells of a county's sheet: `offered` gives the words of a level, `workshops` the ids by name."""

    offered: Callable[[str], Sequence[str]]
    knows: Callable[[str, str], bool]
    workshops: Mapping[str, int] = field(default_factory=dict)
    literacies: frozenset[str] = frozenset()


def details_in(cells: Mapping[str, str], words: Vocabulary) -> tuple[dict[str, Any], dict[str, str]]:
    """Say what the typed cells mean in the library's keys, and what is wrong with which column, in words."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, text in cells.items():
        if len(text) > _LONGEST.get(key, 500):
            errors[key] = f"“{COLUMNS[key]}”最多 {_LONGEST[key]} 个字"
        elif key in _READERS:
            _put(values, errors, key, _READERS[key](text, words))
        elif key in LEVELS and key not in ("unit", "lesson"):
            _put(values, errors, key, _level(key, text, words))
        elif key not in ("file", "workshop"):
            values[key] = tidy_tags(text) if key == "tags" else text
    _workshop(cells, words, values, errors)
    return values, errors


class _Wrong(str):
    """Words about a cell that is not understood."""


def _put(values: dict[str, Any], errors: dict[str, str], key: str, meant: Any) -> None:
    if isinstance(meant, _Wrong):
        errors[key] = str(meant)
    else:
        values[key] = meant


def _workshop(cells: Mapping[str, str], words: Vocabulary, values: dict[str, Any], errors: dict[str, str]) -> None:
    if values.get("visibility") != "workshop":
        if cells.get("workshop") and "visibility" not in cells:
            errors["visibility"] = "写了“工作坊”，请在“可见范围”里填“工作坊”"
        return
    name = cells.get("workshop", "")
    if name in words.workshops:
        values["workshop_id"] = words.workshops[name]
    elif not name:
        errors["workshop"] = "可见范围是工作坊，请在“工作坊”里写上名称"
    else:
        near = _nearest(name, words.workshops)
        errors["workshop"] = f"您参加的工作坊里没有“{name}”" + (f"，是不是“{near}”" if near else "")


def _level(key: str, text: str, words: Vocabulary) -> str | _Wrong:
    name = _ALIASES.get(key, {}).get(text, text)
    if words.knows(key, name):
        return name
    return _unknown(LEVELS[key], text, words.offered(key))


def _choice(label: str, meanings: Mapping[str, str], named: Iterable[str]) -> Callable[[str, Vocabulary], str]:
    offered = list(named)

    def read(text: str, _words: Vocabulary) -> str:
        return meanings[text] if text in meanings else _unknown(label, text, offered)

    return read


def _year(text: str, _words: Vocabulary) -> int | _Wrong:
    digits = text.removesuffix("年")
    last = clock.today().year + 1
    if not (digits.isdecimal() and len(digits) == 4 and FIRST_YEAR <= int(digits) <= last):
        return _Wrong(f"“年份”请填 {FIRST_YEAR} 到 {last} 之间的四位数字，现在是“{text}”")
    return int(digits)


def _literacies(text: str, words: Vocabulary) -> str | _Wrong:
    named = words_of(text)
    strange = next((word for word in named if word not in words.literacies), None)
    if strange is not None:
        return _unknown("核心素养", strange, sorted(words.literacies))
    if len(named) > MOST_LITERACIES:
        return _Wrong(f"“核心素养”最多 {MOST_LITERACIES} 条")
    return "、".join(dict.fromkeys(named))


def _unknown(label: str, text: str, offered: Sequence[str]) -> _Wrong:
    near = _nearest(text, offered)
    if near:
        return _Wrong(f"“{label}”里没有“{text}”，是不是“{near}”")
    return _Wrong(f"“{label}”里没有“{text}”，可以填：" + "、".join(list(offered)[:12]))


def _nearest(text: str, offered: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(text, list(offered), 1, 0.5)), "")


def _tidy(cell: str) -> str:
    return " ".join(without_invisible(cell).split())


_READERS: dict[str, Callable[[str, Vocabulary], Any]] = {
    "kind": _choice("类型", _KINDS, KINDS.values()),
    "visibility": _choice("可见范围", _SCOPES, VISIBILITIES.values()),
    "license": _choice("许可", _RIGHTS, LICENSES.values()),
    "year": _year,
    "literacies": _literacies,
}

_WIDTHS = {"file": 34, "title": 30, "summary": 40, "unit": 14, "lesson": 18, "tags": 20, "license": 26, "workshop": 20}
_ADVICE = {
    "file": "必填。和文件夹里的文件名一样，扩展名可以不写；文件在下一层文件夹里又有重名时，写成 文件夹/文件名",
    "title": "不填就用文件名",
    "kind": "可填：" + "、".join(KINDS.values()),
    "unit": "例如：第二单元",
    "lesson": "例如：草船借箭。目录里有这一课时，空着的年级、学科、版本、册、单元会自动补上",
    "theme": "课标里的说法，例如：文学阅读与创意表达、数与代数—数与运算",
    "literacies": "课标里的核心素养，用顿号隔开，例如：文化自信、语言运用",
    "tags": "用顿号隔开",
    "author": "不填就是导入的人",
    "visibility": "可填：" + "、".join(VISIBILITIES.values()) + "。不填就是本县",
    "workshop": "可见范围填“工作坊”时写上工作坊的名称",
    "license": "可填：" + "；".join(LICENSES.values()) + "。不填就是第一种",
}


def template_book(offered: Mapping[str, Sequence[str]]) -> bytes:
    """Return the empty sheet with drop-down choices (`offered`: column → words) and a page of explanations."""
    out = io.BytesIO()
    choices = {
        "kind": list(KINDS.values()),
        "visibility": list(VISIBILITIES.values()),
        "license": list(LICENSES.values()),
        **{key: list(words) for key, words in offered.items()},
    }
    with new_workbook(out) as book:
        head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("资源")
        for at, (key, label) in enumerate(COLUMNS.items()):
            sheet.set_column(at, at, _WIDTHS.get(key, 11), text)
            sheet.write_string(0, at, f"{label}*" if key == "file" else label, head)
            words = choices.get(key, [])
            if words and len(",".join(words)) <= 255:  # what a list typed into a validation may hold
                sheet.data_validation(
                    1, at, MAX_ROWS, at, {"validate": "list", "source": words, "error_type": "warning"}
                )
        sheet.freeze_panes(1, 1)
        _explain(book, choices)
    return out.getvalue()


def _explain(book: xlsxwriter.Workbook, choices: Mapping[str, Sequence[str]]) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 12, wrap)
    sheet.set_column(1, 1, 90, wrap)
    for row, (key, label) in enumerate(COLUMNS.items()):
        offered = "可填：" + "、".join(choices[key]) if key in choices else ""
        sheet.write_string(row, 0, label, wrap)
        sheet.write_string(row, 1, _ADVICE.get(key, offered), wrap)
    sheet.write_string(len(COLUMNS) + 1, 0, "例子", wrap)
    sheet.write_string(
        len(COLUMNS) + 1, 1, "草船借箭第一课时.docx ｜ 《草船借箭》第一课时 ｜ 教学设计 ｜ … ｜ 草船借箭", wrap
    )


def report_book(title: str, lines: Iterable[Sequence[str]], unused: Sequence[str]) -> bytes:
    """Return what became of each row: number, file, title, outcome, words, address."""
    out = io.BytesIO()
    with new_workbook(out) as book:
        head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        sheet = book.add_worksheet("导入结果")
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        for at, (label, width) in enumerate(
            zip(("行", "文件名", "标题", "结果", "说明", "链接"), (6, 34, 30, 12, 50, 40), strict=True)
        ):
            sheet.set_column(at, at, width)
            sheet.write_string(1, at, label, head)
        row = 2
        for row, line in enumerate(lines, start=2):
            for at, cell in enumerate(line):
                sheet.write_string(row, at, cell)
        for at, name in enumerate(unused, start=row + 2):
            sheet.write_string(at, 1, name)
            sheet.write_string(at, 3, "没有用到")
    return out.getvalue()
