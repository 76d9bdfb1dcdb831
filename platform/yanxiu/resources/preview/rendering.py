"""The preview of a file, from the side that waits: by LibreOffice where the operator has it, else by our own readers.

A Word file or slides are shown as the pages they are printed on; an old Excel file is read as a new one. Tables stay tables.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yanxiu.core.office import NotPrintedError, office_program, print_office
from yanxiu.core.scratch import scratch_folder
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.sandbox import NoTurnError, examined

PRINTED = {".docx": "pdf", ".pptx": "pdf", ".doc": "pdf", ".ppt": "pdf", ".xls": "xlsx"}
"""What LibreOffice makes of which kind of file."""


@contextmanager
def previewed(path: str | os.PathLike[str], extension: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """Give the preview of a file and the folder of its pictures, which is gone when the block ends.

    UnsuitableFileError when there is none to be made; NoTurnError (one of these) when no child became free.
    """
    with scratch_folder() as folder:
        printed = _printed(Path(path), extension, folder)
        source, kind = (printed, printed.suffix) if printed else (path, extension)
        with examined("preview", kind, source) as found:
            yield found


def _printed(path: Path, extension: str, folder: Path) -> Path | None:
    """Return the file as LibreOffice makes it; None where that is not to be had."""
    to = PRINTED.get(extension)
    if to is None or not office_program():
        return None
    source = folder / f"file{extension}"
    try:
        if extension in MAIN_PARTS:
            with examined("bare", extension, path) as (_, out):
                shutil.move(out / f"bare{extension}", source)
        else:
            shutil.copyfile(path, source)
        return print_office(source, to)
    except NoTurnError:
        raise
    except (NotPrintedError, UnsuitableFileError):
        return None
