"""Long tables as files that Excel opens: written part by part, never held in memory as a whole."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from flask import Response

from yanxiu.core.csv_files import BOM, inert

SPOOL_BYTES = 4 * 1024 * 1024
"""A longer file waits on disk, not in memory."""


def send_csv(filename: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a table; the rows are read before the answer begins, so that an error is still a page."""
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - _read_and_close does
    for part in _csv(heading, rows):
        file.write(part.encode("utf-8", "replace"))
    file.seek(0)
    answer = Response(_read_and_close(file), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read_and_close(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(64 * 1024):
            yield part


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    yield BOM
    writer.writerow(heading)
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
