"""What is made once for all test processes, and for all steps of the suite: films, compiled pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir, mkdtemp


def kept_folder(name: str) -> Path:
    """Return a folder that the test processes share; the suite says in TEST_KEPT where, so that its steps share it, too."""
    folder = Path(os.environ.get("TEST_KEPT") or gettempdir()) / f"yanxiu-{name}-{os.getuid()}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def kept_by_all(name: str, make: Callable[[Path], None]) -> Path:
    """Return the file of that name, which says all that `make` depends on; made now if no process has made it yet."""
    folder = kept_folder("files")
    file = folder / name
    if not file.exists():
        made = Path(mkdtemp(dir=folder)) / name
        make(made)
        made.replace(file)  # whole or not there: others may look for it now
        made.parent.rmdir()
    return file
