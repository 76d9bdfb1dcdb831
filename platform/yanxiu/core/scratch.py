"""Folders for work under way: on the instance's own disk, gone when the work ends, swept when it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_root: Path | None = None


def set_scratch_root(root: Path) -> None:
    """Choose where; called once by `create_app`."""
    global _root
    _root = root


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder that only we can read; it is gone with all it holds when the block ends."""
    if _root is not None:
        _root.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=_root) as name:
        yield Path(name)


def sweep_scratch(older_than_s: float) -> int:
    """Remove what killed processes left, once nothing in it was touched for so long; return how many."""
    limit = time.time() - older_than_s
    left = [path for path in (_root.iterdir() if _root is not None and _root.is_dir() else ()) if _last(path) <= limit]
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _last(path: Path) -> float:
    """When the newest thing in `path` was written; a folder that goes away meanwhile is new."""
    try:
        return max(each.lstat().st_mtime for each in (path, *path.rglob("*")))
    except FileNotFoundError:
        return time.time()
