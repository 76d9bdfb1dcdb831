"""Named places in a page that contained features fill; who fills what is listed in `wiring`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Flask, render_template
from markupsafe import Markup

from yanxiu.web.auth import current_viewer

SlotContext = Callable[..., "dict[str, Any] | None"]
Filler = tuple[str, SlotContext]
"""A template and a function that returns its variables, or None to leave the slot empty."""


def init_slots(app: Flask, features: list[dict[str, Filler]]) -> None:
    """Add `slot(name, **things)` to Jinja. Fillers appear in the order of the features."""
    fillers: dict[str, list[Filler]] = defaultdict(list)
    for filled in features:
        for name, filler in filled.items():
            fillers[name].append(filler)

    def slot(name: str, **things: Any) -> Markup:
        parts = []
        for template, context_of in fillers[name]:
            context = context_of(viewer=current_viewer(), **things)
            if context is not None:
                parts.append(render_template(template, **things, **context))
        return Markup("").join(Markup(part) for part in parts)

    app.jinja_env.globals["slot"] = slot
