"""What a view calls a thing must not be what the layout calls a macro: inside a page the macro would hide it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yanxiu

CODE = Path(yanxiu.__file__).parent
LAYOUT = CODE.parents[1] / "templates" / "layout.html"
IMPORTED = re.compile(r"\{%-? from \S+ import ([\w, ]+?)(?: with(?:out)? context)? -?%\}")


def macros_of_the_layout() -> set[str]:
    return {
        name.split(" as ")[-1].strip() for found in IMPORTED.findall(LAYOUT.read_text()) for name in found.split(",")
    }


def names_given(tree: ast.AST) -> set[str]:
    """The words with which calls and dictionaries of a view name what they hand over."""
    given = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
            given |= {word.arg for word in node.keywords if word.arg}
        if isinstance(node, ast.Dict):
            given |= {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return given


def test_no_view_hands_over_a_name_that_the_layout_hides():
    hidden = macros_of_the_layout()
    assert {"moment", "crumbs"} <= hidden
    views = [path for path in CODE.glob("*/views*") for path in ([path] if path.is_file() else path.glob("*.py"))]
    assert len(views) > 20
    wrong = {
        str(path.relative_to(CODE)): sorted(found)
        for path in views
        if (found := names_given(ast.parse(path.read_text())) & hidden)
    }
    assert wrong == {}
