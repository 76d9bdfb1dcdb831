"""CSV files that Excel opens with a double click: UTF-8 said at the beginning, and no text taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Excel reads a CSV file as UTF-8 only if it begins with this."""
_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""The wide forms too: an input method makes them, and Excel in Chinese reads them as the narrow ones."""


def inert(cell: object) -> object:
    """Return a text that a spreadsheet would take for a formula with an apostrophe before it; numbers stay numbers."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) or cell.lstrip().startswith(_STARTS_A_FORMULA) else cell


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a whole file, every text in it inert."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
    return (BOM + out.getvalue()).encode()
