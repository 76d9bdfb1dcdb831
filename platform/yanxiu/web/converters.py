"""Numbers in addresses: what no database could hold is no address of ours, so it is not found. And when addresses are made."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` for ids."""

    def __init__(self, map: object, *args: object, **options: object) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(map, *args, **options)  # type: ignore[arg-type]


Build = Callable[..., tuple[str, str]]


class LaterRule(Rule):
    """A route that is found like any other; how its address is made is compiled when it is first made.

    Werkzeug writes two functions for each route when it is added (3.1, `Rule.compile`): nine hundred, four fifths of the
    time that an application takes to be built, and a process makes the addresses of a few.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        def build(_rule: Rule, /, **values: object) -> tuple[str, str]:
            made = super(LaterRule, self)._compile_builder(append_unknown)
            setattr(self, "_build_unknown" if append_unknown else "_build", made.__get__(self, None))
            return made(self, **values)

        return build


def init_converters(app: Flask) -> None:
    """Bind the converters and the kind of routes; before any route is added."""
    app.url_map.converters["int"] = IdConverter
    app.url_rule_class = LaterRule
