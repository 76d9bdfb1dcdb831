"""Catalogs of textbooks as rows: the shipped one, and what stands in a sheet. No database."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from yanxiu.core.errors import InvalidError
from yanxiu.core.html import without_invisible
from yanxiu.resources.catalog import LEVELS

MAX_ROWS = 3_000
SHIPPED = Path(__file__).parent / "textbooks.toml"
_TWO = ("上册", "下册")


@cache
def shipped_chains() -> tuple[tuple[str, ...], ...]:
    """Return the chains of the shipped catalog, parents before children, books in the order of the file."""
    found: dict[tuple[str, ...], None] = {}
    data: dict[str, Any] = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for series in data["series"]:
        for grade in series["grades"]:
            for edition in series["editions"]:
                for volume in series.get("volumes", _TWO):
                    found[(series["stage"], grade, series["subject"], edition, volume)] = None
    for book in data["book"]:
        for unit, *lessons in book["units"]:
            chain = (*book["place"].split("/"), unit)
            found[chain] = None
            found.update({(*chain, lesson): None for lesson in lessons})
    found.update({tuple(place.split("/")): None for place in data["places"]})
    return tuple(found)


def chains_in(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Read a sheet whose first row names the levels; an empty cell left of the first word repeats the one above.

    So people write such lists, with merged cells. Raises InvalidError with the row that is not understood.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled or "学段" not in [cell.strip() for cell in filled[0]]:
        raise InvalidError("第一行要有列名：" + "、".join(LEVELS.values()), field="text")
    heads = [cell.strip() for cell in filled[0]]
    places = [heads.index(word) if word in heads else None for word in LEVELS.values()]
    chains: list[tuple[str, ...]] = []
    last: tuple[str, ...] = ()
    for number, row in enumerate(filled[1:], start=2):
        last = _chain(row, places, last, number)
        chains.append(last)
    if len(chains) > MAX_ROWS:
        raise InvalidError(f"一次最多导入 {MAX_ROWS} 行，请分几次", field="text")
    return chains


def _chain(row: Sequence[str], places: Sequence[int | None], last: tuple[str, ...], number: int) -> tuple[str, ...]:
    cells = ["" if at is None or at >= len(row) else _tidy(row[at]) for at in places]
    depth = max((level + 1 for level, cell in enumerate(cells) if cell), default=0)
    first = next((level for level, cell in enumerate(cells) if cell), 0)
    chain = (*last[:first], *cells[first:depth])
    if not all(chain) or len(chain) != depth:
        raise InvalidError(f"第 {number} 行中间缺了一级，请补全后再导入", field="text")
    return chain


def rows_of(text: str) -> list[list[str]]:
    """Cut pasted cells into rows: tabs as spreadsheets copy them, or commas."""
    body = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = "\t" if "\t" in body else ","
    try:
        return list(_limited(csv.reader(io.StringIO(body), delimiter=delimiter)))
    except csv.Error as error:
        raise InvalidError("没有看懂粘贴的内容，请从表格里整块复制", field="text") from error


def _limited(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MAX_ROWS + 1:
            raise InvalidError(f"一次最多导入 {MAX_ROWS} 行，请分几次", field="text")
        yield row


def _tidy(cell: str) -> str:
    return " ".join(without_invisible(cell).split())
