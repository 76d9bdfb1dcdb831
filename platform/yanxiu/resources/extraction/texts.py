"""The text of a file that lies on this machine."""

from __future__ import annotations

import os

from yanxiu.core.file_text import SlowFileError
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.sandbox import TookTooLongError, examined


def text_at(path: str | os.PathLike[str], extension: str) -> str:
    """Read it in a child; a file that cannot be read has none. SlowFileError when the child had no time left."""
    try:
        with examined("text", extension, path) as (result, _folder):
            return str(result.get("text", ""))
    except TookTooLongError as error:
        raise SlowFileError from error
    except UnsuitableFileError:
        return ""
