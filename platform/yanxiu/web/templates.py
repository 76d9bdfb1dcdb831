"""Compiled templates outlive the process: the first page after a start need not wait until its templates are compiled."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

log = logging.getLogger(__name__)


class KeptTemplates(FileSystemBytecodeCache):
    """Compiled templates in a folder, each known by its source; one that cannot be kept or read is compiled again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # a broken file may fail in any way
            log.warning("a compiled template cannot be read: %s", bucket.key, exc_info=True)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        try:
            super().dump_bytecode(bucket)
        except OSError as error:  # a full disk must not keep anybody from reading
            log.warning("a compiled template cannot be kept: %s", error)


def init_templates(app: Flask, folder: Path) -> None:
    """Say how templates are read, and keep them compiled in `folder`."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.jinja_env.bytecode_cache = KeptTemplates(str(folder))
