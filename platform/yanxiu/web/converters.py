"""Numbers in addresses: what no database could hold is no address of ours, so it is not found."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` for ids."""

    def __init__(self, map: object, *args: object, **options: object) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *args, **options)  # type: ignore[arg-type]


def init_converters(app: Flask) -> None:
    """Bind the converters; before any route is added."""
    app.url_map.converters["int"] = IdConverter
