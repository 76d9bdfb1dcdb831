"""Reading an uploaded .xlsx without trusting it.

A workbook is a zip that can unpack to gigabytes, so its directory is checked first and the parsing happens in
a child process with limits on memory, time and rows (a 61 kB workbook was measured to cost 29 s in-process).
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yanxiu.core.errors import InvalidError, TooLargeError
from yanxiu.core.tether import tethered

MAX_ENTRIES = 1_000
MAX_RATIO = 100
MAX_UNPACKED = 200 * 1024 * 1024
MAX_CELL = 500
CPU_S = 10
TIMEOUT_S = 30
"""Longer than the processor time it may use: a busy machine is no fault of the file."""
MEMORY = 512 * 1024 * 1024
UNREADABLE = "打不开这个文件，请用 Excel 或 WPS 另存为 .xlsx 后再上传"


def read_rows(path: Path, *, max_rows: int, max_columns: int = 30) -> list[list[str]]:
    """Return the first sheet's rows as trimmed text; empty rows are kept so that row numbers stay true.

    Raises `InvalidError` for what is no workbook and `TooLargeError` beyond `max_rows` rows of content.
    """
    _check_archive(path)
    command = [sys.executable, "-m", "yanxiu.core.spreadsheets", str(path), str(max_rows), str(max_columns)]
    try:
        done = subprocess.run(
            tethered(command), capture_output=True, timeout=TIMEOUT_S, env=_child_environment(), check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidError("这个文件太复杂，没有在规定时间内读完，请只保留名单后再上传", field="file") from error
    if done.returncode != 0:
        raise InvalidError(UNREADABLE, field="file")
    answer = json.loads(done.stdout)
    if answer["too_many"]:
        raise TooLargeError(f"一次最多导入 {max_rows} 行，请分成几个文件", field="file")
    rows: list[list[str]] = answer["rows"]
    return rows


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidError(UNREADABLE, field="file") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(path.stat().st_size, 1):
        raise InvalidError("这个文件不像正常的名单，请复制内容到新的表格再上传", field="file")
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise InvalidError(UNREADABLE, field="file")


def _child_environment() -> dict[str, str]:
    source_root = str(Path(__file__).resolve().parents[2])
    return {"PYTHONPATH": source_root, "PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def _limit_this_process() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


def _text(value: Any) -> str:
    """A cell as a person typed it: whole numbers without `.0`, dates as ISO days."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if hasattr(value, "date"):
        value = value.date().isoformat()
    return str(value).strip()[:MAX_CELL]


def _rows(path: str, max_columns: int) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(max_col=max_columns, values_only=True):
        yield [_text(value) for value in row]


def _main(path: str, max_rows: int, max_columns: int) -> None:
    _limit_this_process()
    rows: list[list[str]] = []
    too_many, filled = False, 0
    for number, row in enumerate(_rows(path, max_columns)):
        filled += any(row)
        if number > max_rows + 1_000 or filled > max_rows + 1:
            too_many = True
            break
        rows.append(row)
    while rows and not any(rows[-1]):
        rows.pop()
    json.dump({"rows": rows, "too_many": too_many}, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
